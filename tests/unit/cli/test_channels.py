"""`adgan inspect` offers the channels of colour images, with a picture of each."""

import numpy as np
import PIL.Image
import pytest


@pytest.fixture
def images(tmp_path):
    """Two colour pictures and a letter."""
    rng = np.random.default_rng(0)
    folder = tmp_path / "images"
    folder.mkdir()
    for name in "ab":
        rgb = rng.integers(0, 250, (40, 50, 3)).astype(np.uint8)
        PIL.Image.fromarray(rgb).save(folder / f"{name}.png")
    (folder / "c.png").write_text("a letter")
    return folder


def test_a_page_shows_each_channel_and_the_next_step_names_one(run, images, tmp_path):
    code, out, _ = run("inspect", images, "-o", tmp_path / "look", "--exclude", "c*")
    assert code == 0 and "have several channels" in out and "--channel N --exclude 'c*'" in out
    page = (tmp_path / "look" / "report.html").read_text()
    for name in ("a, channel 0", "a, channel 2", "b, channel 1"):
        assert f'alt="{name}"' in page
    assert page.count("data:image/png") == 6


def test_without_a_folder_the_message_says_where_the_pictures_are(run, images):
    code, out, err = run("inspect", images)
    assert code == 2 and out == "" and err.count("\n") == 1
    assert "--channel N (0 to 2)" in err and "adgan inspect IMAGES -o REPORT" in err


def test_files_are_not_replaced(run, images, tmp_path):
    (tmp_path / "look").mkdir()
    (tmp_path / "look" / "mine.txt").write_text("mine")
    code, _, err = run("inspect", images, "-o", tmp_path / "look")
    assert code == 2 and "already contains files" in err
