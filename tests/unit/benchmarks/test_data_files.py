from pathlib import Path

import pytest
import yaml

from adgan.bench.data import DataFile

FOLDER = Path(__file__).parents[3] / "benchmarks"


@pytest.mark.parametrize("name", ["sets2d.yaml", "sets3d.yaml"])
def test_a_ready_data_file_is_one(name):
    described = DataFile.model_validate(yaml.safe_load((FOLDER / name).read_text()))
    assert all(settings.citation for settings in described.sets.values())
