"""Estimate the confidence of a segmentation by predicting transformed copies of the image.

The formulas are in :mod:`adgan.quality.trust`; this module computes the predictions to compare.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from skimage.segmentation import clear_border

from adgan.builtin.witness import testify
from adgan.image.prepare import Prepared
from adgan.image.scale import nearest
from adgan.image.views import VIEWS
from adgan.metrics.expected import expected_f1
from adgan.models.build import build_scene
from adgan.models.moments import Moments
from adgan.models.segmenter import Segmenter
from adgan.quality.trust import (
    agreement,
    certainty,
    convexity,
    count_missed,
    sharpness,
    solidities,
    steepness,
)
from adgan.recipe.recipe import Recipe
from adgan.survey.nuclei import find_nuclei
from adgan.synth.render import render
from adgan.synth.scene import sample_scene
from adgan.system.seeding import generator

COMPARED_VIEWS = (VIEWS[3], VIEWS[4], VIEWS[6])
"""Three of the seven other views, which rank nuclei as well as all seven."""
SIMULATED_SCENES, SCENE_SIDE_RADII = 4, 8
"""Number of simulated scenes whose shapes are measured, and their side in largest radii."""
CONVEX_SOLIDITY_PERCENTILE = 10
"""Percentile of their solidity from which a nucleus counts as convex."""


@dataclass(frozen=True)
class Confidence:
    """The confidence of a label map, with values from 0 to 1.

    Parameters
    ----------
    image
        Expected F1.
    nuclei
        One value per label from 1 to N, float ``(N,)``: the product of `reasons`.
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
        """Return columns for the table of :func:`adgan.measuring.measure.measure`."""
        values = {"confidence": self.nuclei} | {
            f"confidence_{name}": reason for name, reason in self.reasons.items()
        }
        return {name: dict(enumerate(v.tolist(), start=1)) for name, v in values.items()}

    def paint(self, labels: np.ndarray) -> np.ndarray:
        """Return a map with each nucleus filled with its confidence, float32; background is 0."""
        return np.concatenate([[0], self.nuclei]).astype(np.float32)[labels]


def look_again(
    segmenter: Segmenter, image: Prepared, moments: Moments | None = None
) -> list[np.ndarray]:
    """Return the network's output for transformed images, each transformed back.

    Parameters
    ----------
    segmenter
        The segmenter with the network.
    image
        The prepared image.
    moments
        The network's statistics (default: those of the image).

    Returns
    -------
    list of numpy.ndarray
        float32, 0 to 1, at the working scale, one per view of :data:`COMPARED_VIEWS`.
    """
    return segmenter.predict_views(image.seen, COMPARED_VIEWS, moments)


def judge(
    segmenter: Segmenter,
    image: Prepared,
    soft: np.ndarray,
    others: Sequence[np.ndarray],
    labels: np.ndarray,
) -> Confidence:
    """Estimate the confidence of the label map of one image.

    Parameters
    ----------
    segmenter
        The segmenter that produced it.
    image
        The prepared image.
    soft
        Output of the network, 0 to 1, at the working scale.
    others
        Outputs for transformed images, see :func:`look_again`.
    labels
        Label map decoded from `soft`, labels 1 to N, at the original image size.

    Returns
    -------
    Confidence
    """
    # Transformed images are decoded only at the working scale: the ranking is as good, and faster.
    recipe = segmenter.recipe.at_working_size()
    coarse = Prepared.at_working_size(image.working)
    small, radius = nearest(labels, soft.shape), recipe.scene.mean_radius
    # A nucleus may be too small to have a pixel at this scale: its confidence is then 0.
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
    """Return the usual solidity of uncut nuclei in a recipe's simulated scenes."""
    spec, values = build_scene(recipe), []
    shape = (math.ceil(SCENE_SIDE_RADII * max(spec.radius)),) * recipe.data.rank
    for number in range(SIMULATED_SCENES):
        labels = render(sample_scene(generator(0, "shapes", number), spec, shape, recipe.aspect))
        found = solidities(clear_border(labels))
        values.append(found[found > 0])
    every = np.concatenate(values)
    return float(np.percentile(every, CONVEX_SOLIDITY_PERCENTILE)) if len(every) else 1.0


def _spread(values: np.ndarray, present: np.ndarray) -> np.ndarray:
    """Append 0 for nuclei after the last one that is present at the working scale."""
    padded = np.zeros(len(present))
    padded[: len(values)] = values
    return padded * present
