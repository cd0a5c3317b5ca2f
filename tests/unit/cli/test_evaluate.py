"""Scores as a table, as JSON and as a page."""

import json

import numpy as np
import pytest

from adgan.io import write_gray, write_labels


@pytest.fixture
def maps(tmp_path):
    """Two pairs, the second with a missed nucleus; a prediction too many; the images."""
    truth = np.zeros((40, 60), np.uint16)
    truth[5:15, 5:15], truth[20:30, 30:40] = 1, 2
    for folder in ("found", "truth", "images"):
        (tmp_path / folder).mkdir()
    for name, found in (("a", truth), ("b", np.where(truth == 1, truth, 0))):
        write_labels(tmp_path / "truth" / f"{name}.tif", truth)
        write_labels(tmp_path / "found" / f"{name}.tif", found)
        write_gray(tmp_path / "images" / f"{name}.tif", 100 * truth + 7)
    write_labels(tmp_path / "found" / "c.tif", truth)
    return tmp_path


def test_json_is_alone_on_stdout(run, maps):
    code, out, err = run("evaluate", maps / "found", maps / "truth", "--json")
    scores = json.loads(out)
    assert (code, err) == (0, "")
    assert [image["name"] for image in scores["images"]] == ["a", "b"]
    assert scores["images"][0]["f1"] == 1 and scores["images"][1]["f1"] == pytest.approx(2 / 3)
    assert scores["ignore_border"] == 0


def test_the_table_shows_images_and_all_scores(run, maps):
    code, out, err = run("evaluate", maps / "found", maps / "truth", "--ignore-border", 2)
    assert code == 0
    assert "0.667" in out and "panoptic quality" in out and "all pooled" in out
    assert "1 of 3 predictions have no ground truth" in err


def test_images_in_the_place_of_label_maps_are_suspected(run, maps):
    rng = np.random.default_rng(0)
    for name in "ab":
        write_gray(maps / "images" / f"{name}.tif", rng.integers(100, 900, (40, 60), np.uint16))
    code, _, err = run("evaluate", maps / "found", maps / "images")
    assert code == 0 and "warning: no nucleus matches" in err
    assert "not a single" not in run("evaluate", maps / "found", maps / "truth")[2]


def test_the_page_has_the_images_in_it(run, maps):
    page = maps / "page.html"
    words = ["evaluate", maps / "found", maps / "truth", "--html", page]
    assert run(*words)[0] == 0
    plain = page.read_text()
    words += ["--images", maps / "images"]
    assert run(*words)[0] == 2 and page.read_text() == plain
    code, out, _ = run(*words, "--overwrite")
    assert code == 0 and str(page) in out
    assert page.read_text() != plain and "<html" in plain


def test_the_border_can_be_left_out(run, maps):
    words = ["evaluate", maps / "found", maps / "truth", "--json", "--ignore-border"]
    assert json.loads(run(*words, 15)[1])["counts"]["true"] == 2
    assert run(*words, 30)[0] == 2


def test_the_page_never_takes_the_place_of_a_map(run, maps):
    truth = maps / "truth" / "a.tif"
    before = truth.read_bytes()
    words = ["evaluate", maps / "found", maps / "truth", "--html", truth, "--overwrite"]
    code, _, err = run(*words)
    assert (
        code == 2 and "is also an input or another output" in err and truth.read_bytes() == before
    )


def test_a_name_is_no_markup(run, maps):
    for folder in ("found", "truth"):
        (maps / folder / "a.tif").rename(maps / folder / "a[bold][].tif")
    code, out, _ = run("evaluate", maps / "found", maps / "truth")
    assert code == 0 and "a[bold][]" in out
