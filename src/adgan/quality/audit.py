"""Content preservation of a run: simulated masks translated to images and back.

The translation should keep every nucleus in place (paper 3.1). If it loses, adds, merges or moves
nuclei, its images no longer match their masks. The simulation provides the ground truth.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from adgan.image.prepare import Prepared
from adgan.metrics import count_overlap, find_mistakes, match
from adgan.models.adgan import MASK
from adgan.models.build import build_mask, build_scene
from adgan.models.decode import finish
from adgan.models.segmenter import Segmenter
from adgan.models.translate import translate
from adgan.runs.checkpoint import Model
from adgan.synth.render import render
from adgan.synth.scene import sample_scene
from adgan.system.seeding import generator

AUDITED_SCENES = 8
MOVED_DISTANCE_RADII = 0.25
"""Displacement from which a nucleus counts as moved, in mean radii."""


@dataclass(frozen=True)
class Audit:
    """The number of simulated nuclei, and how many of them the round trip changed.

    ``lost`` nuclei disappeared, ``added`` ones have no original, ``merged`` ones contain several,
    ``split`` ones are in pieces, and ``moved`` ones are displaced.
    """

    nuclei: int
    lost: int
    added: int
    merged: int
    split: int
    moved: int

    def __str__(self) -> str:
        """Return the numbers as one line."""
        return (
            f"{self.nuclei} simulated nuclei: {self.lost} lost, {self.added} added, "
            f"{self.merged} merged, {self.split} split, {self.moved} moved"
        )


def audit(model: Model) -> Audit:
    """Translate simulated masks to images and back, and count the changes.

    Parameters
    ----------
    model
        A trained model; it computes on the device of its generator.

    Returns
    -------
    Audit
    """
    recipe = model.recipe.at_working_size()
    spec, radius = build_scene(recipe), recipe.scene.mean_radius
    segmenter = Segmenter(recipe, model.generator)
    total = np.zeros(6, int)
    for number in range(AUDITED_SCENES):
        rng = generator(recipe.seed, "audit", number)
        labels = render(sample_scene(rng, spec, recipe.data.crop, recipe.aspect))
        image = translate(model.generator, build_mask(recipe, labels), MASK)
        back = segmenter.decode(Prepared.at_working_size(image), segmenter.predict(image))
        # Slivers at the image border, which decoding removes anyway, do not count as lost.
        total += compare(back, finish(recipe, labels), MOVED_DISTANCE_RADII * radius)
    return Audit(*total.tolist())


def compare(found: np.ndarray, truth: np.ndarray, far: float) -> np.ndarray:
    """Return the six numbers of :class:`Audit` for one scene.

    Parameters
    ----------
    found, truth
        Label maps of the same shape.
    far
        Displacement from which a nucleus counts as moved, in pixels.
    """
    table = count_overlap(found, truth)
    wrong, pairs = find_mistakes(table), match(table)
    centres = [
        np.array(ndimage.center_of_mass(labels > 0, labels, names[chosen])).reshape(-1, truth.ndim)
        for labels, names, chosen in (
            (found, table.predicted_labels, pairs.predicted),
            (truth, table.truth_labels, pairs.truth),
        )
    ]
    moved = np.linalg.norm(centres[0] - centres[1], axis=1) > far
    return np.array(
        [
            table.truth_sizes.size,
            len(wrong.missed),
            len(wrong.false),
            len(wrong.merged),
            len(wrong.split),
            int(moved.sum()),
        ]
    )
