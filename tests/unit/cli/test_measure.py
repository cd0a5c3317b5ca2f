"""Tables of nuclei from files: one for all, or one an image."""

import csv

import numpy as np
import pytest
import tifffile

from adgan.io import write_gray, write_labels


@pytest.fixture
def maps(tmp_path):
    """Label maps a (two nuclei, with a pixel size) and b (none), and their images."""
    labels = np.zeros((30, 40), np.uint16)
    labels[2:7, 2:12], labels[10:20, 10:20] = 1, 5
    for folder in ("labels", "images"):
        (tmp_path / folder).mkdir()
    write_labels(tmp_path / "labels" / "a.tif", labels, (0.5, 0.5))
    write_labels(tmp_path / "labels" / "b.tif", 0 * labels)
    for name in "ab":
        image = (labels * 100 + np.arange(40)).astype(np.uint16)
        write_gray(tmp_path / "images" / f"{name}.tif", image)
    return tmp_path


def read(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_one_table_for_all_names_the_image(run, maps):
    code, out, _ = run("measure", maps / "labels", maps / "images", "-o", maps / "all.csv")
    rows = read(maps / "all.csv")
    assert code == 0 and out.startswith("Measured 2 nuclei of 2 images")
    assert [(r["image"], r["label"], r["area_px"]) for r in rows] == [
        ("a", "1", "50"),
        ("a", "5", "100"),
    ]
    assert float(rows[0]["area_um2"]) == 12.5
    assert float(rows[1]["intensity_mean"]) == 514.5


def test_a_folder_gets_a_table_an_image_also_without_nuclei(run, maps):
    assert run("measure", maps / "labels", maps / "images", "-o", maps / "out")[0] == 0
    assert len(read(maps / "out" / "a.csv")) == 2
    assert (maps / "out" / "b.csv").read_text().startswith("label,area_px,")
    assert len((maps / "out" / "b.csv").read_text().splitlines()) == 1


def test_channels_get_columns_of_their_own(run, maps):
    colour = np.zeros((2, 30, 40), np.uint16)
    colour[0], colour[1, 0] = 3, 9
    colour[:, -1] = 1
    tifffile.imwrite(maps / "c.tif", colour, imagej=True, metadata={"axes": "CYX"})
    words = ["measure", maps / "labels" / "a.tif", maps / "c.tif", "-o", maps / "c.csv"]
    assert "--channel" in run(*words)[2]
    assert run(*words, "--channel", 1, 0)[0] == 0
    row = read(maps / "c.csv")[0]
    assert (row["intensity_0_mean"], row["intensity_1_mean"]) == ("3.0", "0.0")


def test_what_exists_is_kept(run, maps):
    words = ["measure", maps / "labels", maps / "images", "-o"]
    (maps / "all.csv").write_text("mine")
    (maps / "out").mkdir()
    (maps / "out" / "mine.txt").write_text("mine")
    for output in (maps / "all.csv", maps / "out"):
        code, _, err = run(*words, output)
        assert code == 2 and "--overwrite" in err
        assert run(*words, output, "--overwrite")[0] == 0
    assert len(read(maps / "all.csv")) == 2


def test_maps_need_their_images(run, maps):
    (maps / "images" / "a.tif").unlink()
    code, _, err = run("measure", maps / "labels", maps / "images", "-o", maps / "out")
    assert code == 2 and "1 of 2 label maps have no image" in err and "a.tif" in err
    assert not (maps / "out").exists()


def test_a_pair_that_does_not_fit_is_skipped_and_listed(run, maps):
    write_gray(maps / "images" / "b.tif", np.arange(100, dtype=np.uint16).reshape(10, 10))
    words = ("measure", maps / "labels", maps / "images", "-o")
    code, out, err = run(*words, maps / "out")
    assert (
        code == 3
        and "b.tif" in err
        and "(10, 10)" in err
        and out.startswith("Measured 2 nuclei of 1 im")
    )
    assert {p.name for p in (maps / "out").iterdir()} == {"a.csv", "manifest.jsonl", "measure.json"}
    code, _, err = run(*words, maps / "strict", "--strict")
    assert code == 2 and "b.tif" in err and not (maps / "strict").exists()


def test_a_stack_of_slices_is_measured_as_a_volume(run, tmp_path):
    labels = np.zeros((3, 20, 30), np.uint16)
    labels[:, 2:7, 2:12] = 1
    for number in range(3):
        (tmp_path / "deep").mkdir(exist_ok=True)
        plane = np.full((20, 30), 10 * number, np.uint16)
        plane[0, 0] = 1
        write_gray(tmp_path / "deep" / f"slice_{number}.tif", plane)
    (tmp_path / "out").mkdir()
    write_labels(tmp_path / "out" / "deep.tif", labels)
    words = ("measure", tmp_path / "out", tmp_path / "deep", "--stack", "-o", tmp_path / "t.csv")
    assert run(*words, "--spacing", 2, 1, 1)[0] == 0
    (row,) = read(tmp_path / "t.csv")
    assert float(row["intensity_mean"]) == 10 and float(row["volume_um3"]) == 300
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_a_table_never_takes_the_place_of_what_is_measured(run, maps):
    labels = maps / "labels" / "a.csv"
    (maps / "labels" / "a.tif").rename(labels)
    before = labels.read_bytes()
    words = ["measure", labels, maps / "images" / "a.tif", "-o", labels, "--overwrite"]
    code, _, err = run(*words)
    assert (
        code == 2 and "is also an input or another output" in err and labels.read_bytes() == before
    )
    assert run(*words[:4], maps / "labels", "--overwrite")[0] == 2
    assert [p.name for p in sorted((maps / "labels").iterdir())] == ["a.csv", "b.tif"]
