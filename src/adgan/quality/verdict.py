"""Whether a training succeeded, and if not, the likely causes and what to try."""

from dataclasses import dataclass

import numpy as np

from adgan.quality.score import (
    FOREGROUND_FRACTION_RANGE,
    IMAGE_CORRELATION_MIN,
    SAME_CORRELATION_MIN,
    Check,
)

TRAINED_STEPS_MIN = 50
"""Number of training steps below which no run has been usable."""
VIEW_AGREEMENT_MIN = 0.5
"""Agreement of views below which a mask depends on the orientation of the image."""
FOUND_NUCLEI_MIN = 3
"""Number of nuclei in all windows together below which a run cannot be judged."""
RADIUS_RATIO_MAX = 2.0
"""Ratio of simulated and estimated radius above which one is wrong; estimates err by a quarter."""
SCENE_ROOM_FRACTION_MIN = 0.9
"""Fraction of the requested nuclei for which simulated scenes must have room."""
MEDIAN_SHARPNESS_MIN = 0.6
"""Sharpness of the median nucleus, 0 to 1, below which images are out of focus."""
DARK_IMAGES_FRACTION_MAX = 0.5
"""Fraction of images with dark nuclei above which a run has learnt the wrong polarity."""
WITNESS_F1_MIN = 0.6
"""F1 against the built-in model below which a run is suspect: the built-in model learnt from
simulations alone, and still half of the nuclei differ."""
IMAGE_CROPS_MIN = 4.0
"""Number of training crops that the images must contain."""


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


def reasons_against(found: Findings) -> list[str]:
    """Return the reasons against relying on a run, the likely cause first; none if it is sound.

    Each reason is a sentence that says what to try.
    """
    reasons = [*_about_sizes(found), *_about_images(found), *_about_results(found)]
    if found.check:
        reasons += _about_masks(found.check)
    if found.nuclei < FOUND_NUCLEI_MIN and not reasons:
        reasons.append(
            f"{found.nuclei} nuclei stand out from the noise, too few to judge the run: give more "
            "images, or images with more nuclei"
        )
    return reasons


def _about_sizes(found: Findings) -> list[str]:
    """Return reasons that concern the length of the training and the nucleus sizes."""
    reasons = []
    if found.steps < TRAINED_STEPS_MIN:
        words = "step was" if found.steps == 1 else "steps were"
        reasons.append(f"only {found.steps} {words} trained: give more steps or minutes")
    if np.isnan(found.estimated_radius):
        reasons.append(
            "no nuclei stand out in the training images: check that they are in focus, not empty, "
            "and of the nuclear channel"
        )
    elif not 1 / RADIUS_RATIO_MAX < found.scene_radius / found.estimated_radius < RADIUS_RATIO_MAX:
        reasons.append(
            f"the recipe states a radius of about {found.scene_radius:.3g} pixels, but the images "
            f"suggest {found.estimated_radius:.3g}: correct the radius and count, or leave them "
            "out to estimate them"
        )
    return reasons


def _about_images(found: Findings) -> list[str]:
    """Return reasons that concern the training images."""
    reasons = []
    if found.dark_images > DARK_IMAGES_FRACTION_MAX:
        reasons.append(
            "nuclei are darker than their surroundings, but the run looks for bright ones: set "
            "data.adapt to true, which inverts such images, or give negatives"
        )
    if found.crops < IMAGE_CROPS_MIN:
        reasons.append(
            f"the images contain only {found.crops:.1f} training crops, too few to learn from: "
            "give more images"
        )
    if found.sharpness < MEDIAN_SHARPNESS_MIN:
        reasons.append(
            "nuclei are out of focus, so that their outlines are unreliable: leave out such "
            "images, or take sharper ones"
        )
    return reasons


def _about_results(found: Findings) -> list[str]:
    """Return reasons that concern the simulated scenes and the segmented nuclei."""
    reasons = []
    if found.scene_room < SCENE_ROOM_FRACTION_MIN:
        reasons.append(
            f"simulated scenes have room for only {found.scene_room:.0%} of the nuclei that the "
            "recipe asks for, as they cannot show nuclei that overlap much: give a lower count"
        )
    if found.witness_f1 < WITNESS_F1_MIN:
        reasons.append(
            "the run and the built-in model find different nuclei (F1 "
            f"{found.witness_f1:.2f} between them): inspect the images, and try to segment them "
            "without the run"
        )
    return reasons


def _about_masks(check: Check) -> list[str]:
    """Return the reason that concerns the masks, if any."""
    low, high = FOREGROUND_FRACTION_RANGE
    if check.foreground < low:
        return ["the masks are nearly empty: try another seed, or check the nucleus sizes"]
    if check.foreground > high:
        return ["the masks cover nearly everything: try another seed, or check the nucleus sizes"]
    if check.alike >= SAME_CORRELATION_MIN:
        return ["all images get the same mask: try another seed, or give more images"]
    if check.correlation < -IMAGE_CORRELATION_MIN:
        return ["the masks are dark where the images are bright: try another seed"]
    if check.correlation < IMAGE_CORRELATION_MIN:
        return [
            "the masks hardly depend on the brightness of the images: try another seed or a longer "
            "training, and check that nuclei are the bright objects in these images"
        ]
    if check.agreement < VIEW_AGREEMENT_MIN:
        return ["the masks change when the image is turned: train longer, or try another seed"]
    return []
