"""Content preservation of a run: simulated masks are translated to images and back.

The translation should keep every nucleus in its place (paper 3.1). If it loses, adds, merges or
moves nuclei, its images do not match their masks. The simulation provides the ground truth.
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


@dataclass(frozen=True)
class Audit:
    """The number of simulated nuclei, and how many the translation to an image and back changed.

    Parameters
    ----------
    nuclei
        Number of simulated nuclei.
    lost
        Number of simulated nuclei that disappeared.
    added
        Number of nuclei found where none was simulated.
    merged
        Number of nuclei found that contain several simulated ones.
    split
        Number of simulated nuclei that were found in pieces.
    moved
        Number of nuclei displaced by more than a fraction of their radius.
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
    """Translate simulated masks to images and back, and count the nuclei that changed.

    Parameters
    ----------
    model
        Trained model; computation takes place on the device of its generator.
    """
    recipe = model.recipe.at_working_size()
    spec, how = build_scene(recipe), recipe.quality.audit
    distance = how.moved * recipe.scene.mean_radius
    segmenter = Segmenter(recipe, model.generator)
    total = np.zeros(6, int)
    for number in range(how.scenes):
        rng = generator(recipe.seed, "audit", number)
        labels = render(sample_scene(rng, spec, recipe.data.crop, recipe.working_spacing))
        image = translate(model.generator, build_mask(recipe, labels), MASK, recipe.tiling)
        back = segmenter.decode(Prepared.at_working_size(image), segmenter.predict(image))
        # Slivers at the image border, which decoding removes anyway, do not count as lost.
        total += count_changes(back, finish(recipe, labels), distance)
    return Audit(*total.tolist())


def count_changes(found: np.ndarray, truth: np.ndarray, distance: float) -> np.ndarray:
    """Return the six numbers of :class:`Audit` for one scene, in the order of its fields.

    Parameters
    ----------
    found, truth
        Integer label maps ``(Z) Y X`` of the same shape.
    distance
        Displacement of the centre above which a nucleus counts as moved, in pixels.

    Returns
    -------
    numpy.ndarray
        int64, ``(6,)``.
    """
    table = count_overlap(found, truth)
    mistakes, pairs = find_mistakes(table), match(table)
    centres = [
        np.array(ndimage.center_of_mass(labels > 0, labels, names[chosen])).reshape(-1, truth.ndim)
        for labels, names, chosen in (
            (found, table.predicted_labels, pairs.predicted),
            (truth, table.truth_labels, pairs.truth),
        )
    ]
    moved = np.linalg.norm(centres[0] - centres[1], axis=1) > distance
    return np.array(
        [
            table.truth_sizes.size,
            len(mistakes.missed),
            len(mistakes.false),
            len(mistakes.merged),
            len(mistakes.split),
            int(moved.sum()),
        ]
    )
