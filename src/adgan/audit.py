"""What a run does to content: simulated masks turned into images and back again.

The translation is to keep what is where (paper 3.1); where it drops, adds, joins or moves nuclei,
its images and their masks no longer belong together. The truth is known here without labels.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from adgan.build import build_mask, build_scene
from adgan.checkpoint import Model
from adgan.data.prepare import Prepared
from adgan.decode import finish
from adgan.methods.adgan import MASK
from adgan.metrics import count_overlap, find_mistakes, match
from adgan.seeding import generator
from adgan.segmenter import Segmenter
from adgan.synth.render import render
from adgan.synth.scene import sample_scene
from adgan.translate import translate

SCENES = 8
MOVED = 0.25
"""Displacement of a nucleus, in mean radii, from which on it counts as moved."""


@dataclass(frozen=True)
class Audit:
    """How many simulated nuclei there were, and what became of them on the way and back.

    ``lost`` came back as nothing, ``added`` came from nothing, ``merged`` hold several,
    ``split`` came back in parts, ``moved`` came back elsewhere.
    """

    nuclei: int
    lost: int
    added: int
    merged: int
    split: int
    moved: int

    def __str__(self) -> str:
        """Say it in one line."""
        return (
            f"{self.nuclei} simulated nuclei: {self.lost} lost, {self.added} added, "
            f"{self.merged} merged, {self.split} split, {self.moved} moved"
        )


def audit(model: Model) -> Audit:
    """Send simulated masks through the image and back, and count.

    Parameters
    ----------
    model
        A trained model; runs on the device its generator is on.

    Returns
    -------
    Audit
    """
    recipe = model.recipe.at_working_size()
    spec, radius = build_scene(recipe), recipe.scene.mean_radius
    segmenter = Segmenter(recipe, model.generator)
    total = np.zeros(6, int)
    for number in range(SCENES):
        rng = generator(recipe.seed, "audit", number)
        labels = render(sample_scene(rng, spec, recipe.data.crop, recipe.aspect))
        image = translate(model.generator, build_mask(recipe, labels), MASK)
        back = segmenter.decode(Prepared.at_working_size(image), segmenter.predict(image))
        # Slivers at the frame that no decoding keeps are nobody's loss.
        total += compare(back, finish(recipe, labels), MOVED * radius)
    return Audit(*total.tolist())


def compare(found: np.ndarray, truth: np.ndarray, far: float) -> np.ndarray:
    """Return the six numbers of :class:`Audit` for one scene.

    Parameters
    ----------
    found, truth
        Label maps of one shape.
    far
        Pixels from which on a nucleus has moved.
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
