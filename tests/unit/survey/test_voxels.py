"""A voxel size that makes nuclei look like needles or discs is doubted; a right one is not."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage

from adgan.builtin.reading import NOTHING_SEEN, Reading
from adgan.io import Image
from adgan.survey import voxels
from adgan.survey.voxels import describe_voxels

SIZE = (1.0, 0.5, 0.5)


def volume(spacing):
    """Balls of 4 um in voxels of 1 x 0.5 x 0.5 um, whatever is stated."""
    rng, shape = np.random.default_rng(0), (24, 56, 56)
    places = np.stack(np.indices(shape), -1) * SIZE
    light = np.zeros(shape)
    for centre in np.array([(z, y, x) for z in (6, 18) for y in (7, 20) for x in (7, 20)]):
        light[np.linalg.norm(places - centre - rng.normal(0, 1, 3), axis=-1) < 4] = 1
    light = ndimage.gaussian_filter(light, (1, 1, 1))
    pixels = (100 + 1000 * light + rng.normal(0, 20, shape)).astype(np.float32)
    return Image(Path("v.tif"), pixels, spacing, "v")


def test_planes_four_times_too_far_apart_are_doubted_and_right_ones_are_not():
    assert describe_voxels([volume(SIZE)]) == []
    (line,) = describe_voxels([volume((4.0, 0.5, 0.5))])
    assert line.startswith("warning: v: ") and "4 x 0.5 x 0.5 um" in line
    told = float(line.split("planes are about ")[1].split()[0])
    assert told == pytest.approx(1, rel=0.3)


def test_images_and_volumes_without_a_voxel_size_are_not_doubted():
    flat = Image(Path("f.tif"), np.zeros((9, 9), np.float32), (0.5, 0.5), "f")
    assert describe_voxels([flat, volume(None)]) == []


SEEN = Reading(12.0, False, 0.1, 0.9, (2.0, 1.0, 1.0))
CLEAR = replace(SEEN, explained=0.3, spacing=(0.5, 1.0, 1.0))


@pytest.mark.parametrize(
    ("stated", "length", "free", "doubted"),
    [
        (SEEN, 1.0, CLEAR, False),
        (SEEN, math.nan, CLEAR, False),
        (SEEN, 3.0, CLEAR, True),
        (SEEN, 0.3, CLEAR, True),
        (SEEN, 3.0, replace(CLEAR, explained=0.15), False),
        (SEEN, 3.0, replace(CLEAR, spacing=(1.0, 1.0, 1.0)), False),
        (replace(SEEN, confidence=0.5), 1.0, CLEAR, True),
        (replace(NOTHING_SEEN, spacing=(2.0, 1.0, 1.0)), 1.0, CLEAR, True),
        (NOTHING_SEEN, 1.0, NOTHING_SEEN, False),
    ],
)
def test_what_looks_odd_is_doubted_where_another_distance_is_far_clearer(
    monkeypatch, stated, length, free, doubted
):
    monkeypatch.setattr(voxels, "read_image", lambda *given: stated if len(given) > 2 else free)
    monkeypatch.setattr(voxels, "length_along_z", lambda *_: length)
    assert bool(describe_voxels([volume(SIZE)])) == doubted
