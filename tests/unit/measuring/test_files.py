import csv
import json

import numpy as np
import pytest

from adgan.errors import AdganError
from adgan.io import write_gray, write_labels
from adgan.measuring.files import measure_files

RNG = np.random.default_rng(0)


@pytest.fixture
def plate(tmp_path):
    """Label maps and images of four fields in two wells, of which three state a pixel size."""
    for number in range(4):
        place = f"A{number % 2 + 1:02d}/field_{number // 2}.tif"
        for kind in ("labels", "images"):
            (tmp_path / kind / place).parent.mkdir(parents=True, exist_ok=True)
        labels = np.repeat(RNG.integers(0, 4, (6, 8)), 4, axis=1).astype(np.uint16)
        write_labels(tmp_path / "labels" / place, labels, (0.5, 0.5) if number else None)
        write_gray(tmp_path / "images" / place, RNG.integers(1, 99, labels.shape, dtype=np.uint16))
    return tmp_path


def rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_sub_folders_are_paired_and_mirrored(plate):
    found = measure_files(plate / "labels", plate / "images", plate / "out")
    names = ["A01/field_0", "A01/field_1", "A02/field_0", "A02/field_1"]
    assert [one.name for one in found] == names
    for one in found:
        assert one.path == plate / "out" / f"{one.name}.csv" and len(rows(one.path)) == one.count


def test_one_table_holds_what_those_of_each_image_do(plate):
    found = measure_files(plate / "labels", plate / "images", plate / "out")
    measure_files(plate / "labels", plate / "images", plate / "all.csv")
    joined = rows(plate / "all.csv")
    assert len(joined) == sum(one.count for one in found)
    for one in found:
        mine = [row for row in joined if row["image"] == one.name]
        for row, own in zip(mine, rows(one.path), strict=True):
            assert {k: v for k, v in row.items() if v} == {"image": one.name, **own}
    assert not (plate / ".all.parts").exists()


def test_what_is_missing_is_measured_and_nothing_else(plate):
    out, said, seen = plate / "out", [], []
    arguments = (plate / "labels", plate / "images", out)
    measure_files(*arguments)
    before = {p: p.read_bytes() for p in out.rglob("*.*")}
    (out / "A02" / "field_1.csv").unlink()
    watch = {"note": said.append, "progress": lambda share, name: seen.append(name)}
    assert len(measure_files(*arguments, **watch)) == 4
    assert said == ["3 of 4 images were measured before"] and set(seen) == {"A02/field_1"}
    assert {p: p.read_bytes() for p in out.rglob("*.*")} == before
    labels = np.zeros((6, 32), np.uint16)
    write_labels(plate / "labels" / "A01" / "field_0.tif", labels)
    assert measure_files(*arguments)[0].count == 0
    with pytest.raises(AdganError, match="started with channels unset instead of 0"):
        measure_files(*arguments, channels=[0])


def test_a_table_that_was_never_finished_is_begun_anew_with_other_settings(plate):
    parts = plate / ".all.parts"
    parts.mkdir()
    (parts / "measure.json").write_text(json.dumps({"about": "", "settings": {"channels": [1]}}))
    measure_files(plate / "labels", plate / "images", plate / "all.csv")
    assert rows(plate / "all.csv") and not parts.exists()


def test_what_cannot_be_read_is_skipped(plate):
    (plate / "images" / "A01" / "field_0.tif").write_text("a letter")
    (plate / "labels" / "A02" / "field_1.tif").write_text("a letter")
    found = measure_files(plate / "labels", plate / "images", plate / "out")
    assert [one.name for one in found if not one.skipped] == ["A01/field_1", "A02/field_0"]
    reasons = {one.name: one.reason for one in found if one.skipped}
    assert reasons.keys() == {"A01/field_0", "A02/field_1"}
    assert all("is not a TIFF" in reason for reason in reasons.values())


def test_light_that_was_filled_in_is_not_measured(plate):
    pixels = RNG.random((6, 32)).astype(np.float32)
    pixels[:, :20] = np.nan
    write_gray(plate / "images" / "A01" / "field_0.tif", pixels)
    *_, bad = measure_files(plate / "labels", plate / "images", plate / "out")
    assert bad.name == "A01/field_0" and "NaN or infinite pixels inside nuclei" in bad.reason


def test_other_formats_hold_what_csv_does(plate):
    parquet = pytest.importorskip("pyarrow.parquet")
    arguments = plate / "labels", plate / "images"
    measure_files(*arguments, plate / "all.csv")
    measure_files(*arguments, plate / "all.parquet")
    assert not (plate / ".all.parts").exists()
    found, csvs = parquet.read_table(plate / "all.parquet").to_pylist(), rows(plate / "all.csv")
    assert [row["image"] for row in found] == [row["image"] for row in csvs]
    assert [row["area_px"] for row in found] == [int(row["area_px"]) for row in csvs]
    each = measure_files(*arguments, plate / "out", table_format="parquet")
    assert all(one.path.suffix == ".parquet" and one.path.is_file() for one in each)


def test_nuclei_that_the_frame_cuts_are_left_out(tmp_path):
    labels = np.zeros((20, 24), np.uint16)
    labels[0:5, 3:8], labels[8:13, 8:13], labels[15:19, 20:24] = 1, 2, 3
    write_labels(tmp_path / "labels.tif", labels)
    write_gray(tmp_path / "image.tif", np.arange(480, dtype=np.uint16).reshape(20, 24))
    (one,) = measure_files(
        tmp_path / "labels.tif", tmp_path / "image.tif", tmp_path / "t.csv", exclude_border=True
    )
    assert one.count == 1 and [row["label"] for row in rows(tmp_path / "t.csv")] == ["2"]
