"""Fit the confidence model on simulated scenes, segmented at right and wrong scales.

python benchmarks/calibrate.py NETWORK [--scenes 400] [--seed 1] [--spoilt 0.1]

A good network makes few errors of a kind that is common in real images: two nuclei taken for one,
and one cut into two. With `--spoilt` both are made by hand as well, from the nuclei of each scene.

Writes ``doubt.json`` beside the weights in the folder NETWORK: the coefficients of
:class:`adgan.builtin.confidence.ConfidenceModel`. For volumes it also writes
``doubt_planes.json``, those with the network for images beside. No real image is read.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from scipy.ndimage import find_objects
from scipy.optimize import minimize

from adgan.builtin.confidence import FEATURES, measure_features
from adgan.builtin.decoding import DECODING, DECODING_ALONE
from adgan.builtin.network import Network, load_network, with_planes
from adgan.builtin.normalisation import measure_normalisation
from adgan.builtin.settings import WORKING_SCALE
from adgan.image.boxes import highest
from adgan.image.scale import nearest, rescale
from adgan.instances.votes import Voting, find_nuclei
from adgan.metrics import count_overlap
from adgan.synth.randomised import random_scene
from adgan.system.seeding import generator

SCENE_SIDE_PIXELS = {2: 256, 3: 48}
"""Side of a scene before it is rescaled, in pixels, by number of axes."""
ZOOM_OCTAVES = {2: 1.5, 3: 0.8}
"""Largest error of the scale in octaves, by number of axes."""
PENALTY_WEIGHT = 1e-3
"""Weight of the squared coefficients."""


def spoil(labels: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Merge a third of the nuclei with a neighbour, and cut a third of the others in two.

    Returns
    -------
    labels
        uint32, of the same shape, labels from 1 without gaps.
    spoilt
        True for each nucleus that was merged or cut, ``(N,)``.
    """
    number = int(labels.max(initial=0))
    made, merged = np.arange(number + 1), np.zeros(number + 1, bool)
    around = highest(labels, 3)
    for one, other in np.unique(np.stack([labels.ravel(), around.ravel()]), axis=1).T:
        if 0 < one < other and not merged[[one, other]].any() and rng.random() < 1 / 3:
            made[other], merged[[one, other]] = one, True
    spoilt = made[labels]
    changed = set(made[merged].tolist())
    for label, box in enumerate(find_objects(labels), 1):
        if box and not merged[label] and rng.random() < 1 / 3:
            inside = np.nonzero(labels[box] == label)
            places = np.stack(inside) - np.mean(inside, axis=1, keepdims=True)
            beyond = rng.normal(size=labels.ndim) @ places > 0
            spoilt[box][tuple(axis[beyond] for axis in inside)] = number + label
            changed |= {label, number + label}
    kept, spoilt = np.unique(spoilt, return_inverse=True)
    return spoilt.reshape(labels.shape).astype(np.uint32), np.isin(kept[kept > 0], list(changed))


def example(
    network: Network, voting: Voting, seed: int, number: int, spoilt: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the features of the nuclei of one scene, which are correct, and their weights.

    `voting` turns votes into nuclei. `spoilt` is the weight of a nucleus merged or cut by hand; one
    that was found counts 1.
    """
    rng = generator(seed, "calibration", number)
    scene = random_scene(rng, (SCENE_SIDE_PIXELS[network.ndim],) * network.ndim)
    zoom = (
        2 ** rng.uniform(-ZOOM_OCTAVES[network.ndim], ZOOM_OCTAVES[network.ndim])
        if rng.random() < 0.6
        else 1.0
    )
    shape = [max(WORKING_SCALE[network.ndim].side, round(n * zoom)) for n in scene.image.shape]
    image = measure_normalisation(scene.image).apply(rescale(scene.image, shape))
    truth, certain = nearest(scene.labels, shape), nearest(scene.certain, shape)
    maps = network.maps(image)
    found = find_nuclei(maps, voting)
    features, right, weights = [], [], []
    everything = found, np.ones(int(found.max(initial=0)), bool)
    for weight, (labels, chosen) in ((1.0, everything), (spoilt, spoil(found, rng))):
        described, correct = measure_features(labels, maps, image), matched(labels, truth)
        doubtful = np.bincount(labels.ravel(), ~certain.ravel(), minlength=len(correct) + 1)[1:] > 0
        keep = ~described.cut & ~doubtful & chosen & (weight > 0)
        features.append(described.features[keep])
        right.append(correct[keep])
        weights.append(np.full(keep.sum(), weight))
    return np.concatenate(features), np.concatenate(right), np.concatenate(weights)


def matched(labels: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Return for each nucleus whether its IoU with a true nucleus exceeds 0.5, bool ``(N,)``."""
    right = np.zeros(int(labels.max(initial=0)), bool)
    table = count_overlap(labels, truth)
    right[table.predicted_labels[table.predicted[table.iou > 0.5]].astype(int) - 1] = True
    return right


def fit(features: np.ndarray, right: np.ndarray, weights: np.ndarray) -> dict:
    """Fit the logistic regression, and return its coefficients."""
    mean, deviation = features.mean(0), np.maximum(features.std(0), 1e-6)
    z = np.clip((features - mean) / deviation, -4, 4)
    sign, weights = np.where(right, 1.0, -1.0), weights / weights.sum()

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (z @ w[:-1] + w[-1])
        slope = -(sign * weights / (1 + np.exp(margin)))
        gradient = np.append(z.T @ slope, slope.sum()) + 2 * PENALTY_WEIGHT * w
        return float(np.logaddexp(0, -margin) @ weights + PENALTY_WEIGHT * w @ w), gradient

    w = minimize(loss, np.zeros(z.shape[1] + 1), jac=True, method="L-BFGS-B").x
    chance = 1 / (1 + np.exp(-(z @ w[:-1] + w[-1])))
    for weight in np.unique(weights):
        rows = weights == weight
        share, brier = right[rows].mean(), float(((chance - right)[rows] ** 2).mean())
        print(f"{rows.sum()} nuclei, {share:.3f} right, Brier score {brier:.4f}")
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
    parser.add_argument(
        "--spoilt", type=float, default=0.0, help="weight of a nucleus merged or cut by hand"
    )
    given = parser.parse_args()
    network = load_network(given.network).alone
    ways = {"doubt.json": (network, DECODING_ALONE[network.ndim].voting)}
    if network.ndim == 3:
        ways["doubt_planes.json"] = with_planes(network), DECODING[3].voting
    for name, way in ways.items():
        parts = [example(*way, given.seed, number, given.spoilt) for number in range(given.scenes)]
        made = fit(*(np.concatenate(each) for each in zip(*parts, strict=True)))
        (given.network / name).write_text(json.dumps(made, indent=2) + "\n")


if __name__ == "__main__":
    main()
