"""The content of a run's report page, from its folder."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adgan.io import Sources
    from adgan.recipe.recipe import Recipe
    from adgan.report import Sample
    from adgan.runs.checkpoint import Model


@dataclass(frozen=True)
class SampleLimits:
    """Which training images the page shows.

    Parameters
    ----------
    images
        Largest number of images, evenly spaced in the set.
    pixels
        Largest number of pixels that are segmented; a larger image is cropped to its centre.
    """

    images: int = 3
    pixels: int = 2**22


SAMPLE_LIMITS = SampleLimits()

PANEL_CAPTION = (
    "Left half: microscope images; right half: simulated masks. Rows from the top: the input, "
    "its reconstruction, its translation to the other domain, and that translated back."
)


def write_page(run: Path, model: "Model", images: "Sources") -> None:
    """Write the report page of a run after its training, with pictures unless turned off."""
    from adgan.report import run_page

    samples = training_samples(model, images) if model.recipe.schedule.pictures else []
    run_page(run / "report.html", run.resolve().name, samples=samples, **run_content(run))


def run_content(run: Path) -> dict[str, Any]:
    """Return the facts, recipe, curves and last panel of a run for its page.

    Parameters
    ----------
    run
        A run folder whose training has ended.

    Returns
    -------
    dict
        Keyword arguments of `adgan.report.run_page`.
    """
    from adgan.cli.progress import duration
    from adgan.quality.audit import audit
    from adgan.recipe.recipe import read_recipe
    from adgan.runs import CHECKS, CURVE, RECIPE
    from adgan.runs.checkpoint import load
    from adgan.runs.record import read_run
    from adgan.runs.tables import read_rows

    about, recipe = read_run(run), read_recipe(run / RECIPE)
    panels = sorted((run / "panels").glob("step_*.png"))
    return {
        "subtitle": _subtitle(about),
        "facts": {
            "training images": len(about["inputs"]),
            "steps": about["steps"],
            "time": duration(about["seconds"]),
            "sizes": _sizes(recipe, about),
            "ended": "as planned" if about["finished"] else "stopped early",
            "verdict": _verdict(about["verdict"]),
            **_expected(about["verdict"]),
            "masks to images and back": str(audit(load(run))),
            **{f"version of {name}": text for name, text in about["versions"].items()},
        },
        "recipe": recipe.model_dump(mode="json"),
        "curve": read_rows(run / CURVE),
        "checks": read_rows(run / CHECKS),
        "panel": panels[-1] if panels else None,
        "panel_text": PANEL_CAPTION,
    }


def training_samples(model: "Model", images: "Sources") -> "list[Sample]":
    """Segment some of a run's training images for its page.

    Parameters
    ----------
    model
        The trained run.
    images
        All its training images, as given to `adgan.train`.

    Returns
    -------
    list of Sample
        As many as :data:`SAMPLE_LIMITS` allows, with foreground probabilities; larger images are
        cropped to their centre.
    """
    import numpy as np

    from adgan.image.tiling import centre
    from adgan.io import ReadOptions
    from adgan.models.build import build_handlings
    from adgan.report import Sample
    from adgan.segmentation.image import segment_image
    from adgan.segmentation.options import SegmentOptions
    from adgan.segmentation.trained import Trained
    from adgan.survey.inputs import open_inputs

    every = open_inputs(images, model.recipe, ReadOptions(spacing=model.recipe.data.spacing))
    chosen = np.unique(np.linspace(0, len(every) - 1, SAMPLE_LIMITS.images).round().astype(int))
    samples = []
    for image in every.read_some(chosen.tolist())[0]:
        pixels = centre(image.pixels, np.array(_sides(image.pixels.shape)))
        name = image.name if pixels.shape == image.pixels.shape else f"{image.name}, centre"
        (handling,), _ = build_handlings(model.recipe, [pixels], model.usual_radius)
        found = segment_image(
            Trained(model), pixels, SegmentOptions(probability=True), image.spacing, handling
        )
        samples.append(Sample(name, pixels, found.labels, found.probability, spacing=image.spacing))
    return samples


def _sides(shape: tuple[int, ...]) -> list[int]:
    """Halve the longest side until as few pixels are left as :data:`SAMPLE_LIMITS` allows."""
    sides = list(shape)
    while math.prod(sides) > SAMPLE_LIMITS.pixels:
        sides[sides.index(max(sides))] //= 2
    return sides


def _subtitle(about: dict[str, Any]) -> str:
    """Summarise the result of a run in one line."""
    verdict = about["verdict"]
    words = [f"{about['steps']} steps", *(f"{k} {v}" for k, v in _expected(verdict).items())]
    if not about["finished"]:
        words.append("stopped early, can be resumed")
    elif verdict and verdict["reasons"]:
        words.append(f"may have failed: {_verdict(verdict)}")
    return "; ".join(words)


def _verdict(verdict: dict[str, Any] | None) -> str:
    """Return the reasons why a run may have failed; a run killed at its end has no verdict."""
    return "not judged" if verdict is None else "; ".join(verdict["reasons"]) or "looks sound"


def _expected(verdict: dict[str, Any] | None) -> dict[str, str]:
    """Return the expected F1, if the built-in model judged the run."""
    expected = (verdict or {}).get("expected_f1")
    return {} if expected is None else {"expected F1": f"{expected:.2f}"}


def _sizes(recipe: "Recipe", about: dict[str, Any]) -> str:
    """Return the radii in the simulated scenes, before and after they were measured on masks."""
    low, high = recipe.scene.radius
    words = f"radius {low:.3g} to {high:.3g} px"
    then = about["refined"]
    if then is None or tuple(then["before"]["radius"]) == (low, high):
        return words
    low, high = then["before"]["radius"]
    return words + f", measured at step {then['step']}; {low:.3g} to {high:.3g} before"
