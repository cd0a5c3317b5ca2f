import errno
import os

import pytest

from adgan.errors import AdganError
from adgan.io import atomic
from adgan.io.atomic import make_folder, write_json


def test_the_file_appears_when_it_is_whole(tmp_path):
    path = tmp_path / "a.tif"
    with atomic(path) as temporary:
        assert temporary.parent == tmp_path and temporary.suffix == ".tif"
        temporary.write_text("new")
        assert not path.exists()
    assert [p.name for p in tmp_path.iterdir()] == ["a.tif"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError, AdganError])
def test_nothing_is_left_of_a_failure(tmp_path, error):
    path = tmp_path / "a.tif"
    path.write_text("old")
    with pytest.raises(error), atomic(path) as temporary:
        temporary.write_text("half")
        raise error
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.tif"]


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.ENOSPC, r"cannot write .*a.tif \(No space left on device\): free some space"),
        (errno.EACCES, r"cannot write .*a.tif \(Permission denied\): choose another folder"),
    ],
)
def test_what_the_system_refuses_is_said(tmp_path, number, message):
    with pytest.raises(AdganError, match=message), atomic(tmp_path / "a.tif") as temporary:
        temporary.write_text("half")
        raise OSError(number, os.strerror(number))
    assert not list(tmp_path.iterdir())


def test_a_missing_folder(tmp_path):
    with (
        pytest.raises(AdganError, match="create its folder first"),
        atomic(tmp_path / "no" / "a.tif") as temporary,
    ):
        temporary.write_text("x")


def test_a_folder_is_made_with_its_parents_or_refused(tmp_path):
    for _ in range(2):  # the second time it is there
        assert make_folder(tmp_path / "x" / "y").is_dir()
    (tmp_path / "file").touch()
    with pytest.raises(AdganError, match="cannot write .*file/y"):
        make_folder(tmp_path / "file" / "y")


def test_json_is_indented_to_be_read(tmp_path):
    write_json(tmp_path / "a.json", {"a": [1]})
    assert (tmp_path / "a.json").read_text() == '{\n  "a": [\n    1\n  ]\n}\n'
