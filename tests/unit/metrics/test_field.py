import numpy as np
import pytest

from adgan.errors import AdganError
from adgan.metrics import dice, seg, tables
from adgan.metrics.field import inside


def test_an_object_counts_whole_if_it_reaches_into_the_field():
    truth = np.zeros((10, 10), int)
    truth[4:6, 0:4] = 1  # reaches in
    truth[0:2, 4:8] = 2  # all in the band
    predicted = np.zeros_like(truth)
    predicted[4:6, 0:3] = 3  # reaches in
    predicted[8:10, 8:10] = 4  # all in the band
    objects, field = tables(predicted, truth, ignore_border=2)
    assert objects.truth_labels.tolist() == [1]
    assert objects.predicted_labels.tolist() == [3]
    assert seg(objects) == 6 / 8
    assert dice(field) == 2 * 2 / (2 + 4)


def test_the_band_spares_the_ends_of_a_volume():
    assert inside(np.zeros((3, 10, 8), int), 2).shape == (3, 6, 4)


@pytest.mark.parametrize("border", [-1, 4, 100])
def test_a_band_that_leaves_nothing_is_refused(border):
    for side in (7, 8):
        labels = np.zeros((side, 9), int)
        with pytest.raises(AdganError, match="choose a width from 0 to 3"):
            inside(labels, border)
        assert inside(labels, 3).shape == (side - 6, 3)
