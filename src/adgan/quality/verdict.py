"""Whether a training came to something, and if not, why and what to try."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adgan.quality.score import ALIKE, FOREGROUND, RELATED, Check

STEPS = 50
"""Steps under which no training of ours has come to anything."""
STEADY = 0.5
"""Agreement of views under which a mask is an accident of how the image lies."""
NUCLEI = 3
"""Nuclei found in all windows together, under which there is nothing to go by."""
APART = 2.0
"""Ratio of two sizes from which one of them is wrong; estimates err by a quarter."""
ROOM = 0.9
"""Share of the nuclei asked for that scenes must hold."""
BLURRED = 0.6
"""Sharpness of the median nucleus under which images are out of focus."""
DARK = 0.5
"""Share of the images with dark nuclei from which a run went the wrong way."""
WITNESS = 0.6
"""F1 against the built-in model under which a run is not sound: half of the nuclei are drawn
otherwise by a model that learnt from simulation alone."""
CROPS = 4.0
"""Crops of training that images must be worth."""


@dataclass(frozen=True)
class Findings:
    """What is known of a training once it has ended.

    Parameters
    ----------
    steps
        Of the try that was chosen.
    check
        Of its weights; absent if the masks were never looked at.
    nuclei
        Labels found in a few training images, those that noise may hide left out.
    asked
        Mean semi-major axis that the scenes had, in pixels of the input.
    estimated
        The same as the images alone suggest, nan if they suggest nothing.
    room
        Share of the nuclei asked for that found room in scenes.
    sharp
        Median of how far the rims of nuclei are believed, see
        :func:`adgan.quality.trust.sharpness`.
    crops
        How many crops of training the images are worth.
    dark
        Share of the images whose nuclei look darker than their surroundings.
    witness
        F1 of the run's nuclei against the built-in model's, 1 where it cannot bear witness.
    """

    steps: int
    check: Check | None
    nuclei: int
    asked: float
    estimated: float
    room: float = 1.0
    sharp: float = 1.0
    crops: float = np.inf
    dark: float = 0.0
    witness: float = 1.0


def reasons_against(found: Findings) -> list[str]:
    """List what speaks against a run, the likely cause first; nothing if it looks sound.

    Each is a sentence with what to try.
    """
    reasons = []
    if found.steps < STEPS:
        many = "step was" if found.steps == 1 else "steps were"
        reasons.append(f"only {found.steps} {many} trained: give more steps or minutes")
    if np.isnan(found.estimated):
        reasons.append(
            "no nuclei stand out in the training images: are they empty, out of focus, or of "
            "another channel?"
        )
    elif not 1 / APART < found.asked / found.estimated < APART:
        reasons.append(
            f"nuclei were said to have a radius of about {found.asked:.3g} pixels, the images "
            f"suggest {found.estimated:.3g}: leave out the sizes you gave, or mend them"
        )
    if found.dark > DARK:
        reasons.append(
            "nuclei look darker than their surroundings, and bright ones were looked for: set "
            "data.adapt to true, which inverts such images, or give negatives"
        )
    if found.crops < CROPS:
        reasons.append(
            f"the images are worth {found.crops:.1f} crops of training, too few to learn from: "
            "give more images"
        )
    if found.sharp < BLURRED:
        reasons.append(
            "nuclei look out of focus, their rims spread over much of a radius: outlines cannot be "
            "trusted; leave out such images, or take sharper ones"
        )
    if found.room < ROOM:
        reasons.append(
            f"scenes hold only {found.room:.0%} of the nuclei asked for: too many of such a size, "
            "or nuclei lie over each other, which scenes cannot show; give a lower count"
        )
    if found.witness < WITNESS:
        reasons.append(
            f"the built-in model draws other nuclei than this run (F1 {found.witness:.2f} between "
            "them): look at the images, and try to segment them without the run"
        )
    if found.check:
        reasons += _of_masks(found.check)
    if found.nuclei < NUCLEI and not reasons:
        reasons.append(
            f"{found.nuclei} nuclei were found that stand clear of the noise: give more images, "
            "or images with more nuclei"
        )
    return reasons


def _of_masks(check: Check) -> Sequence[str]:
    low, high = FOREGROUND
    if check.foreground < low:
        return ["next to nothing is taken for a nucleus: try another seed, or check the sizes"]
    if check.foreground > high:
        return ["nearly everything is taken for nucleus: try another seed, or check the sizes"]
    if check.alike >= ALIKE:
        return ["all images are given the same mask: try another seed, or give more images"]
    if check.correlation < -RELATED:
        return ["masks are dark where images are bright: try another seed"]
    if check.correlation < RELATED:
        return [
            "masks have little to do with where images are bright: try another seed or longer "
            "training, and see whether nuclei are the bright things in these images"
        ]
    if check.agreement < STEADY:
        return ["masks change as the image is turned: train longer, or try another seed"]
    return []
