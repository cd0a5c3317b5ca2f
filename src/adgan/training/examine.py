"""A look at what a training came to: nuclei in some of its images, their sizes, a verdict."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adgan.auto.handling import leans_dark
from adgan.auto.scaling import centre
from adgan.auto.score import Check, probe_windows
from adgan.auto.size import estimate_sizes
from adgan.auto.survey import look
from adgan.auto.trust import sharpness, steepness
from adgan.auto.verdict import Findings, reasons_against
from adgan.build import build_scene
from adgan.builtin.umpire import umpire
from adgan.builtin.witness import testify
from adgan.checkpoint import Model
from adgan.data.scale import nearest
from adgan.errors import AdganError
from adgan.io import Image
from adgan.methods.planes import plane_axes
from adgan.recipe import Recipe
from adgan.seeding import generator
from adgan.segmenter import Segmenter
from adgan.synth.scene import sample_scene

SIDE = {2: 24, 3: 10}
"""Side of the windows that are decoded, in mean radii."""
SCENES = 16
"""Scenes in which it is seen whether nuclei find room."""
WITNESSED = 40
"""Side in mean radii of what the built-in model is asked about."""
LOOK_AT = 3
"""Images that are named as those to look at."""
SIZED = {2: 8, 3: 3}
"""Images that are looked at once more for sizes and dark nuclei."""


@dataclass(frozen=True)
class Verdict:
    """Whether a run can be relied on; `reasons` say why not and what to try.

    ``expected_f1`` is the expected F1 over a few of the training images, as the built-in model
    bears witness or votes, and ``look_at`` names those of them to look at first; not of volumes.
    """

    healthy: bool
    reasons: list[str]
    score: float | None
    nuclei: int
    expected_f1: float | None = None
    look_at: tuple[str, ...] = ()


def examine(model: Model, images: Sequence[Image], check: Check | None, steps: int) -> Verdict:
    """Judge a trained model by what it finds in images it was trained on.

    Parameters
    ----------
    model
        The weights that were chosen.
    images
        Its training images.
    check
        What the choice went by, if the masks were looked at.
    steps
        After which they were taken, within their try.
    """
    recipe, rank = model.recipe, model.recipe.data.rank
    asked = recipe.scene.mean_radius
    side = (round(SIDE[rank] * asked),) * rank
    segmenter = Segmenter(recipe, model.generator)
    nuclei, rims = 0, [np.zeros(0)]
    for window in probe_windows([i.pixels for i in images], recipe.seed, side):
        image = segmenter.prepare(window)
        labels = segmenter.decode(image, segmenter.predict(image.seen))
        nuclei += int(labels.max())
        small, radius = nearest(labels, image.working.shape), recipe.working_radius(asked)
        rims.append(sharpness(steepness(small, (image.working + 1) / 2, radius)))
    sharp = float(np.median(np.concatenate(rims))) if nuclei else 1.0
    some = images[:: -(-len(images) // SIZED[rank])]
    witnessed = _witnessed(model, some) if rank == 2 else {}
    expected = {name: result for name, (_, result) in witnessed.items()}
    usual = float(np.mean(list(expected.values()))) if expected else None
    found = Findings(
        steps,
        check,
        nuclei,
        asked,
        estimated=_estimate(some),
        room=_room(recipe),
        sharp=sharp,
        crops=_crops(recipe, images),
        dark=float(np.mean([_dark(recipe, image) for image in some])),
        witness=float(np.mean([own for own, _ in witnessed.values()])) if witnessed else 1.0,
    )
    reasons = reasons_against(found)
    first = sorted(expected, key=lambda name: expected[name])[:LOOK_AT]
    score = check.score if check else None
    return Verdict(not reasons, reasons, score, nuclei, usual, tuple(first))


def _witnessed(model: Model, images: Sequence[Image]) -> dict[str, tuple[float, float]]:
    """Return how far the built-in model agrees with the middle of each image, by name.

    First the F1 of the run's own nuclei against the built-in model's, then the expected F1 of what
    segmenting gives.
    """
    recipe, found = model.recipe, {}
    segmenter = Segmenter(recipe, model.generator)
    side = round(WITNESSED * recipe.scene.mean_radius)
    for image in images:
        pixels = centre(image.pixels, np.full(image.pixels.ndim, side))
        labels = segmenter.segment(pixels, image.spacing)
        own = testify(labels, pixels, 2 * recipe.disc_radius).f1
        elected = (
            umpire(labels, pixels, 2 * recipe.disc_radius, model.student) if recipe.umpire else None
        )
        found[image.name] = own, elected.f1 if elected else own
    return found


def _crops(recipe: Recipe, images: Sequence[Image]) -> float:
    """How many crops of training the images are worth; planes of volumes are crops of their own."""
    working = sum(i.pixels.size * np.prod(recipe.scales(i.spacing)) for i in images)
    crop = recipe.data.crop
    if recipe.network.planes:
        return float(len(plane_axes(recipe.aspect)) * working / np.prod(crop[1:]))
    return float(working / np.prod(crop))


def _dark(recipe: Recipe, image: Image) -> bool:
    """Whether nuclei look darker than their surroundings: those of others were inverted before."""
    pixels, shares = image.pixels, recipe.shares(image.spacing)
    if pixels.ndim == 3 and not leans_dark(pixels):
        return False
    return look(pixels, shares, recipe.scene.mean_radius).inverted


def _room(recipe: Recipe) -> float:
    """Share of the nuclei asked for that simulated scenes hold."""
    spec, data = build_scene(recipe), recipe.data
    rng = generator(recipe.seed, "room")
    scenes = [sample_scene(rng, spec, data.crop, recipe.aspect) for _ in range(SCENES)]
    return sum(len(s.nuclei) for s in scenes) / max(1, sum(s.asked for s in scenes))


def _estimate(images: Sequence[Image]) -> float:
    """Mean semi-major axis that the images suggest, in pixels, nan if none."""
    try:
        return sum(estimate_sizes([i.pixels for i in images], images[0].spacing).radius) / 2
    except AdganError:
        return float("nan")
