import os

import pytest

from adgan.errors import AdganError
from adgan.recipe.settings import merged, read_json, read_settings


@pytest.mark.parametrize("text", ["a: [", "- 1\n- 2\n", "", "\tx: 1"])
def test_files_without_settings_are_refused(text, tmp_path):
    (tmp_path / "settings.yaml").write_text(text)
    with pytest.raises(AdganError, match=r"settings\.yaml") as caught:
        read_settings(tmp_path / "settings.yaml")
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_one_that_is_no_text(tmp_path):
    with pytest.raises(AdganError, match="cannot be read"):
        read_settings(tmp_path / "none.yaml")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(AdganError, match=r"bytes\.yaml"):
        read_settings(tmp_path / "bytes.yaml")


def test_later_settings_win_group_by_group():
    base = {"a": {"x": 1, "y": 2}, "b": 1}
    assert merged(base, {"a": {"y": 3}}, {"b": {"z": 4}}) == {"a": {"x": 1, "y": 3}, "b": {"z": 4}}
    assert base == {"a": {"x": 1, "y": 2}, "b": 1}


NAMES = zip("abcdefg", "bcdefgh", strict=True)
BOMB = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in NAMES)


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "a: &a\n  b: *a\n",
        "[" * 3000,
        "a: " + "[" * 30 + "]" * 30,
        "seed: " + "9" * 5000,
        "when: !!timestamp 2020-01-01",
        "a: !!set {x, y}",
        "a: !!binary aGVsbG8=",
        "a: !!python/object/apply:os.system [echo]",
        "1: 2",
        "? [a, b]\n: c",
        "a: !!omap [x: 1]",
    ],
)
def test_settings_are_plain_values(text, tmp_path):
    (tmp_path / "settings.yaml").write_text(text)
    with pytest.raises(AdganError, match=r"settings\.yaml") as caught:
        read_settings(tmp_path / "settings.yaml")
    assert "\n" not in str(caught.value)


def test_a_date_is_text(tmp_path):
    (tmp_path / "settings.yaml").write_text("images: 2020-01-01")
    assert read_settings(tmp_path / "settings.yaml") == {"images": "2020-01-01"}


@pytest.mark.parametrize("read", [read_settings, read_json])
def test_pipes_and_endless_files_are_not_read(read, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(AdganError, match="is not a file"):
        read(tmp_path / "pipe")
    with (tmp_path / "large.yaml").open("wb") as file:
        file.truncate(2**30)
    with pytest.raises(AdganError, match="too large"):
        read(tmp_path / "large.yaml")
