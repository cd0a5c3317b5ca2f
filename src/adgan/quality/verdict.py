"""Whether a training succeeded, and if not, the likely causes and what to try."""

from dataclasses import dataclass

import numpy as np

from adgan.quality.score import Check
from adgan.recipe.quality import QualitySettings, VerdictSettings


@dataclass(frozen=True)
class Findings:
    """Measurements of a run at the end of its training.

    Parameters
    ----------
    steps
        Training steps of the chosen weights within their restart.
    check
        Check of the masks of these weights; None if the masks were never checked.
    nuclei
        Number of nuclei in a few windows of training images, without those hidden by noise.
    scene_radius
        Mean semi-major axis of simulated nuclei, in pixels of the input.
    estimated_radius
        The same estimated from the images alone, in pixels of the input; nan if that failed.
    scene_room
        Fraction of the requested nuclei for which simulated scenes had room.
    sharpness
        Median sharpness of the nuclei, 0 to 1, see :func:`adgan.quality.trust.sharpness`.
    crops
        Number of training crops that the images contain.
    dark_images
        Fraction of the images whose nuclei are darker than their surroundings.
    witness_f1
        F1 of the run's nuclei against those of the built-in model; 1 without such a comparison.
    """

    steps: int
    check: Check | None
    nuclei: int
    scene_radius: float
    estimated_radius: float
    scene_room: float = 1.0
    sharpness: float = 1.0
    crops: float = np.inf
    dark_images: float = 0.0
    witness_f1: float = 1.0


def reasons_against(found: Findings, how: QualitySettings) -> list[str]:
    """Return the reasons against relying on a run, the likely cause first; none if it is sound.

    Each reason is a sentence that says what to try.
    """
    verdict = how.verdict
    reasons = [
        *_about_sizes(found, verdict),
        *_about_images(found, verdict),
        *_about_results(found, verdict),
    ]
    if found.check:
        reasons += _about_masks(found.check, how)
    if found.nuclei < verdict.nuclei and not reasons:
        reasons.append(
            f"{found.nuclei} nuclei stand out from the noise, too few to judge the run: give more "
            "images, or images with more nuclei"
        )
    return reasons


def _about_sizes(found: Findings, how: VerdictSettings) -> list[str]:
    """Return reasons that concern the length of the training and the nucleus sizes."""
    reasons = []
    if found.steps < how.steps:
        words = "step was" if found.steps == 1 else "steps were"
        reasons.append(f"only {found.steps} {words} trained: give more steps or minutes")
    if np.isnan(found.estimated_radius):
        reasons.append(
            "no nuclei stand out in the training images: check that they are in focus, not empty, "
            "and of the nuclear channel"
        )
    elif not 1 / how.radius_ratio < found.scene_radius / found.estimated_radius < how.radius_ratio:
        reasons.append(
            f"the recipe states a radius of about {found.scene_radius:.3g} pixels, but the images "
            f"suggest {found.estimated_radius:.3g}: correct the radius and count, or leave them "
            "out to estimate them"
        )
    return reasons


def _about_images(found: Findings, how: VerdictSettings) -> list[str]:
    """Return reasons that concern the training images."""
    reasons = []
    if found.dark_images > how.dark:
        reasons.append(
            "nuclei are darker than their surroundings, but the run looks for bright ones: set "
            "`data.adapt` to true, which inverts such images, or give negatives"
        )
    if found.crops < how.crops:
        reasons.append(
            f"the images contain only {found.crops:.1f} training crops, too few to learn from: "
            "give more images"
        )
    if found.sharpness < how.sharpness:
        reasons.append(
            "nuclei are out of focus, so that their outlines are unreliable: leave out such "
            "images, or take sharper ones"
        )
    return reasons


def _about_results(found: Findings, how: VerdictSettings) -> list[str]:
    """Return reasons that concern the simulated scenes and the segmented nuclei."""
    reasons = []
    if found.scene_room < how.room:
        reasons.append(
            f"simulated scenes have room for only {found.scene_room:.0%} of the nuclei that the "
            "recipe asks for, as they cannot show nuclei that overlap much: give a lower count"
        )
    if found.witness_f1 < how.witness:
        reasons.append(
            "the run and the built-in model find different nuclei (F1 "
            f"{found.witness_f1:.2f} between them): inspect the images, and try to segment them "
            "without the run"
        )
    return reasons


def _about_masks(check: Check, how: QualitySettings) -> list[str]:
    """Return the reason that concerns the masks, if any."""
    low, high = how.check.foreground
    if check.foreground < low:
        return ["the masks are nearly empty: try another seed, or check the nucleus sizes"]
    if check.foreground > high:
        return ["the masks cover nearly everything: try another seed, or check the nucleus sizes"]
    if check.alike >= how.check.same:
        return ["all images get the same mask: try another seed, or give more images"]
    if check.correlation < -how.check.correlation:
        return ["the masks are dark where the images are bright: try another seed"]
    if check.correlation < how.check.correlation:
        return [
            "the masks hardly depend on the brightness of the images: try another seed or a longer "
            "training, and check that nuclei are the bright objects in these images"
        ]
    if check.agreement < how.verdict.agreement:
        return ["the masks change when the image is turned: train longer, or try another seed"]
    return []
