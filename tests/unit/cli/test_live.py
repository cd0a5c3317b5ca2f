"""A training as it goes: its page is written anew whenever the run was saved."""

import io
import os
import shutil

import numpy as np
import PIL.Image
import pytest
from rich.console import Console

from adgan.cli.live import HALF_BLOCK, blocks, watch_run
from adgan.cli.progress import Meter
from adgan.runs import CURVE, NEW, PANELS

ROW = {"step": 4, "seconds": 30.0, "left": 90.0}


@pytest.fixture
def going(run_folder, tmp_path):
    """A run that has been saved, without a page."""
    run = shutil.copytree(run_folder, tmp_path / "run")
    (run / "report.html").unlink(missing_ok=True)
    return run


def test_the_page_refreshes_itself_and_is_written_when_the_run_was_saved(going, capsys):
    page = going / "report.html"
    watch = watch_run(Meter("training"), going)
    watch(ROW)
    html = page.read_text()
    assert '<meta http-equiv="refresh"' in html and "about 1 min 30 s left" in html
    assert "<svg" in html and capsys.readouterr().err.count("refreshes itself") == 1
    page.unlink()
    watch(ROW)
    assert not page.exists()
    os.utime(going / CURVE, ns=(1, 1))
    watch(ROW)
    assert page.exists() and capsys.readouterr().err == ""


def test_a_run_keeps_its_page_until_another_takes_its_place(going):
    (going / NEW).mkdir()
    watch_run(Meter("training"), going)(ROW)
    assert not (going / "report.html").exists()


def test_a_picture_is_drawn_with_two_pixels_to_a_character(tmp_path):
    pixels = np.zeros((4, 6, 3), np.uint8)
    pixels[1] = 200, 10, 30
    PIL.Image.fromarray(pixels).save(tmp_path / "a.png")
    text = blocks(tmp_path / "a.png", 80)
    assert text.plain == f"{HALF_BLOCK * 6}\n{HALF_BLOCK * 6}\n"
    style = text.spans[0].style
    assert style.color.triplet == (0, 0, 0) and style.bgcolor.triplet == (200, 10, 30)
    wide = PIL.Image.new("RGB", (800, 400))
    wide.save(tmp_path / "b.png")
    assert {len(line) for line in blocks(tmp_path / "b.png", 40).plain.split()} == {40}


def test_a_training_without_pictures_has_none_to_draw(run, tmp_path):
    PIL.Image.new("L", (64, 64)).save(tmp_path / "a.png")
    words = ("train", tmp_path / "a.png", "-o", tmp_path / "run", "--radius", 5, 9, "--count", 1, 2)
    code, _, err = run(*words, "--show", "--no-pictures")
    assert code == 2 and "leave one of them out" in err and not (tmp_path / "run").exists()


@pytest.mark.parametrize(("colours", "drawn"), [("truecolor", True), (None, False)])
def test_pictures_are_drawn_where_there_are_colours(going, monkeypatch, colours, drawn):
    (going / PANELS).mkdir(exist_ok=True)
    PIL.Image.new("RGB", (16, 16)).save(going / PANELS / "step_000004.png")
    monkeypatch.setenv("FORCE_COLOR", "1")
    meter = Meter("training")
    said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    meter.bar.live.console = Console(file=said, force_terminal=True, width=60, color_system=colours)
    watch_run(meter, going, show=True)(ROW)
    said.seek(0)
    assert (HALF_BLOCK in said.read()) == drawn
