"""Judge a trained model by the nuclei that it finds in some of its training images."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from adgan.builtin.combination import Comparison, compare_with_builtin
from adgan.builtin.merging import Agreement, compare
from adgan.builtin.witness import testify
from adgan.errors import AdganError
from adgan.image.scale import nearest
from adgan.image.tiling import centre
from adgan.io import Image
from adgan.models.build import axes_of, build_scene
from adgan.models.segmenter import Segmenter
from adgan.quality.score import Check, probe_windows
from adgan.quality.trust import sharpness, steepness
from adgan.quality.verdict import Findings, reasons_against
from adgan.recipe.recipe import Recipe
from adgan.runs.checkpoint import Model
from adgan.survey.survey import Survey
from adgan.synth.scene import sample_scene
from adgan.system.seeding import generator

LISTED_IMAGES = 3
"""Number of images that are listed as those to look at."""


@dataclass(frozen=True)
class Verdict:
    """The verdict on a run.

    Attributes
    ----------
    healthy
        Whether to rely on it.
    reasons
        If not, why, and what to try.
    score
        Label-free score of the chosen masks; None if they were not checked.
    nuclei
        Number of nuclei found in the windows that were examined.
    expected_f1
        Mean expected F1 of a few training images, estimated with the built-in model.
    look_at
        Names of the images with the lowest one.
    agreement
        How far the run agrees with the built-in model on them.
    """

    healthy: bool
    reasons: list[str]
    score: float | None
    nuclei: int
    expected_f1: float | None = None
    look_at: tuple[str, ...] = ()
    agreement: Agreement | None = None


def examine(
    model: Model, images: Sequence[Image], survey: Survey, check: Check | None, steps: int
) -> Verdict:
    """Judge a trained model by the nuclei that it finds in its training images.

    Parameters
    ----------
    model
        The model with the chosen weights.
    images
        Its training images.
    survey
        The survey of these images as they were read.
    check
        The check by which the weights were chosen, if the masks were checked.
    steps
        Step of the weights within their restart.
    """
    recipe, ndim = model.recipe, model.recipe.data.ndim
    asked, quality = recipe.scene.mean_radius, recipe.quality
    side = (round(quality.verdict.side[ndim - 2] * asked),) * ndim
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
    some = images[:: -(-len(images) // quality.verdict.images[ndim - 2])]
    witnessed = _witnessed(model, some)
    agreement, expected = _expected(witnessed)
    usual = float(np.mean(list(expected.values())))
    found = Findings(
        steps,
        check,
        nuclei,
        asked,
        estimated_radius=_estimate(survey),
        scene_room=_room(recipe),
        sharpness=median_sharpness,
        crops=_crops(recipe, images),
        dark_images=_dark(recipe, survey),
        witness_f1=float(np.mean([own for own, _ in witnessed.values()])),
    )
    reasons = reasons_against(found, quality)
    first = sorted(expected, key=lambda name: expected[name])[:LISTED_IMAGES]
    score = check.score(quality.check) if check else None
    return Verdict(not reasons, reasons, score, nuclei, usual, tuple(first), agreement)


def _witnessed(model: Model, images: Sequence[Image]) -> dict[str, tuple[float, Comparison | None]]:
    """Compare the run with the built-in model on the middle of each image.

    Returns, by image name, the expected F1 of the run's own nuclei, and both label maps if both
    models vote and the built-in model finds nuclei.
    """
    recipe, found = model.recipe, {}
    segmenter, likely = Segmenter(recipe, model.generator), 2 * recipe.disc_radius
    side = recipe.quality.verdict.witness_side[recipe.data.ndim - 2]
    for image in images:
        sides = recipe.relative_spacing(image.spacing)
        pixels = centre(image.pixels, np.round(side * recipe.scene.mean_radius / np.array(sides)))
        labels = segmenter.segment(pixels, image.spacing)
        spacing = image.spacing or recipe.data.spacing
        own = testify(labels, pixels, likely, spacing).f1
        both = (
            compare_with_builtin(labels, pixels, likely, spacing, model.student)
            if recipe.umpire
            else None
        )
        found[image.name] = own, both
    return found


def _expected(
    witnessed: Mapping[str, tuple[float, Comparison | None]],
) -> tuple[Agreement | None, dict[str, float]]:
    """Return how far both models agree on all images, and the expected F1 of each image."""
    compared = [both for _, both in witnessed.values() if both]
    agreement = compare((one.labels, one.found.labels) for one in compared) if compared else None
    expected = {
        name: both.f1(agreement) if both else own for name, (own, both) in witnessed.items()
    }
    return agreement, expected


def _crops(recipe: Recipe, images: Sequence[Image]) -> float:
    """Return how many training crops fit into the images; planes of volumes count separately."""
    working = sum(i.pixels.size * np.prod(recipe.scales(i.spacing)) for i in images)
    crop = recipe.data.crop
    if recipe.network.planes:
        return float(len(axes_of(recipe)) * working / np.prod(crop[1:]))
    return float(working / np.prod(crop))


def _dark(recipe: Recipe, survey: Survey) -> float:
    """Return the fraction of images with dark nuclei that were not inverted before training."""
    if recipe.data.adapt:
        return 0.0
    return float(np.mean([one.inverted for one in survey.images]))


def _room(recipe: Recipe) -> float:
    """Return the fraction of the requested nuclei for which simulated scenes have room."""
    spec, data = build_scene(recipe), recipe.data
    rng = generator(recipe.seed, "room")
    scenes = [
        sample_scene(rng, spec, data.crop, recipe.working_spacing)
        for _ in range(recipe.quality.verdict.scenes)
    ]
    return sum(len(s.nuclei) for s in scenes) / max(1, sum(s.asked for s in scenes))


def _estimate(survey: Survey) -> float:
    """Return the mean semi-major axis estimated from the images, in pixels; nan if that fails."""
    try:
        return sum(survey.sizes.radius) / 2
    except AdganError:
        return float("nan")
