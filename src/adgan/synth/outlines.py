"""Where people outline a blurred nucleus: labels that reach as far as its light does."""

import math
from collections.abc import Sequence

import numpy as np
from scipy import ndimage

from adgan.synth.layouts import Placed


def reach_of_light(
    labels: np.ndarray,
    nuclei: Sequence[Placed],
    blurs: Sequence[Sequence[float]],
    share: float,
) -> None:
    """Let each label grow into the background as far as the blurred light of its nucleus, in place.

    A boundary that is blurred evenly stays where it was, at half of the light. A nucleus thinner
    than the blur along an axis looks longer along it, and people outline it so.

    Parameters
    ----------
    labels
        Label map ``(Z) Y X``; nucleus `n` has the label ``n + 1``.
    nuclei
        All nuclei of the scene.
    blurs
        Standard deviation of the blur of each nucleus along each axis, in pixels.
    share
        Fraction of a nucleus' highest blurred intensity at which its label ends.
    """
    free, strongest = labels == 0, np.full(labels.shape, share, np.float32)
    for number, (nucleus, blur) in enumerate(zip(nuclei, blurs, strict=True), start=1):
        around = [math.ceil(2 * sigma) for sigma in blur]
        box = tuple(
            slice(max(0, part.start - wide), min(side, part.stop + wide))
            for part, wide, side in zip(nucleus.box, around, labels.shape, strict=True)
        )
        light = np.zeros([part.stop - part.start for part in box], np.float32)
        own = tuple(
            slice(inner.start - outer.start, inner.stop - outer.start)
            for inner, outer in zip(nucleus.box, box, strict=True)
        )
        light[own] = nucleus.inside
        # A nucleus that the frame cuts goes on beyond it.
        light = ndimage.gaussian_filter(light, blur, mode="nearest")
        light /= max(float(light.max()), 1e-6)
        wins = free[box] & (light >= strongest[box])
        labels[box][wins] = number
        strongest[box][wins] = light[wins]
