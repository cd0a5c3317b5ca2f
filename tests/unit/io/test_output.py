import os
from pathlib import Path

import pytest

from adgan.errors import AdganError
from adgan.io import claim_output
from adgan.io.output import claim_files


def test_it_is_made_with_its_parents(tmp_path):
    folder = claim_output(tmp_path / "x" / "y")
    assert folder.is_dir() and not list(folder.iterdir())


def test_an_empty_folder_is_fine_and_so_are_hidden_files(tmp_path):
    (tmp_path / ".DS_Store").touch()
    assert claim_output(tmp_path) == tmp_path


def test_what_is_there_is_kept(tmp_path):
    (tmp_path / "a.tif").write_text("old")
    with pytest.raises(AdganError, match=r"already contains files \(a.tif\).*`overwrite=True`"):
        claim_output(tmp_path)
    claim_output(tmp_path, overwrite=True)
    assert (tmp_path / "a.tif").read_text() == "old"


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "a").touch()
    with pytest.raises(AdganError, match="is a file: choose a folder"):
        claim_output(tmp_path / "a", overwrite=True)
    with pytest.raises(AdganError, match="cannot write"):
        claim_output(tmp_path / "a" / "b")


def test_inputs_are_never_overwritten(tmp_path):
    (tmp_path / "a.tif").touch()
    with pytest.raises(AdganError, match="contains the input a.tif"):
        claim_output(tmp_path, overwrite=True, inputs=[tmp_path / "a.tif"])


def test_no_right_to_write(tmp_path, monkeypatch):
    def refuse(*_args):
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(AdganError, match=r"cannot write .*Permission denied"):
        claim_output(tmp_path)
    with pytest.raises(AdganError, match="cannot write"):
        claim_output(tmp_path / "new")
    assert not list(tmp_path.iterdir())


def test_inputs_below_an_output_folder_are_safe(tmp_path):
    (tmp_path / "probability").mkdir()
    (tmp_path / "probability" / "a.tif").touch()
    with pytest.raises(AdganError, match="contains the input a.tif"):
        claim_output(tmp_path, overwrite=True, inputs=[tmp_path / "probability" / "a.tif"])


def test_a_file_that_exists_is_replaced_only_when_asked(tmp_path):
    (tmp_path / "t.csv").write_text("mine")
    with pytest.raises(AdganError, match=r"t.csv exists.*`overwrite=True`"):
        claim_files([None, tmp_path / "t.csv"])
    claim_files([tmp_path / "t.csv"], overwrite=True)
    assert (tmp_path / "t.csv").read_text() == "mine"
    assert [p.name for p in tmp_path.iterdir()] == ["t.csv"]


def test_an_input_is_never_replaced(tmp_path):
    (tmp_path / "a.tif").touch()
    (tmp_path / "link.tif").symlink_to(tmp_path / "a.tif")
    for name in ("a.tif", "link.tif"):
        with pytest.raises(AdganError, match="is also an input or another output"):
            claim_files([tmp_path / name], overwrite=True, inputs=[tmp_path / "a.tif"])


def test_two_outputs_need_two_names(tmp_path):
    with pytest.raises(AdganError, match="is also an input or another output"):
        claim_files([tmp_path / "a", tmp_path / "a"])


def test_only_plain_files_are_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "."):
        with pytest.raises(AdganError, match="is not a file"):
            claim_files([tmp_path / name], overwrite=True)


def test_a_missing_folder_is_told_before_the_work(tmp_path):
    with pytest.raises(AdganError, match=r"cannot write .*t.csv .*create its folder first"):
        claim_files([tmp_path / "none" / "t.csv"])
