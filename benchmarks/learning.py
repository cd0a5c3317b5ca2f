"""Compare trainings of the built-in model: widths, normalisation, and the range of sizes.

python benchmarks/learning.py --data DIR -o FOLDER [--steps 1500] [--variants usual,linear]

Each variant is trained from scratch on simulated scenes and decoded as in ``heads.py``, at the
true median diameter of an image and at a wrong one. Printed are the mean F1 over the sets and the
lowest, per variant and per error of the diameter. A finished training is not repeated.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from heads import score_set
from sets import WILD, load_labelled

from adgan.builtin.learn import learn
from adgan.builtin.network import load_network
from adgan.builtin.plan import PLANS, Plan, Variation
from adgan.builtin.settings import NORMALISATION, NormalisationSettings
from adgan.instances.votes import find_nuclei
from adgan.synth.chances import Chances
from adgan.synth.knobs import Knobs

ERRORS = (0.6, 1.0, 1.6)
"""Diameters at which images are shown, relative to the working diameter."""


@dataclass(frozen=True)
class Variant:
    """One way to train: its plan, and the normalisation that training and decoding share."""

    plan: Plan
    normalisation: NormalisationSettings = NORMALISATION[2]


USUAL = PLANS[2]
RANDOM = Variation(low=(0.3, 3.0), high=(99.0, 99.95), varied=0.6)
OLDER = replace(USUAL, vary=RANDOM)
"""The training before levels and gamma were those of segmentation: both were random."""
LESS_BLUR = Knobs(defocus=(0.08, 0.26), ghost_blur=(0.35, 1.2))
LESS_GLOW = replace(LESS_BLUR, haze=(0.0, 0.5), haze_reach=(1.5, 8.0))
HALF_LIT = replace(
    LESS_GLOW,
    chance=Chances(piled=0.6, half=0.15, coarse_texture=0.5),
    piled_overlap=(0.1, 0.6),
)
LINEAR = replace(NORMALISATION[2], gamma=1.0, shift=0.25)
VARIANTS = {
    "usual": Variant(USUAL),
    "random levels": Variant(OLDER),
    "random levels narrow": Variant(replace(OLDER, widths=tuple(w // 2 for w in USUAL.widths))),
    "random levels wide": Variant(replace(OLDER, widths=tuple(3 * w // 2 for w in USUAL.widths))),
    "random levels linear": Variant(replace(USUAL, vary=replace(RANDOM, gamma=(0.7, 1.4))), LINEAR),
    "gamma .7": Variant(USUAL, replace(NORMALISATION[2], gamma=0.7, shift=0.35)),
    "linear": Variant(USUAL, LINEAR),
    "less blur": Variant(replace(USUAL, knobs=LESS_BLUR)),
    "less glow": Variant(replace(USUAL, knobs=LESS_GLOW)),
    "half-lit": Variant(replace(USUAL, knobs=HALF_LIT)),
    "random levels one size": Variant(
        replace(OLDER, knobs=Knobs(radius=(11.0, 14.0), chance=Chances(wide=0.0, second=0.0)))
    ),
}


@contextmanager
def normalised(how: NormalisationSettings) -> Iterator[None]:
    """Use a normalisation within a context."""
    usual, NORMALISATION[2] = NORMALISATION[2], how
    try:
        yield
    finally:
        NORMALISATION[2] = usual


def main() -> None:
    """Train the variants and print their rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder of the trainings")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--variants", help="comma-separated; all by default")
    parser.add_argument("--images", type=int, default=3, help="per set")
    parser.add_argument("--diameter", type=float, default=25.0, help="working pixels of a nucleus")
    given = parser.parse_args()
    torch.set_num_threads(1)
    votes = {"votes": find_nuclei}
    print(f"{'F1, mean and lowest, at':14}", *(f"{'x ' + str(e):>12}" for e in ERRORS))
    for name in given.variants.split(",") if given.variants else VARIANTS:
        variant = VARIANTS[name]
        folder = given.output / f"{name.replace(' ', '_')}_{given.seed}_{given.steps}"
        with normalised(variant.normalisation):
            learn(folder, replace(variant.plan, steps=given.steps, seed=given.seed))
            network = load_network(folder)
            means = []
            for which in WILD.values():
                images = load_labelled(given.data, which)
                some = images[:: -(-len(images) // given.images)]
                shown = [given.diameter * error for error in ERRORS]
                scores = [score_set(network, some, which, d, votes)[0] for d in shown]
                means.append(scores)
        mean, lowest = np.mean(means, axis=0), np.min(means, axis=0)
        cells = (f"{m:.3f}, {w:.3f}" for m, w in zip(mean, lowest, strict=True))
        print(f"{name:23}", *(f"{cell:>12}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
