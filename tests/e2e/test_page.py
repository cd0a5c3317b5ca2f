"""A page opens in a real browser, whole, and asks for nothing outside itself."""

import re
import shutil
import subprocess

import numpy as np
import PIL.Image
import pytest

from adgan.metrics.evaluate import evaluate
from adgan.report import Sample, run_page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--disable-component-update",
    "--disable-background-networking",
    "--no-first-run",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    truth = np.zeros((64, 96), np.uint16)
    truth[10:30, 10:30], truth[10:30, 30:50], truth[40:60, 60:90] = 1, 2, 3
    predicted = np.where(truth == 2, 1, truth)
    image = np.random.default_rng(0).poisson(np.where(truth, 90, 10)).astype(np.uint16)
    rows = [
        {"step": s, "rec": 1 / (s + 1), "adv": 0.5, "dis": 0.5, "rate": 1e-3} for s in range(50)
    ]
    path = tmp_path_factory.mktemp("page") / "run.html"
    run_page(
        path,
        "A run",
        {"steps": 50},
        curve=rows,
        samples=[Sample("cell", image, predicted, truth=truth)],
        evaluation=evaluate(predicted, truth),
    )
    return path


def browse(page, folder, *action):
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={folder / 'profile'}", *action, page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_browser_sees_all_of_it(page, tmp_path):
    dom = browse(page, tmp_path, "--dump-dom")
    assert re.findall(r"<h2>(.*?)</h2>", dom) == [
        "Scores",
        "Results",
        "Mistakes",
        "Training curves",
        "Facts and settings",
    ]
    assert dom.count("<img") == 6 and dom.count("<svg") == 4
    assert "1 merged" in dom and "reconstruction" in dom


def test_nothing_outside_the_file_is_referenced(page):
    html = page.read_text(encoding="utf-8")
    assert all(src.startswith("data:image/png;base64,") for src in re.findall(r'src="(.*?)"', html))
    assert not re.search(r"href|url\(|@import|<script|<link|<iframe|http", html)


@pytest.mark.parametrize(("mode", "paper"), [([], 253), (["--force-dark-mode"], 21)])
def test_it_is_drawn_light_or_dark_with_its_pictures(page, tmp_path, mode, paper):
    shot = tmp_path / "shot.png"
    browse(page, tmp_path, f"--screenshot={shot}", "--window-size=1000,3000", *mode)
    with PIL.Image.open(shot) as opened:
        pixels = np.asarray(opened.convert("RGB"))
    assert pixels.shape == (3000, 1000, 3) and abs(int(pixels[5, 5, 0]) - paper) < 5
    yellow = (np.abs(pixels.astype(int) - (240, 228, 66)) < 12).all(axis=-1)
    assert yellow.sum() > 200  # the outline of what was merged
