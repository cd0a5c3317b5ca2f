from pathlib import Path

import numpy as np
import pytest

from adgan.errors import AdganError
from adgan.io.image import Image, fill_outside


def image(pixels):
    return Image(Path("a.tif"), pixels, None, "a")


def test_pixels_without_a_number_have_the_median_and_are_remembered():
    pixels = np.arange(20, dtype=np.float32).reshape(4, 5)
    pixels[:, 0] = np.nan
    filled = fill_outside(image(pixels))
    assert np.isfinite(filled.pixels).all()
    assert filled.pixels[0, 0] == np.median(pixels[:, 1:])
    assert np.array_equal(filled.outside, np.isnan(pixels))
    assert np.array_equal(filled.pixels[:, 1:], pixels[:, 1:])


def test_others_are_left_as_they_are():
    for pixels in (np.arange(6).reshape(2, 3), np.ones((2, 3), np.float32)):
        same = image(pixels)
        assert fill_outside(same) is same and same.outside is None


def test_infinite_pixels_are_refused_and_nothing_at_all_is_blank():
    with pytest.raises(AdganError, match="a.tif has 1 pixels that are infinite"):
        fill_outside(image(np.array([[1, np.inf, np.nan]], np.float32)))
    nothing = fill_outside(image(np.full((2, 3), np.nan)))
    assert nothing.blank and not nothing.pixels.any()
