"""How far a segmentation can be trusted: the network asked again in other ways.

The formulas are in :mod:`adgan.auto.trust`; here the views are made that they compare.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from skimage.segmentation import clear_border

from adgan.auto.nuclei import find_nuclei
from adgan.auto.trust import (
    agreement,
    certainty,
    convexity,
    count_missed,
    sharpness,
    solidities,
    steepness,
)
from adgan.build import build_scene
from adgan.builtin.witness import testify
from adgan.data.prepare import Prepared
from adgan.data.scale import nearest
from adgan.metrics.expected import expected_f1
from adgan.moments import Moments
from adgan.recipe import Recipe
from adgan.seeding import generator
from adgan.segmenter import Segmenter
from adgan.synth.render import render
from adgan.synth.scene import sample_scene
from adgan.views import VIEWS

AGAIN = (VIEWS[3], VIEWS[4], VIEWS[6])
"""Three of the seven other views: they rank nuclei as well as all seven."""
SCENES, SIDE = 4, 8
"""Simulated scenes whose shapes are measured, and their side in largest radii."""
USUAL = 10
"""Percentile of their solidity that counts as convex."""


@dataclass(frozen=True)
class Confidence:
    """What speaks for a label map, values from 0 to 1.

    Parameters
    ----------
    image
        The expected F1.
    nuclei
        One value for each of the labels 1 to N, float ``(N,)``: the product of `reasons`.
    reasons
        ``agreement``, ``certainty``, ``shape`` and ``sharpness``, each ``(N,)``; of images also
        ``witness``, how far the built-in model draws the same nucleus.
    missed
        Nuclei that the map lacks: of images those that the built-in model is sure of, of volumes
        those that plain means see.
    """

    image: float
    nuclei: np.ndarray
    reasons: dict[str, np.ndarray]
    missed: float

    def columns(self) -> dict[str, dict[int, float]]:
        """Return the columns of a table, as :func:`adgan.measure.measure` takes them."""
        values = {"confidence": self.nuclei} | {
            f"confidence_{name}": reason for name, reason in self.reasons.items()
        }
        return {name: dict(enumerate(v.tolist(), start=1)) for name, v in values.items()}

    def paint(self, labels: np.ndarray) -> np.ndarray:
        """Return each nucleus filled with its confidence, float32; the background is 0."""
        return np.concatenate([[0], self.nuclei]).astype(np.float32)[labels]


def look_again(
    segmenter: Segmenter, image: Prepared, moments: Moments | None = None
) -> list[np.ndarray]:
    """Return what the network draws of the image turned, each turned back.

    Parameters
    ----------
    segmenter
        Whose network is asked again.
    image
        As the network saw it.
    moments
        The network's statistics; those of the image when absent.

    Returns
    -------
    list of numpy.ndarray
        float32, 0 to 1, at the working scale, one for each of :data:`AGAIN`.
    """
    return segmenter.predict_views(image.seen, AGAIN, moments)


def judge(
    segmenter: Segmenter,
    image: Prepared,
    soft: np.ndarray,
    others: Sequence[np.ndarray],
    labels: np.ndarray,
) -> Confidence:
    """Judge the label map of one image.

    Parameters
    ----------
    segmenter
        That made it.
    image
        As the network saw it.
    soft
        What it drew, 0 to 1, at the working scale.
    others
        What it drew when it looked again, see :func:`look_again`.
    labels
        What came of `soft`, labels 1 to N, at the image's own size.

    Returns
    -------
    Confidence
    """
    # Turned images are decoded at the working size alone: it ranks as well and costs less.
    recipe = segmenter.recipe.at_working_size()
    coarse = Prepared.at_working_size(image.working)
    small, radius = nearest(labels, soft.shape), recipe.scene.mean_radius
    # A nucleus may be too small to have a pixel here: nothing speaks for it then.
    present = np.isin(np.arange(1, int(labels.max(initial=0)) + 1), small)
    again = [replace(segmenter, recipe=recipe).decode(coarse, other) for other in others]
    reasons = {
        "agreement": agreement(small, again),
        "certainty": certainty(small, np.mean([soft, *others], axis=0)),
        "shape": convexity(small, usual_solidity(recipe)),
        "sharpness": sharpness(steepness(small, (image.working + 1) / 2, radius)),
    }
    reasons = {name: _spread(values, present) for name, values in reasons.items()}
    if labels.ndim == 2:
        testimony = testify(labels, image.pixels, 2 * segmenter.recipe.disc_radius)
        reasons["witness"], missed = testimony.confirmed, testimony.missed
    else:
        shares = np.array(recipe.aspect)
        light = ((image.working + 1) / 2) ** (1 / recipe.data.gamma)
        missed = count_missed(small, find_nuclei(light, shares, radius), shares)
    nuclei = np.prod(list(reasons.values()), axis=0)
    return Confidence(expected_f1(nuclei, missed), nuclei, reasons, missed)


@lru_cache
def usual_solidity(recipe: Recipe) -> float:
    """Return the solidity that most nuclei of a recipe's scenes have, those cut left out."""
    spec, values = build_scene(recipe), []
    shape = (math.ceil(SIDE * max(spec.radius)),) * recipe.data.rank
    for number in range(SCENES):
        labels = render(sample_scene(generator(0, "shapes", number), spec, shape, recipe.aspect))
        found = solidities(clear_border(labels))
        values.append(found[found > 0])
    every = np.concatenate(values)
    return float(np.percentile(every, USUAL)) if len(every) else 1.0


def _spread(values: np.ndarray, present: np.ndarray) -> np.ndarray:
    """Give nuclei beyond the last one that is seen at the working scale a place, with 0."""
    padded = np.zeros(len(present))
    padded[: len(values)] = values
    return padded * present
