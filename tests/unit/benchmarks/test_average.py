import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from adgan.builtin.network import load_network
from adgan.builtin.targets import HEADS
from adgan.nn.instance_unet import InstanceUNet


def test_weights_are_averaged_by_their_shares_and_counters_kept():
    from average import mean_weights

    parts = [{"w": torch.tensor([value]), "n": torch.tensor(7)} for value in (1.0, 5.0)]
    assert mean_weights(parts, [3.0, 1.0]) == {"w": torch.tensor([2.0]), "n": torch.tensor(7)}


def test_an_average_is_written_as_a_training_is(tmp_path):
    from average import average

    for seed, name in enumerate(("one", "other")):
        torch.manual_seed(seed)
        (tmp_path / name).mkdir()
        weights = InstanceUNet(2, len(HEADS) + 2, (4, 6)).state_dict()
        save_file(weights, tmp_path / name / "weights.safetensors")
        about = json.dumps({"ndim": 2, "widths": [4, 6]})
        (tmp_path / name / "model.json").write_text(about)
    average([tmp_path / "one", tmp_path / "other"], [1.0, 1.0], tmp_path / "mean", number=1)
    one, other, mean = (
        load_file(tmp_path / name / "weights.safetensors") for name in ("one", "other", "mean")
    )
    name = next(name for name, part in one.items() if part.ndim == 4)
    expected = (one[name] + other[name]) / 2
    assert torch.allclose(mean[name].float(), expected, atol=1e-3)
    variance = next(name for name in one if name.endswith("running_var"))
    assert not torch.allclose(mean[variance].float(), one[variance])  # measured anew
    assert load_network(tmp_path / "mean").ndim == 2
    with pytest.raises(FileNotFoundError):
        average([tmp_path / "missing"], [1.0], tmp_path / "none")
