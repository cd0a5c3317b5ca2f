"""Pixels without a number, such as the NaN around a stitched image, are filled and remembered."""

from dataclasses import replace

import numpy as np

from adgan.errors import AdganError
from adgan.io.image import Image


def fill_outside(image: Image) -> Image:
    """Return an image whose NaN have the median of its other pixels, and which remembers them.

    The median is mostly what lies between nuclei, so that the border of what was filled looks
    like no rim.

    Parameters
    ----------
    image
        As it was read.

    Returns
    -------
    Image
        The same where all its pixels are numbers.

    Raises
    ------
    AdganError
        If pixels are infinite.
    """
    pixels = image.pixels
    if pixels.dtype.kind != "f" or np.isfinite(pixels.min()) and np.isfinite(pixels.max()):
        return image
    if np.isinf(pixels).any():
        bad = int(np.count_nonzero(np.isinf(pixels)))
        raise AdganError(
            f"{image.path} has {bad} pixels that are infinite: replace them with numbers, or with "
            "NaN where the image does not reach"
        )
    outside = np.isnan(pixels)
    inside = pixels[~outside]
    filled = pixels.copy()
    filled[outside] = np.median(inside) if inside.size else 0
    return replace(image, pixels=filled, outside=outside)
