import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import ndimage

from adgan.image.boxes import highest, lowest

IMAGES = st.sampled_from([np.uint32, np.int16, np.float32]).flatmap(
    lambda dtype: st.sampled_from([(1, 7), (5, 6), (12, 9), (3, 1, 8)]).flatmap(
        lambda shape: arrays(dtype, shape, elements=st.integers(0, 9))
    )
)


@settings(max_examples=60, deadline=None)
@given(IMAGES, st.sampled_from([1, 3, 5, 7, 9]))
def test_boxes_are_those_of_filters(image, side):
    for ours, theirs in ((highest, ndimage.maximum_filter), (lowest, ndimage.minimum_filter)):
        found = ours(image, side)
        assert found.dtype == image.dtype and found.shape == image.shape
        assert np.array_equal(found, theirs(image, side, mode="nearest"))
