from dataclasses import replace

import numpy as np
import pytest

from adgan.image import parts as module
from adgan.image.parts import measure_parts
from adgan.recipe.groups import DataSettings
from adgan.synth.samples import simulated_sample

EVEN, PLAIN = DataSettings(even=0.3), DataSettings(even=None)
WINDOW = (slice(2, 14), slice(10, 40), slice(0, 33))


@pytest.fixture(scope="module")
def volume():
    ((image, _, _),) = simulated_sample("nuclei3d", images=1)
    return image


@pytest.mark.parametrize("scales", [(1.0, 0.6, 0.6), (0.8, 0.45, 0.45), (1.3, 1.1, 1.1)])
def test_a_part_is_prepared_as_in_the_whole(volume, scales, monkeypatch):
    kept = measure_parts(volume, scales, EVEN, (6.0, 12.0, 12.0))
    whole = kept.prepare()
    assert whole.working.shape == whole.seen.shape == kept.shape
    assert whole.pixels.shape == volume.shape
    monkeypatch.setattr(module, "GRID", replace(module.GRID, kept=0))
    large = measure_parts(volume, scales, EVEN, (6.0, 12.0, 12.0))
    assert large.kept is None and large.levels == kept.levels
    for parts in (kept, large):
        part = parts.prepare(WINDOW)
        np.testing.assert_allclose(part.working, whole.working[WINDOW], atol=1e-5)
        np.testing.assert_allclose(part.seen, whole.seen[WINDOW], atol=1e-5)
        np.testing.assert_array_equal(part.pixels, volume[parts.under(WINDOW)])


def test_without_evenness_the_network_sees_the_image_as_it_is(volume):
    parts = measure_parts(volume, (1, 1, 1), PLAIN, (6.0, 12.0, 12.0))
    np.testing.assert_array_equal(parts.seen(WINDOW), parts.working(WINDOW))


@pytest.mark.parametrize("scale", [0.37, 0.73, 1.6])
def test_grown_windows_end_near_faces_of_pixels(volume, scale):
    parts = measure_parts(volume, (scale,) * 3, PLAIN, (1.0, 1.0, 1.0))
    window = tuple(slice(n // 3, 2 * n // 3) for n in parts.shape)
    grown = parts.aligned(window)
    for old, new, n, own in zip(window, grown, parts.shape, volume.shape, strict=True):
        assert 0 <= new.start <= old.start and old.stop <= new.stop <= n
        for face in (new.start, new.stop):
            assert face % 4 == 0 or face == n
            assert abs(face * own / n - round(face * own / n)) < 0.35
