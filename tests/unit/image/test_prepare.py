import numpy as np

from adgan.image.parts import measure_parts
from adgan.recipe.groups import DataSettings


def test_both_sizes_of_an_image(images):
    how = DataSettings(percentiles=(1, 99), gamma=0.7)
    prepared = measure_parts(images[0], (0.5, 0.5), how, (5.0, 5.0)).prepare()
    assert prepared.full.shape == (80, 96) and prepared.working.shape == (40, 48)
    assert prepared.full.dtype == prepared.working.dtype == np.float32
    assert prepared.levels.gamma == 0.7
    np.testing.assert_array_equal(prepared.full, prepared.levels.apply(images[0]))
    assert abs(prepared.full.mean() - prepared.working.mean()) < 0.01


def test_at_scale_one_nothing_is_interpolated(images):
    how = DataSettings(even=None)
    prepared = measure_parts(images[0], (1.0, 1.0), how, (1.0, 1.0)).prepare()
    np.testing.assert_array_equal(prepared.working, prepared.full)
