import importlib

import pytest

from adgan.batch.begin import begin
from adgan.errors import AdganError
from adgan.system.claims import claims

FILE = "segment.json"


def test_the_same_settings_go_on(tmp_path):
    out = tmp_path / "out"
    settings = {"threshold": 0.5, "spacing": (2.0, 1.0), "table": True}
    assert begin(out, FILE, settings) == out
    (out / "a.tif").touch()
    assert begin(out, FILE, settings) == out and (out / "a.tif").exists()


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"threshold": 0.4}, "threshold 0.5 instead of 0.4"),
        ({"threshold": None}, "threshold 0.5 instead of unset"),
        ({"table": False}, "table on instead of off"),
        ({"spacing": (3.0, 1.0)}, r"spacing 2.0 1.0 instead of 3.0 1.0"),
        ({"model": "b"}, r"another model \(runs/a\)"),
    ],
)
def test_others_are_refused_by_name(tmp_path, other, words):
    settings = {"model": "a", "threshold": 0.5, "spacing": (2.0, 1.0), "table": True}
    begin(tmp_path, FILE, settings, about="runs/a")
    with pytest.raises(AdganError, match=f"started with {words}: choose another folder"):
        begin(tmp_path, FILE, settings | other)


def test_overwriting_starts_anew(tmp_path):
    begin(tmp_path, FILE, {"threshold": 0.5})
    (tmp_path / "manifest.jsonl").touch()
    begin(tmp_path, FILE, {"threshold": 0.4}, overwrite=True)
    assert not (tmp_path / "manifest.jsonl").exists()
    begin(tmp_path, FILE, {"threshold": 0.4})


def test_two_processes_may_begin_at_once(tmp_path, monkeypatch):
    module = importlib.import_module("adgan.batch.begin")
    claim = module.claim_output

    def late(folder, overwrite, inputs, shared):
        monkeypatch.setattr(module, "claim_output", claim)
        begin(folder, FILE, {"threshold": 0.5})  # the other process, between the two looks
        return claim(folder, overwrite, inputs, shared)

    monkeypatch.setattr(module, "claim_output", late)
    assert begin(tmp_path, FILE, {"threshold": 0.5}) == tmp_path


def test_what_others_wrote_is_kept(tmp_path):
    (tmp_path / "mine.txt").touch()
    with pytest.raises(AdganError, match="already contains files"):
        begin(tmp_path, FILE, {})
    (tmp_path / "mine.txt").unlink()
    (tmp_path / FILE).write_text("{")
    with pytest.raises(AdganError, match="segment.json is damaged"):
        begin(tmp_path, FILE, {})


def test_parts_share_a_folder_and_others_do_not(tmp_path):
    with claims():
        begin(tmp_path, FILE, {}, shared=True)
        begin(tmp_path, FILE, {}, shared=True)
        with pytest.raises(AdganError, match="another process is writing"):
            begin(tmp_path, FILE, {})
    with claims():
        begin(tmp_path, FILE, {})
        with pytest.raises(AdganError, match="another process is writing"):
            begin(tmp_path, FILE, {}, shared=True)
