from pathlib import Path

import pytest
import yaml

from adgan_bench.data import DataFile
from adgan_bench.results import read_results

FOLDER = Path(__file__).parents[3] / "benchmarks"


@pytest.mark.parametrize("name", ["sets2d.yaml", "sets3d.yaml"])
def test_a_ready_data_file_is_one(name):
    described = DataFile.model_validate(yaml.safe_load((FOLDER / name).read_text()))
    assert all(settings.citation for settings in described.sets.values())


@pytest.mark.parametrize("folder", ["ablation", "comparison", "lambdas", "number"])
def test_results_that_are_kept_are_whole(folder):
    said = []
    assert read_results(FOLDER / "results" / folder, said.append)
    assert said == []
