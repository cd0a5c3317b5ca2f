import numpy as np
import pytest

from adgan.report.colours import OKABE_ITO
from adgan.report.volumes import SHEET, from_above, sheet


@pytest.fixture
def volume():
    """A dim nucleus over a bright one, half as wide, and background brighter than the dim one."""
    image, labels = np.full((8, 20, 30), 10, np.uint16), np.zeros((8, 20, 30), np.uint32)
    labels[1:3, 4:16, 5:25] = 1
    labels[5:7, 8:12, 10:20] = 2
    image[labels == 1], image[labels == 2], image[4] = 50, 200, 60
    return image, labels


def test_of_two_nuclei_the_brighter_is_seen_from_above(volume):
    image, labels = volume
    seen = from_above(image, labels)
    assert seen.dtype == labels.dtype
    assert (seen[8:12, 10:20] == 2).all() and seen[0, 0] == 0
    assert np.array_equal(seen > 0, labels.max(axis=0) > 0)
    assert not from_above(image, 0 * labels).any()


@pytest.mark.parametrize("spacing", [None, (2.0, 0.5, 0.5), (0.3, 0.6, 0.6), (1.13, 0.25, 0.25)])
def test_all_planes_have_one_scale(volume, spacing):
    picture = sheet(*volume, spacing, largest=120)
    assert picture.dtype == np.uint8 and picture.shape[2] == 3
    sides = np.array(volume[0].shape) * (spacing or (1, 1, 1)) / min(spacing or (1,))
    factor = 120 / sides.max()
    z, y, x = (round(n * (np.floor(factor) if factor >= 1 else factor)) for n in sides)
    # From above and XY stand beside YZ, XZ stands under XY; words and gaps come on top.
    assert picture.shape[:2] == (
        y + z + 2 * SHEET.line + SHEET.gap,
        2 * x + z + 2 * SHEET.gap,
    )
    assert (picture == OKABE_ITO["orange"]).all(axis=2).sum() > 100


def test_a_volume_without_nuclei_has_no_outline(volume):
    picture = sheet(volume[0], 0 * volume[1], largest=120)
    assert not (picture == OKABE_ITO["orange"]).all(axis=2).any()
