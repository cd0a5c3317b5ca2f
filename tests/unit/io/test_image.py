from pathlib import Path

import numpy as np
import pytest

from adgan.errors import AdganError
from adgan.io import Image, check_names, check_pixels, stem


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.tif", "a"),
        ("a.b.png", "a.b"),
        ("a.ome.tif", "a"),
        ("A.OME.TIFF", "A"),
        (".ome.x", ".ome"),
    ],
)
def test_stem(name, expected):
    assert stem(Path("x") / name) == expected


@pytest.mark.parametrize(
    ("pixels", "message"),
    [
        ([[1.0, np.nan]], "a.tif has 1 pixels that are NaN or infinite"),
        ([[np.inf, -np.inf]], "a.tif has 2 pixels that are NaN or infinite"),
        ([[4, 4]], "the same value, 4, in all pixels"),
    ],
)
def test_pixels_with_nothing_in_them(pixels, message):
    with pytest.raises(AdganError, match=message):
        check_pixels(Image(Path("a.tif"), np.array(pixels), None, "a"))


def named(path, name):
    return Image(Path(path), np.eye(2), None, name)


def test_names_that_collide():
    images = [named("x/a.tif", "a"), named("x/b.tif", "b"), named("y/a.png", "a")]
    with pytest.raises(AdganError, match="x/a.tif and y/a.png would both be written as 'a'"):
        check_names(images)
    check_names(images[:2])


def test_a_frame_may_collide_with_a_file():
    with pytest.raises(AdganError, match="a.tif and a_t0001.tif"):
        check_names([named("a.tif", "a_t0001"), named("a_t0001.tif", "a_t0001")])


@pytest.mark.parametrize(
    "values",
    [
        (0, 1e300),
        (-1e300, 0),
        (0, 3e-16),
        (0, 5e-324),
        (np.iinfo(np.int64).min, np.iinfo(np.int64).max),
        (0, np.iinfo(np.uint64).max),
    ],
)
def test_values_that_cannot_be_computed_with_are_refused(values):
    pixels = np.array([values])
    with pytest.raises(AdganError, match="which 32-bit numbers cannot distinguish"):
        check_pixels(Image(Path("a.tif"), pixels, None, "a"))


@pytest.mark.parametrize("values", [(0, 1), (-1e9, 1e9), (0, 1e-12), (0, 2**32 - 1)])
def test_values_of_any_microscope_are_fine(values):
    check_pixels(Image(Path("a.tif"), np.array([values]), None, "a"))
