import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from adgan.builtin.resample import labels_at, positions, to_working
from adgan.builtin.settings import WORKING_SCALE
from adgan.metrics import count_overlap
from adgan.system.seeding import generator


def labels_to_full(labels, foreground, shape, threshold):
    everything = tuple(slice(0, n) for n in shape)
    return labels_at(labels, foreground, positions(everything, shape, labels.shape), threshold)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([2, 3]), st.floats(0.05, 3), st.data())
def test_the_working_size_is_the_scaled_one_and_brightness_stays(ndim, scale, data):
    shape = [data.draw(st.integers(8, 300 if ndim == 2 else 40)) for _ in range(ndim)]
    image = generator(len(shape)).uniform(50, 60, shape)
    working = to_working(image, (scale,) * ndim)
    assert working.dtype == np.float32
    for n, m in zip(shape, working.shape, strict=True):
        assert m == pytest.approx(max(WORKING_SCALE[ndim].side, n * scale), abs=1)
    assert working.mean() == pytest.approx(image.mean(), rel=0.02)
    assert 49.9 < working.min() and working.max() < 60.1


def test_large_steps_average_what_they_leave_out():
    noise = generator(0).normal(0, 1, (800, 800))
    assert to_working(noise, (0.1, 0.1)).std() < 0.2


@pytest.mark.parametrize("scale", [0.2, 0.37, 0.8, 1.0, 1.7, 3.0])
def test_discs_come_back_from_the_working_size(balls, scale):
    truth = balls((300, 330), [(80, 80), (80, 121), (200, 200), (290, 40)], 20)
    shape = to_working(truth, (scale, scale)).shape
    steps = [n / m for n, m in zip(truth.shape, shape, strict=True)]
    places = [((np.arange(m) + 0.5) * s).astype(int) for m, s in zip(shape, steps, strict=True)]
    small = truth[np.ix_(*places)]
    foreground = to_working(truth > 0, (scale, scale))
    full = labels_to_full(small, foreground, truth.shape, 0.5)
    assert full.shape == truth.shape and full.dtype == truth.dtype
    table = count_overlap(full, truth)
    assert len(table.iou[table.iou > (0.8 if scale < 0.3 else 0.92)]) == 4


@pytest.mark.parametrize("ndim", [2, 3])
def test_no_label_appears_or_moves_to_another_nucleus(balls, ndim):
    truth = balls((16,) * ndim, [(5,) * ndim, (11,) * ndim], 4)
    foreground = ndimage.gaussian_filter((truth > 0).astype(np.float32), 0.5)
    full = labels_to_full(truth, foreground, [3 * n for n in truth.shape], 0.5)
    assert set(np.unique(full)) == {0, 1, 2}
    for label in (1, 2):
        middle = np.argwhere(full == label).mean(0) / 3 - 1 / 3
        assert middle == pytest.approx(np.argwhere(truth == label).mean(0), abs=0.3)


@pytest.mark.parametrize("step", [1, 2])
def test_nuclei_of_an_image_at_or_above_the_working_size_end_where_the_probability_does(
    balls, step
):
    truth = balls((40, 50), [(20, 20)], 9)
    foreground = (truth > 0).astype(np.float32)
    shape = [n // step for n in truth.shape]
    full = labels_to_full(truth, foreground, shape, 0.5)
    assert full.sum() == pytest.approx(truth.sum() / step**2, rel=0.05)
    assert not labels_to_full(truth, np.zeros_like(foreground), shape, 0.5).any()


def test_rims_lie_where_the_probability_passes_the_threshold():
    labels = np.zeros((20, 20), np.uint32)
    labels[:, :10] = 1
    foreground = np.broadcast_to(np.clip((10.5 - np.arange(20)) / 4, 0, 1), (20, 20)).copy()
    widths = [
        (labels_to_full(labels, foreground.astype(np.float32), (80, 80), t)[40] > 0).sum()
        for t in (0.3, 0.5, 0.7)
    ]
    assert widths[0] > widths[1] > widths[2]
    assert widths[1] / 4 == pytest.approx(9, abs=0.7)  # where it is a half, counted from the edge


@pytest.mark.parametrize("shape", [(60, 60), (90, 75), (20, 20)])
def test_every_nucleus_comes_in_one_piece(shape):
    noise = ndimage.gaussian_filter(generator(3).normal(0, 1, (30, 30)), 1.5).astype(np.float32)
    foreground = np.clip(0.5 + 3 * noise, 0, 1)
    labels = (1 + np.arange(30) // 6 + 5 * (np.arange(30)[:, None] // 6)) * (foreground > 0.5)
    full = labels_to_full(labels.astype(np.uint32), foreground, shape, 0.4)
    for number in np.unique(full)[1:]:
        assert ndimage.label(full == number)[1] == 1
