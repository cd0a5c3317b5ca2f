"""One tiny run that the tests share, and command lines run in this process."""

from pathlib import Path

import numpy as np
import pytest
import torch

from adgan.cli import main
from adgan.io import write_gray, write_labels
from adgan.synth.samples import simulated_sample

CONFIG = """
network: {width: 2, critic_width: 2, blocks: 0}
data: {crop: [32, 32], batch: 2}
scene: {radius: [10, 15], count: [25, 40]}
schedule: {picture_every: 2}
"""


@pytest.fixture
def run(capsys):
    """Run a command line; return its exit code, stdout and stderr."""

    def run_(*words):
        capsys.readouterr()
        code = main([str(word) for word in words])
        return code, *capsys.readouterr()

    return run_


@pytest.fixture(scope="session")
def data(tmp_path_factory) -> Path:
    """Three images of 64 x 64 pixels with their labels, and a configuration of tiny networks."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # more would only wait for each other
    folder = tmp_path_factory.mktemp("data")
    (folder / "recipe.yaml").write_text(CONFIG)
    for part in ("images", "labels"):
        (folder / part).mkdir()
    for number, (image, labels, spacing) in enumerate(simulated_sample(images=3)):
        write_gray(folder / "images" / f"cell_{number}.tif", image[:64, :64], spacing)
        write_labels(folder / "labels" / f"cell_{number}.tif", labels[:64, :64], spacing)
    yield folder
    torch.set_num_threads(threads)


@pytest.fixture
def config(data) -> tuple:
    """The option that makes a training tiny."""
    return "--config", data / "recipe.yaml"


@pytest.fixture(scope="session")
def trained(data, tmp_path_factory) -> Path:
    """A run of four steps."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    words = ("train", data / "images", "-o", folder, "--config", data / "recipe.yaml")
    assert main([str(word) for word in (*words, "--steps", 4, "--device", "cpu")]) == 0
    return folder


@pytest.fixture
def picture():
    """Any image that is none of the usual ones: 48 x 40 pixels, uint16."""
    return np.random.default_rng(0).integers(100, 900, (48, 40), dtype=np.uint16)
