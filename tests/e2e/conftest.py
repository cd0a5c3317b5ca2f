"""One tiny run that the tests share, and command lines run in this process."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch

from adgan.cli import main
from adgan.io import write_gray, write_labels
from adgan.synth.samples import simulated_sample

DOCS = Path(__file__).parents[2] / "docs"
CONFIG = """
network: {width: 2, discriminator_width: 2, blocks: 0}
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


def documented_files(verb: str) -> list[re.Pattern[str]]:
    """What the page of output files says that a verb writes."""
    text = (DOCS / "reference" / "files.md").read_text(encoding="utf-8")
    section = re.split(r"^## ", text.partition(f"\n## `adgan {verb}")[2], flags=re.MULTILINE)[0]
    found, name = [], ""
    for cell in re.findall(r"^\| ([^|]*) \|", section, re.MULTILINE):
        for word in re.findall(r"`([^`]+)`", cell):
            name = name[: name.rindex(".")] + word if word.startswith(".") else word
            pattern = re.sub(r"\d+", lambda digits: r"\d+", re.escape(name))
            pattern = pattern.replace("NAME", ".+").replace("TABLE", ".+").replace(r"\*", ".+")
            found.append(re.compile(f"{pattern}(/.+)?"))
    assert found, verb
    return found


@pytest.fixture
def documented():
    """Check that each file in a folder is one that the page says a verb writes."""

    def check(verb, folder):
        known = documented_files(verb)
        paths = [p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()]
        assert paths
        told = [path for path in paths if any(one.fullmatch(path) for one in known)]
        assert sorted(set(paths) - set(told)) == []

    return check


@pytest.fixture
def picture():
    """Any image that is none of the usual ones: 48 x 40 pixels, uint16."""
    return np.random.default_rng(0).integers(100, 900, (48, 40), dtype=np.uint16)
