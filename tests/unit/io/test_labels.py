from pathlib import Path

import numpy as np
import pytest

from adgan.errors import AdganError
from adgan.io.labels import whole_labels

HERE = Path("a.tif")


@pytest.mark.parametrize(
    ("largest", "dtype"), [(65_535, "uint16"), (65_536, "uint32"), (2**32 - 1, "uint32")]
)
def test_the_narrower_type_that_holds_them(largest, dtype):
    assert whole_labels(np.array([0, largest]), HERE).dtype == dtype


def test_right_types_are_not_copied():
    labels = np.array([0, 1], np.uint16)
    assert whole_labels(labels, HERE) is labels


def test_a_map_without_pixels_is_left_so():
    assert whole_labels(np.zeros((0, 5)), HERE).shape == (0, 5)


def test_bools_are_one_nucleus():
    np.testing.assert_array_equal(whole_labels(np.array([True, False]), HERE), [1, 0])


@pytest.mark.parametrize(
    ("labels", "dtype", "message"),
    [
        ([65_536], "uint16", "label 65536 exceeds 65535, the limit of uint16: use uint32"),
        ([2**32], None, "exceeds 4294967295, the limit of uint32"),
        ([1e300], None, r"label 1e\+300 exceeds 4294967295"),
        ([1j], None, "not complex128"),
    ],
)
def test_what_does_not_fit(labels, dtype, message):
    with pytest.raises(AdganError, match=message):
        whole_labels(np.array(labels), HERE, dtype)
