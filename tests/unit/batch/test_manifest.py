import json
from pathlib import Path

import numpy as np
import pytest

from adgan.batch.manifest import FILE, Manifest, Part, Row
from adgan.io import Entry


def row(name, state="done", **details):
    return Row(name, f"{name}.png", state, stamp="1-2", details={"nuclei": 0} | details)


def entry(name, stamp="1-2"):
    return Entry(Path(f"{name}.png"), name, (2, 3), np.dtype("u1"), None, stamp, list)


def test_rows_are_read_back(tmp_path):
    rows = [row("a", nuclei=3), Row("b", "b.png", "skipped", reason="b.png is a letter")]
    for one in rows:
        Manifest(tmp_path).add(one)
    assert list(Manifest(tmp_path).rows.values()) == rows


def test_half_a_line_is_passed_over(tmp_path):
    Manifest(tmp_path).add(row("a"))
    with (tmp_path / FILE).open("a") as file:
        file.write(row("b").line()[:20])
    Manifest(tmp_path).add(row("c"))
    assert list(Manifest(tmp_path).rows) == ["a", "c"]


def test_an_image_was_done_if_its_file_and_its_result_are_as_they_were(tmp_path):
    manifest = Manifest(tmp_path)
    for name in "ab":
        manifest.add(row(name))
        (tmp_path / f"{name}.tif").touch()
    manifest.add(row("c", state="skipped"))
    (tmp_path / "b.tif").unlink()
    assert manifest.has(entry("a"), tmp_path / "a.tif")
    assert not manifest.has(entry("a", stamp="1-3"), tmp_path / "a.tif")
    assert not any(manifest.has(entry(name), tmp_path / f"{name}.tif") for name in "bcd")


def test_at_the_end_each_has_one_row_in_order(tmp_path):
    manifest = Manifest(tmp_path)
    for name in "cabac":
        manifest.add(row(name))
    (tmp_path / ".adgan-1.tif").touch()
    manifest.close("abz")
    assert [one.name for one in Manifest(tmp_path).rows.values()] == ["a", "b", "c"]
    assert [p.name for p in tmp_path.iterdir()] == [FILE]


def test_parts_write_files_of_their_own_that_the_whole_joins(tmp_path):
    for number, name in enumerate("ba", start=1):
        part = Manifest(tmp_path, Part(number, 2))
        part.add(row(name))
        part.close([name])
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "manifest-1-of-2.jsonl",
        "manifest-2-of-2.jsonl",
    ]
    whole = Manifest(tmp_path)
    assert whole.rows.keys() == {"a", "b"}
    whole.close("ab")
    assert [p.name for p in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize(
    "change",
    [{"name": []}, {"source": 3}, {"state": "gone"}, {"stamp": {}}, {"nuclei": "many"}],
    ids=lambda change: next(iter(change)),
)
def test_a_line_of_something_else_is_passed_over(change):
    line = row("a").line()
    assert Row.of_line(line) == row("a")
    assert Row.of_line(json.dumps(json.loads(line) | change)) is None
    assert Row.of_line("[" * 100_000) is None
