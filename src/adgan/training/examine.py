"""Judge a trained model by the nuclei that it finds in some of its training images."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adgan.builtin.combination import combine_and_rate
from adgan.builtin.witness import testify
from adgan.errors import AdganError
from adgan.image.resample import centre
from adgan.image.scale import nearest
from adgan.io import Image
from adgan.models.build import axes_of, build_scene
from adgan.models.segmenter import Segmenter
from adgan.quality.score import Check, probe_windows
from adgan.quality.trust import sharpness, steepness
from adgan.quality.verdict import Findings, reasons_against
from adgan.recipe.recipe import Recipe
from adgan.runs.checkpoint import Model
from adgan.survey.handling import may_be_inverted
from adgan.survey.size import estimate_sizes
from adgan.survey.survey import survey_image
from adgan.synth.scene import sample_scene
from adgan.system.seeding import generator

LISTED_IMAGES = 3
"""Number of images that are listed as those to look at."""


@dataclass(frozen=True)
class Verdict:
    """The verdict on a run: whether to rely on it, and if not, why and what to try (`reasons`).

    ``expected_f1`` is the mean expected F1 of a few training images, estimated with the built-in
    model, and ``look_at`` names those with the lowest; both are empty for volumes.
    """

    healthy: bool
    reasons: list[str]
    score: float | None
    nuclei: int
    expected_f1: float | None = None
    look_at: tuple[str, ...] = ()


def examine(model: Model, images: Sequence[Image], check: Check | None, steps: int) -> Verdict:
    """Judge a trained model by the nuclei that it finds in its training images.

    Parameters
    ----------
    model
        The model with the chosen weights.
    images
        Its training images.
    check
        The check by which the weights were chosen, if the masks were checked.
    steps
        Step of the weights within their restart.
    """
    recipe, rank = model.recipe, model.recipe.data.rank
    asked, quality = recipe.scene.mean_radius, recipe.quality
    side = (round(quality.verdict.side[rank - 2] * asked),) * rank
    segmenter = Segmenter(recipe, model.generator)
    nuclei, boundaries = 0, [np.zeros(0)]
    for window in probe_windows([i.pixels for i in images], recipe.seed, side, quality.check):
        image = segmenter.prepare(window)
        labels = segmenter.decode(image, segmenter.predict(image.seen))
        nuclei += int(labels.max())
        small, radius = nearest(labels, image.working.shape), recipe.working_radius(asked)
        steep = steepness(small, (image.working + 1) / 2, radius, quality.confidence)
        boundaries.append(sharpness(steep, quality.confidence))
    median_sharpness = float(np.median(np.concatenate(boundaries))) if nuclei else 1.0
    some = images[:: -(-len(images) // quality.verdict.images[rank - 2])]
    witnessed = _witnessed(model, some) if rank == 2 else {}
    expected = {name: result for name, (_, result) in witnessed.items()}
    usual = float(np.mean(list(expected.values()))) if expected else None
    found = Findings(
        steps,
        check,
        nuclei,
        asked,
        estimated_radius=_estimate(some),
        scene_room=_room(recipe),
        sharpness=median_sharpness,
        crops=_crops(recipe, images),
        dark_images=float(np.mean([_dark(recipe, image) for image in some])),
        witness_f1=float(np.mean([own for own, _ in witnessed.values()])) if witnessed else 1.0,
    )
    reasons = reasons_against(found, quality)
    first = sorted(expected, key=lambda name: expected[name])[:LISTED_IMAGES]
    score = check.score(quality.check) if check else None
    return Verdict(not reasons, reasons, score, nuclei, usual, tuple(first))


def _witnessed(model: Model, images: Sequence[Image]) -> dict[str, tuple[float, float]]:
    """Compare the run with the built-in model on the middle of each image.

    Returns, by image name, the F1 of the run's own nuclei against those of the built-in model, and
    the expected F1 of a segmentation with this run.
    """
    recipe, found = model.recipe, {}
    segmenter = Segmenter(recipe, model.generator)
    side = round(recipe.quality.verdict.witness_side * recipe.scene.mean_radius)
    for image in images:
        pixels = centre(image.pixels, np.full(image.pixels.ndim, side))
        labels = segmenter.segment(pixels, image.spacing)
        own = testify(labels, pixels, 2 * recipe.disc_radius).f1
        combined = (
            combine_and_rate(labels, pixels, 2 * recipe.disc_radius, model.student)
            if recipe.umpire
            else None
        )
        found[image.name] = own, combined.f1 if combined else own
    return found


def _crops(recipe: Recipe, images: Sequence[Image]) -> float:
    """Return how many training crops fit into the images; planes of volumes count separately."""
    working = sum(i.pixels.size * np.prod(recipe.scales(i.spacing)) for i in images)
    crop = recipe.data.crop
    if recipe.network.planes:
        return float(len(axes_of(recipe)) * working / np.prod(crop[1:]))
    return float(working / np.prod(crop))


def _dark(recipe: Recipe, image: Image) -> bool:
    """Return True if nuclei look dark; images with dark nuclei were inverted before training."""
    pixels, sides = image.pixels, recipe.relative_spacing(image.spacing)
    if pixels.ndim == 3 and not may_be_inverted(pixels):
        return False
    return survey_image(pixels, sides, recipe.scene.mean_radius).inverted


def _room(recipe: Recipe) -> float:
    """Return the fraction of the requested nuclei for which simulated scenes have room."""
    spec, data = build_scene(recipe), recipe.data
    rng = generator(recipe.seed, "room")
    scenes = [
        sample_scene(rng, spec, data.crop, recipe.aspect)
        for _ in range(recipe.quality.verdict.scenes)
    ]
    return sum(len(s.nuclei) for s in scenes) / max(1, sum(s.asked for s in scenes))


def _estimate(images: Sequence[Image]) -> float:
    """Return the mean semi-major axis estimated from the images, in pixels; nan if that fails."""
    try:
        return sum(estimate_sizes([i.pixels for i in images], images[0].spacing).radius) / 2
    except AdganError:
        return float("nan")
