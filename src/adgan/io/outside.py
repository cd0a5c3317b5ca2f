"""NaN pixels, such as those around a stitched image, are filled and recorded in a mask."""

from dataclasses import replace

import numpy as np

from adgan.errors import AdganError
from adgan.io.image import Image


def fill_outside(image: Image) -> Image:
    """Replace NaN by the median of the other pixels, and record where they were.

    The median is usually the intensity between nuclei, so that the edge of the filled region does
    not look like the boundary of a nucleus.

    Parameters
    ----------
    image
        As it was read.

    Returns
    -------
    Image
        The same image if it has no NaN.

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
            "NaN outside the imaged area"
        )
    outside = np.isnan(pixels)
    inside = pixels[~outside]
    filled = pixels.copy()
    filled[outside] = np.median(inside) if inside.size else 0
    return replace(image, pixels=filled, outside=outside)
