"""No rival is crippled: each learns the simulated sample. Minutes each; run with -m slow."""

import pytest

from adgan.image.sample import write_sample
from adgan_bench.data import read_data
from adgan_bench.results import Results
from adgan_bench.run import Plan, run_benchmark
from adgan_bench.systems import METHODS

LEAST = {"plain": (0.75, 0.5), "unsupervised": (0.9, 0.8), "two-stage": (0.85, 0.75)}
"""Pixel DICE and object F1 that each kind must reach; labels help."""
PIECES = {"adgan-mask": (0.9, 0.5)}
"""The same of masks of which each piece is a nucleus: a third of the nuclei touch another."""
DATA = """sets:
  sample:
    images: images
    labels: labels
    radius: [10, 15]
    count: [25, 40]
"""


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = write_sample(tmp_path_factory.mktemp("sanity") / "sample", images=16)
    (folder / "data.yaml").write_text(DATA)
    return folder / "data.yaml"


@pytest.mark.slow
@pytest.mark.parametrize("name", METHODS)
def test_it_learns_the_simulated_sample(name, sample, tmp_path):
    if note := METHODS[name].missing():
        pytest.skip(note)
    run_benchmark(Plan([name], 1, {"steps": 500}, "cpu"), read_data(sample), tmp_path / "out")
    (record,) = Results(tmp_path / "out").read()
    dice, f1 = PIECES.get(name) or LEAST.get(METHODS[name].kind, (0.93, 0.85))
    assert record["scores"]["mean"]["dice"] >= dice
    assert record["scores"]["mean"]["f1"] >= f1
