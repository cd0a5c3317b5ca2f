import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from adgan.survey.image import apparent_length


def balls(blur):
    """Two balls of radius 8 whose light is blurred, and their labels."""
    z, y, x = np.indices((50, 40, 80))
    near = ((z - 25) ** 2 + (y - 20) ** 2 + (x - 20) ** 2) <= 64
    far = ((z - 25) ** 2 + (y - 20) ** 2 + (x - 55) ** 2) <= 64
    light = gaussian_filter(100.0 * near + 40.0 * far, blur) + 10
    return near + 2 * far, light.astype(np.float32)


@pytest.mark.parametrize("blur, low, high", [((1, 1, 1), 0.95, 1.05), ((6, 1, 1), 1.2, 1.6)])
def test_blur_along_z_makes_nuclei_longer(blur, low, high):
    labels, light = balls(blur)
    for one in ([1, 0], [0, 1]):  # each, as both levels are measured locally
        assert low < apparent_length(labels, light, np.array(one, float)) < high


def test_nuclei_that_count_for_nothing_have_no_length():
    labels, light = balls((1, 1, 1))
    assert np.isnan(apparent_length(labels, light, np.zeros(2)))
