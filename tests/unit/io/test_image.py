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
        ([[4, 4]], "one value 4 everywhere"),
    ],
)
def test_pixels_with_nothing_in_them(pixels, message):
    with pytest.raises(AdganError, match=message):
        check_pixels(Image(Path("a.tif"), np.array(pixels), None, "a"))


def test_names_that_collide():
    paths = [Path("x/a.tif"), Path("x/b.tif"), Path("y/a.png")]
    with pytest.raises(AdganError, match="x/a.tif and y/a.png would both be written as 'a'"):
        check_names(paths)
    check_names(paths[:2])


def test_a_frame_may_collide_with_a_file():
    frame = Image(Path("a.tif"), np.eye(2), None, "a_t0001")
    with pytest.raises(AdganError, match="a.tif and a_t0001.tif"):
        check_names([frame, Path("a_t0001.tif")])
