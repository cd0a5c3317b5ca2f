"""Estimate the confidence of a segmentation from predictions for transformed copies of the image.

The formulas are in :mod:`adgan.quality.trust`; this module computes the predictions to compare.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from skimage.segmentation import clear_border

from adgan.builtin.witness import Testimony
from adgan.image.prepare import Prepared
from adgan.image.scale import nearest
from adgan.metrics.matching import expected_f1
from adgan.models.build import build_scene
from adgan.models.segmenter import Segmenter
from adgan.quality.trust import (
    agreement,
    certainty,
    convexity,
    sharpness,
    solidities,
    steepness,
)
from adgan.recipe.recipe import Recipe
from adgan.synth.render import render
from adgan.synth.scene import sample_scene
from adgan.system.seeding import generator


@dataclass(frozen=True)
class Confidence:
    """The confidence of a label map, with values from 0 to 1.

    Parameters
    ----------
    image
        Expected F1 of the label map.
    nuclei
        Confidence of each label from 1 to N, float64 ``(N,)``: the product of `reasons`.
    reasons
        ``agreement``, ``certainty``, ``shape``, ``sharpness`` and ``witness``, which is how well
        the built-in model confirms the nucleus, each float64 ``(N,)``.
    missed
        Estimated number of nuclei that the map lacks: the built-in model finds them.
    """

    image: float
    nuclei: np.ndarray
    reasons: dict[str, np.ndarray]
    missed: float

    def columns(self) -> dict[str, dict[int, float]]:
        """Return the columns of a table of nuclei, see :func:`adgan.measuring.measure.measure`."""
        values = {"confidence": self.nuclei} | {
            f"confidence_{name}": reason for name, reason in self.reasons.items()
        }
        return {name: dict(enumerate(v.tolist(), start=1)) for name, v in values.items()}

    def paint(self, labels: np.ndarray) -> np.ndarray:
        """Return an image with each nucleus filled with its confidence, float32; 0 elsewhere."""
        return np.concatenate([[0], self.nuclei]).astype(np.float32)[labels]


def estimate_confidence(
    segmenter: Segmenter,
    image: Prepared,
    probability: np.ndarray,
    others: Sequence[np.ndarray],
    labels: np.ndarray,
    testimony: Testimony,
) -> Confidence:
    """Estimate the confidence of the label map of one image.

    Parameters
    ----------
    segmenter
        Segmenter that produced the label map.
    image
        Prepared image.
    probability
        Output of the network, ``(Z) Y X`` at the working scale, 0 to 1.
    others
        Outputs for transformed copies of the image, see
        :meth:`adgan.models.segmenter.Segmenter.predict_views`.
    labels
        Label map decoded from `probability`, labels 1 to N, at the original image size.
    testimony
        How far the built-in model confirms these labels.
    """
    # Transformed copies are decoded only at the working scale: the ranking is as good, and faster.
    recipe = segmenter.recipe.at_working_size()
    how = recipe.quality.confidence
    coarse = Prepared.at_working_size(image.working)
    small, radius = nearest(labels, probability.shape), recipe.scene.mean_radius
    # A nucleus may be too small to have a pixel at this scale: its confidence is then 0.
    present = np.isin(np.arange(1, int(labels.max(initial=0)) + 1), small)
    again = [replace(segmenter, recipe=recipe).decode(coarse, other) for other in others]
    reasons = {
        "agreement": agreement(small, again),
        "certainty": certainty(small, np.mean([probability, *others], axis=0)),
        "shape": convexity(small, simulated_solidity(recipe), how),
        "sharpness": sharpness(steepness(small, (image.working + 1) / 2, radius, how), how),
    }
    reasons = {name: _for_all_labels(values, present) for name, values in reasons.items()}
    reasons["witness"] = testimony.confirmed
    nuclei = np.prod(list(reasons.values()), axis=0)
    return Confidence(expected_f1(nuclei, testimony.missed), nuclei, reasons, testimony.missed)


@lru_cache
def simulated_solidity(recipe: Recipe) -> float:
    """Return the solidity that most uncut nuclei in simulated scenes of a recipe exceed."""
    spec, values, how = build_scene(recipe), [], recipe.quality.confidence
    shape = (math.ceil(how.side * max(spec.radius)),) * recipe.data.ndim
    for number in range(how.scenes):
        labels = render(
            sample_scene(generator(0, "shapes", number), spec, shape, recipe.working_spacing)
        )
        found = solidities(clear_border(labels))
        values.append(found[found > 0])
    every = np.concatenate(values)
    return float(np.percentile(every, how.percentile)) if len(every) else 1.0


def _for_all_labels(values: np.ndarray, present: np.ndarray) -> np.ndarray:
    """Return the values with 0 for each label that has no pixel at the working scale.

    `values` ends with the last label that has one; `present` has one Boolean per label.
    """
    padded = np.zeros(len(present))
    padded[: len(values)] = values
    return padded * present
