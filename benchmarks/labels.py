"""Measure what a few labelled images bring: the built-in model fine-tuned on two thirds of a set.

python benchmarks/labels.py --data DIR [--set intestine_widefield] [--steps 500] [--seed 0]

In three folds, the label maps of two thirds of the images are given, as `adgan train --labels`
takes them, and the others are scored, before and after. The network alone is scored, without the
vote of a run.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from sets import SCORES, WILD, Labelled, load_labelled
from wild import mean_scores

from adgan.builtin.measured_image import measure_image
from adgan.builtin.network import Network, builtin_network
from adgan.builtin.reading import Reading
from adgan.builtin.survey import read_image
from adgan.student.learn import Seen, teach
from adgan.student.lesson import take_labels

FOLDS = 3


def label(network: Network, image: Labelled, reading: Reading) -> np.ndarray:
    """Return the label map of an image."""
    if reading.empty:
        return np.zeros(image.pixels.shape, np.uint32)
    return measure_image(network, image.pixels, reading).find().labels


def main() -> None:
    """Fine-tune on each fold, and print the scores before and after."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--set", default="intestine_widefield", choices=WILD)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    torch.set_num_threads(1)
    which, network = WILD[given.set], builtin_network()
    images = load_labelled(given.data, which)
    readings = [read_image(network, image.pixels) for image in images]
    pairs = list(zip(images, readings, strict=True))
    seen = [Seen(image.pixels, reading) for image, reading in pairs if not reading.empty]
    means = []
    for fold in range(FOLDS):
        held = pairs[fold::FOLDS]
        known = [pair for number, pair in enumerate(pairs) if number % FOLDS != fold]
        lessons = [take_labels(i.pixels, i.truth, r) for i, r in known if not r.empty]
        began = time.monotonic()
        student, _ = teach(network, seen, steps=given.steps, seed=given.seed, labelled=lessons)
        seconds = time.monotonic() - began
        scores = []
        for one in (network, student):
            found = [label(one, *pair) for pair in held]
            scores.append(mean_scores(found, [image for image, _ in held], which))
        means.append([[each[name] for name in SCORES] for each in scores])
        before, after = scores
        said = "; ".join(f"{name} {before[name]:.3f} to {after[name]:.3f}" for name in SCORES)
        print(f"fold {fold}: {len(known)} labelled, {seconds:.0f} s; {said}", flush=True)
    for name, (before, after) in zip(SCORES, np.mean(means, axis=0).T, strict=True):
        print(f"{name}: {before:.4f} to {after:.4f}")


if __name__ == "__main__":
    main()
