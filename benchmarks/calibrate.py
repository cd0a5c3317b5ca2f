"""Fit the confidence model on simulated scenes, segmented at right and wrong scales.

python benchmarks/calibrate.py NETWORK [--scenes 400] [--seed 1]

Writes ``doubt.json`` beside the weights in the folder NETWORK: the coefficients of
:class:`adgan.builtin.doubt.Doubt`. No real image is read.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from adgan.builtin.doubt import FEATURES, describe
from adgan.builtin.light import levels
from scipy.optimize import minimize

from adgan.builtin.network import Network, load_network
from adgan.builtin.resample import LEAST
from adgan.image.scale import nearest, rescale
from adgan.instances.votes import find_nuclei
from adgan.metrics import count_overlap
from adgan.synth.randomised import random_scene
from adgan.system.seeding import generator

SCENE_SIDE_PIXELS = {2: 256, 3: 48}
"""Side of a scene before it is rescaled, in pixels, by number of axes."""
ZOOM_OCTAVES = {2: 1.5, 3: 0.8}
"""Largest error of the scale in octaves, by number of axes."""
PENALTY_WEIGHT = 1e-3
"""Weight of the squared coefficients."""


def example(network: Network, seed: int, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the features of the nuclei found in one scene, and which of them are correct."""
    rng = generator(seed, "calibration", number)
    scene = random_scene(rng, (SCENE_SIDE_PIXELS[network.rank],) * network.rank)
    zoom = (
        2 ** rng.uniform(-ZOOM_OCTAVES[network.rank], ZOOM_OCTAVES[network.rank])
        if rng.random() < 0.6
        else 1.0
    )
    shape = [max(LEAST[network.rank], round(n * zoom)) for n in scene.image.shape]
    image = levels(scene.image).apply(rescale(scene.image, shape))
    truth, sure = nearest(scene.labels, shape), nearest(scene.sure, shape)
    maps = network.maps(image)
    found = find_nuclei(maps)
    described = describe(found, maps, image)
    right = np.zeros(len(described.radius), bool)
    table = count_overlap(found, truth)
    right[table.predicted_labels[table.predicted[table.iou > 0.5]].astype(int) - 1] = True
    doubtful = np.bincount(found.ravel(), ~sure.ravel(), minlength=len(right) + 1)[1:] > 0
    keep = ~described.cut & ~doubtful
    return described.features[keep], right[keep]


def fit(features: np.ndarray, right: np.ndarray) -> dict:
    """Fit the logistic regression, and return its coefficients."""
    mean, deviation = features.mean(0), np.maximum(features.std(0), 1e-6)
    z = np.clip((features - mean) / deviation, -4, 4)
    sign = np.where(right, 1.0, -1.0)

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (z @ w[:-1] + w[-1])
        share = 1 / (1 + np.exp(margin))
        slope = -(sign * share)
        gradient = np.append(z.T @ slope, slope.sum()) / len(sign) + 2 * PENALTY_WEIGHT * w
        return float(np.logaddexp(0, -margin).mean() + PENALTY_WEIGHT * w @ w), gradient

    w = minimize(loss, np.zeros(z.shape[1] + 1), jac=True, method="L-BFGS-B").x
    chance = 1 / (1 + np.exp(-(z @ w[:-1] + w[-1])))
    brier = float(((chance - right) ** 2).mean())
    print(f"{len(right)} nuclei, {right.mean():.3f} right, Brier score {brier:.4f}")
    for name, weight in zip(FEATURES, w, strict=False):
        print(f"  {name:20} {weight:+.2f}")
    return {
        "mean": mean.tolist(),
        "deviation": deviation.tolist(),
        "weights": w[:-1].tolist(),
        "constant": float(w[-1]),
    }


def main() -> None:
    """Fit the model and write its coefficients."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network", type=Path)
    parser.add_argument("--scenes", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    network = load_network(given.network)
    parts = [example(network, given.seed, number) for number in range(given.scenes)]
    features, right = (np.concatenate(each) for each in zip(*parts, strict=True))
    made = fit(features, right)
    (given.network / "doubt.json").write_text(json.dumps(made, indent=2) + "\n")


if __name__ == "__main__":
    main()
