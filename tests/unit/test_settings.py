import pytest

from adgan.errors import AdganError
from adgan.settings import merged, read_settings


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
