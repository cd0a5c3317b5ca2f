from dataclasses import replace

import numpy as np
import pytest

from adgan.image import even as module
from adgan.image.even import measure_evenness
from adgan.recipe.groups import DataSettings

HOW = DataSettings(even=0.3)


def even(image, sigma, how):
    """Measure an image and correct it as a whole."""
    found = measure_evenness(image.__getitem__, image.shape, sigma, how)
    return None if found is None else found.apply(image, (0,) * image.ndim)


def discs(brightness: dict[tuple[int, int], float]) -> np.ndarray:
    """Discs of radius 6 on black, in [-1, 1]."""
    y, x = np.mgrid[:96, :96]
    image = np.zeros((96, 96), np.float32)
    for (row, column), value in brightness.items():
        image[(y - row) ** 2 + (x - column) ** 2 <= 36] = value
    return 2 * image - 1


def test_dim_nuclei_gain_on_bright_ones():
    image = discs({(24, 24): 1.0, (72, 72): 0.2})
    seen = (even(image, (15, 15), HOW) + 1) / 2
    assert seen[24, 24] == pytest.approx(1, abs=0.05)
    assert 0.35 < seen[72, 72] < 0.9


def test_where_contrast_is_the_same_everywhere_nothing_changes():
    y, x = np.mgrid[:96, :96]
    image = np.sin(y / 3).astype(np.float32)
    np.testing.assert_allclose(
        even(image, (24, 24), HOW)[30:66, 30:66], image[30:66, 30:66], atol=0.12
    )


def test_a_large_floor_changes_nothing():
    image = discs({(24, 24): 1.0, (72, 72): 0.2})
    np.testing.assert_allclose(even(image, (15, 15), DataSettings(even=1e4)), image, atol=0.01)


def test_an_image_of_one_value_is_not_corrected():
    assert even(np.full((32, 32), -1, np.float32), (5, 5), HOW) is None


def test_volumes_take_a_sigma_an_axis():
    image = np.stack([discs({(24, 24): 1.0, (72, 72): 0.2})] * 4)
    flat = even(image[0], (15, 15), HOW)
    np.testing.assert_allclose(even(image, (2, 15, 15), HOW)[2], flat, atol=0.02)


def test_a_large_image_is_measured_on_some_of_its_rows(monkeypatch):
    image = np.tile(discs({(24, 24): 1.0, (72, 72): 0.2}), (2, 3))
    whole = measure_evenness(image.__getitem__, image.shape, (15, 15), HOW)
    monkeypatch.setattr(module, "SAMPLING", replace(module.SAMPLING, slab=4096))
    windows = module.SAMPLING.windows(image.shape, whole=False)
    assert len(windows) == 33 and windows[0] == (slice(0, 1), slice(0, 288))
    large = measure_evenness(image.__getitem__, image.shape, (15, 15), HOW, zoom=1.0)
    np.testing.assert_allclose(large.gain, whole.gain, rtol=1e-5)
    np.testing.assert_allclose(large.apply(image, (0, 0)), whole.apply(image, (0, 0)), atol=0.1)


def test_a_few_bright_pixels_on_exact_black_are_what_is_brightest():
    y, x = np.mgrid[:256, :256]
    image = np.where((y - 128) ** 2 + (x - 128) ** 2 <= 36, 1, -1).astype(np.float32)
    seen = even(image, (30, 30), HOW)
    assert np.isfinite(seen).all() and seen.max() == 1 and (seen[image < 0] == -1).all()
