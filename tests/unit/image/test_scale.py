import numpy as np
import pytest

from adgan.image.scale import nearest, rescale, working_shape
from adgan.system.seeding import generator


def test_shapes():
    assert working_shape((100, 51), (0.5, 0.5)) == (50, 26)
    assert working_shape((3, 100, 1), (0.1, 2.0, 0.1)) == (1, 200, 1)


@pytest.mark.parametrize("shape", [(20, 30), (12, 20, 30)])
@pytest.mark.parametrize("factor", [0.4, 1.0, 2.5])
def test_a_slope_stays_a_slope(shape, factor):
    slope = np.broadcast_to(np.linspace(0, 1, shape[-1], dtype=np.float32), shape)
    new = working_shape(shape, (factor,) * len(shape))
    out = rescale(slope, new)
    assert out.shape == new and out.dtype == np.float32
    middles = (np.arange(new[-1]) + 0.5) * shape[-1] / new[-1] - 0.5
    inner = slice(3, -3)
    expected = (middles / (shape[-1] - 1))[inner]
    np.testing.assert_allclose(
        out[..., inner], np.broadcast_to(expected, out[..., inner].shape), atol=1e-3
    )


def test_shrinking_averages_noise():
    noise = generator(0).standard_normal((80, 80))
    assert rescale(noise, (20, 20)).std() < 0.5 * rescale(noise, (160, 160)).std()


@pytest.mark.parametrize("shape", [(7, 9), (14, 18), (3, 4)])
def test_labels_keep_their_values(shape):
    labels = generator(0).integers(0, 2**30, (7, 9)).astype(np.uint32)
    out = nearest(labels, shape)
    assert out.shape == shape and out.dtype == labels.dtype
    assert np.isin(out, labels).all()
    if shape == (14, 18):
        assert np.array_equal(out, labels.repeat(2, 0).repeat(2, 1))
