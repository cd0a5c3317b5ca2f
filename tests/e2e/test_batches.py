"""Many images: bad ones among them, processes that are killed, parts side by side."""

import json
import os
import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import tifffile

from adgan.io import write_gray

MAIN = "import sys; from adgan.cli import main; sys.exit(main())"


def start(*words):
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-c", MAIN, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )


def held(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "segment.json"  # names the run as it was given
    }


@pytest.fixture
def many(tmp_path):
    """Eighteen images in three wells."""
    rng = np.random.default_rng(0)
    for number in range(18):
        folder = tmp_path / "plate" / f"A{number % 3 + 1:02d}"
        folder.mkdir(parents=True, exist_ok=True)
        pixels = rng.integers(100, 900, (48, 40), dtype=np.uint16)
        write_gray(folder / f"field_{number // 3}.tif", pixels)
    return tmp_path / "plate"


def test_four_bad_files_among_many(run, many, tmp_path, trained):
    files = sorted(many.rglob("*.tif"))
    files[3].write_bytes(files[3].read_bytes()[:-200])
    files[8].write_text("a letter")
    write_gray(files[13], np.zeros((48, 40), np.uint16))
    write_gray(files[16], np.arange(8 * 48 * 40, dtype=np.uint16).reshape(8, 48, 40))
    code, out, err = run("segment", trained, many, "-o", tmp_path / "out")
    assert code == 3 and "15 label maps" in out and "3 of 18 images were skipped" in err
    for number in (3, 8, 16):
        assert str(files[number]) in err
    rows = (tmp_path / "out" / "manifest.jsonl").read_text().splitlines()
    states = [json.loads(row)["state"] for row in rows]
    assert (states.count("done"), states.count("empty"), states.count("skipped")) == (14, 1, 3)
    assert len(list((tmp_path / "out").rglob("*.tif"))) == 15


def test_positions_of_one_file_are_images_of_their_own(run, tmp_path, trained):
    rng = np.random.default_rng(0)
    with tifffile.TiffWriter(tmp_path / "stage.ome.tif", ome=True) as file:
        for side in (40, 48):
            pixels = rng.integers(100, 900, (side, 56), dtype=np.uint16)
            file.write(pixels, photometric="minisblack", metadata={"axes": "YX"})
    words = ("segment", trained, tmp_path / "stage.ome.tif", "-o", tmp_path / "out")
    code, _, err = run(*words)
    assert code == 2 and "--scene all" in err
    assert run(*words, "--scene", "all")[0] == 0
    names = sorted(path.name for path in (tmp_path / "out").glob("*.tif"))
    assert names == ["stage_s01.tif", "stage_s02.tif"]
    code, _, err = run(*words, "--scene", 1)
    assert code == 2 and "started with scene all instead of 1" in err


def test_killed_at_any_moment_the_result_is_that_of_an_unbroken_run(run, many, tmp_path, trained):
    line = ("segment", trained, many, "--table", "--confidence")
    assert run(*line, "-o", tmp_path / "whole")[0] == 0
    draw = random.Random(0)
    out, written = tmp_path / "out", set()
    for _ in range(4):
        process = start(*line, "-o", out)
        more, end = draw.randint(1, 4), time.monotonic() + 60
        while process.poll() is None and time.monotonic() < end:
            if len(set(out.rglob("A*/*.tif")) - written) >= more:
                break
            time.sleep(0.01)
        time.sleep(0.1 * draw.random())
        process.send_signal(signal.SIGKILL)
        process.communicate()
        written = set(out.rglob("A*/*.tif"))
    assert 4 <= len(list(out.glob("A*/*.tif"))) < 18
    code, _, err = run(*line, "-o", out)
    assert code == 0 and "of 18 images were segmented before" in err
    assert held(out) == held(tmp_path / "whole")


def test_parts_side_by_side_one_of_them_killed(run, many, tmp_path, trained):
    line = ("segment", trained, many, "-o", tmp_path / "out")
    assert run("segment", trained, many, "-o", tmp_path / "whole")[0] == 0
    processes = [start(*line, "--part", f"{number}/3") for number in (1, 2, 3)]
    while not list((tmp_path / "out").glob("A*/*.tif")) and processes[1].poll() is None:
        time.sleep(0.01)
    processes[1].send_signal(signal.SIGKILL)
    codes = [process.wait(timeout=120) for process in processes]
    for process in processes:
        process.communicate()
    assert codes[0] == codes[2] == 0
    assert run(*line, "--part", "2/3")[0] == 0
    assert run(*line)[0] == 0
    assert held(tmp_path / "out") == held(tmp_path / "whole")
