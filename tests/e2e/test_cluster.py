"""Images spread over workers: the same files as of one process."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from adgan.io import write_gray
from adgan.segmentation.options import SegmentOptions

pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")


def held(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "segment.json"
    }


@pytest.fixture
def many(tmp_path):
    rng = np.random.default_rng(0)
    (tmp_path / "images").mkdir()
    for number in range(8):
        pixels = rng.integers(100, 900, (48, 40), dtype=np.uint16)
        write_gray(tmp_path / "images" / f"field_{number}.tif", pixels)
    (tmp_path / "images" / "letter.tif").write_text("a letter")
    return tmp_path / "images"


@pytest.fixture
def cluster(tmp_path):
    """A scheduler and two workers in a folder of their own, each without a nanny."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    file, elsewhere = tmp_path / "scheduler.json", tmp_path / "elsewhere"
    elsewhere.mkdir()
    module = "from distributed.cli.dask_{0} import main; main()"
    words = {
        "scheduler": ["--port", "0", "--no-dashboard", "--scheduler-file", str(file)],
        "worker": [
            "--scheduler-file",
            str(file),
            "--nthreads",
            "1",
            "--no-nanny",
            "--no-dashboard",
        ],
    }
    started = []
    for kind in ("scheduler", "worker", "worker"):
        command = [sys.executable, "-c", module.format(kind), *words[kind]]
        process = subprocess.Popen(
            command, cwd=elsewhere, env=environment, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        started.append(process)
    while not file.exists() or not file.read_text():
        assert started[0].poll() is None
        time.sleep(0.1)
    yield json.loads(file.read_text())["address"], started[1:]
    for process in started:
        process.kill()
        process.wait()


def test_workers_elsewhere_give_the_same_files_though_one_is_killed(
    run, many, tmp_path, trained, cluster
):
    address, workers = cluster
    line = ("segment", trained, many, "--table")
    assert run(*line, "-o", tmp_path / "whole")[0] == 3
    killed = []

    def kill(share, _):
        if share and not killed:
            killed.append(workers[0].pid)
            workers[0].send_signal(signal.SIGKILL)

    from adgan.segmentation.segment import segment

    found = segment(
        str(trained),
        str(many),
        tmp_path / "out",
        options=SegmentOptions(table=True),
        workers=address,
        device="cpu",
        progress=kill,
    )
    assert killed and sum(not one.skipped for one in found) == 8
    assert held(tmp_path / "out") == held(tmp_path / "whole")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--workers", 0), "--workers"),
        (("--workers", 2, "--scheduler", "tcp://127.0.0.1:9"), "choose one"),
    ],
    ids=str,
)
def test_refused(run, many, tmp_path, options, words):
    code, _, err = run("segment", many, "-o", tmp_path / "out", *options)
    assert code == 2 and words in err and not (tmp_path / "out").exists()
