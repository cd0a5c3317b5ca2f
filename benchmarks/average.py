"""Average the networks of several trainings: ``python benchmarks/average.py A B -o FOLDER``.

Weights along one training lie in one valley, and their mean does better on images that differ from
those it saw (Izmailov et al. 2018, arXiv:1803.05407; Wortsman et al. 2022, arXiv:2203.05482). The
trainings must be stages of one, or go on from the same stage. The statistics of the batch
normalisations are measured anew, on scenes that no training saw.
"""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from torch.optim.swa_utils import update_bn

from adgan.builtin.examples import crop_of, make_example
from adgan.builtin.learn import ABOUT, WEIGHTS, halved
from adgan.builtin.plan import PLANS, Plan
from adgan.builtin.targets import HEADS
from adgan.nn.instance_unet import InstanceUNet
from adgan.system.seeding import generator

FIRST_SCENE = 10**7
"""Number of the first scene that the statistics are measured on; trainings see far lower ones."""


def mean_weights(parts: list[dict[str, Tensor]], shares: list[float]) -> dict[str, Tensor]:
    """Return the weighted mean of the floating-point tensors, and the others of the first."""
    mean = dict(parts[0])
    for name, first in parts[0].items():
        if first.is_floating_point():
            stacked = torch.stack([part[name].float() for part in parts], dim=-1)
            mean[name] = (stacked * torch.tensor(shares)).sum(-1) / sum(shares)
    return mean


def batches(plan: Plan, number: int) -> Iterator[Tensor]:
    """Yield batches of crops of new scenes, ``B 1 (Z) Y X``."""
    for batch in range(number):
        rng = generator(plan.seed, "average", batch)
        first = FIRST_SCENE + batch * plan.batch
        scenes = (make_example(first + k, plan) for k in range(plan.batch))
        crops = [crop_of(rng, scene, plan.crop)[0] for scene in scenes]
        yield torch.from_numpy(np.stack(crops)[:, None].copy())


def average(folders: list[Path], shares: list[float], output: Path, number: int = 100) -> None:
    """Write the average of trained networks as a training would.

    Parameters
    ----------
    folders
        Folders of :func:`adgan.builtin.learn.learn`, of networks of one size.
    shares
        Weight of each in the mean.
    output
        Folder to write to.
    number
        Batches on which the statistics of the normalisations are measured.
    """
    about = json.loads((folders[0] / ABOUT).read_text(encoding="utf-8"))
    ndim, widths = about["ndim"], about["widths"]
    network = InstanceUNet(ndim, len(HEADS) + ndim, widths)
    network.load_state_dict(mean_weights([load_file(f / WEIGHTS) for f in folders], shares))
    update_bn(batches(PLANS[ndim], number), network)
    output.mkdir(parents=True, exist_ok=True)
    save_file(halved(network), output / WEIGHTS)
    (output / ABOUT).write_text(json.dumps(asdict(PLANS[ndim]) | about, indent=2) + "\n")


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--shares", type=float, nargs="+", help="weight of each (default: equal)")
    parser.add_argument("-o", "--output", type=Path, required=True)
    given = parser.parse_args()
    average(given.folders, given.shares or [1.0] * len(given.folders), given.output)


if __name__ == "__main__":
    main()
