"""A training by two processes of the command line: the files and the losses of one."""

import csv
import os
import subprocess
import sys

import numpy as np
import pytest

from adgan.io import write_gray
from adgan.synth.samples import simulated_sample

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two processors"),
]
RECIPE = """
task: semantic
network: {width: 2, discriminator_width: 2, blocks: 1, kernel: 3}
scene: {radius: [10, 15], count: [25, 40]}
data: {crop: [32, 32], batch: 2}
schedule: {steps: 4, restarts: [1.0], picture_every: 2, check_every: 2, rate: 1.0e-5}
"""


def adgan(folder, *words):
    line = "import sys; from adgan.cli import main; sys.exit(main())"
    (folder / "command.py").write_text(line)  # a process starts others by its file
    done = subprocess.run(
        [sys.executable, folder / "command.py", *map(str, words)],
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def curve(run):
    with open(run / "curve.csv", newline="") as file:
        return [
            [float(row[name]) for name in row if name != "seconds"] for row in csv.DictReader(file)
        ]


def test_two_processes_write_what_one_does(tmp_path):
    (tmp_path / "recipe.yaml").write_text(RECIPE)
    (tmp_path / "images").mkdir()
    for number, (image, _, _) in enumerate(simulated_sample(images=2)):
        write_gray(tmp_path / "images" / f"{number}.tif", image[:80, :96])
    settings = ("--config", "recipe.yaml", "--device", "cpu")
    adgan(tmp_path, "train", "images", "-o", "one", *settings)
    said = adgan(tmp_path, "train", "images", "-o", "two", *settings, "--devices", 2)
    assert said.count("Trained two") == 1
    one, two = tmp_path / "one", tmp_path / "two"
    assert {path.name for path in one.iterdir()} == {path.name for path in two.iterdir()}
    np.testing.assert_allclose(curve(two), curve(one), rtol=1e-3)
