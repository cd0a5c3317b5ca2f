import os
from pathlib import Path

import pytest

from adgan.errors import AdganError
from adgan.io import claim_output


def test_it_is_made_with_its_parents(tmp_path):
    folder = claim_output(tmp_path / "x" / "y")
    assert folder.is_dir() and not list(folder.iterdir())


def test_an_empty_folder_is_fine_and_so_are_hidden_files(tmp_path):
    (tmp_path / ".DS_Store").touch()
    assert claim_output(tmp_path) == tmp_path


def test_what_is_there_is_kept(tmp_path):
    (tmp_path / "a.tif").write_text("old")
    with pytest.raises(AdganError, match=r"already holds files \(a.tif\).*--overwrite"):
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
    with pytest.raises(AdganError, match="holds the input a.tif"):
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
