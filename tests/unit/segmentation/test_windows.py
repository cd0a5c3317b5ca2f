"""Label maps of which some nuclei were left out, and large images without values in places."""

from dataclasses import dataclass

import numpy as np
import pytest

from adgan.io.windowed import Filled
from adgan.segmentation.large import Inside
from adgan.segmentation.windows import WindowResult, renumbered


def test_what_is_left_is_numbered_in_the_same_order():
    labels = np.array([[0, 5, 5], [2, 0, 7]])
    found, stays = renumbered(labels, 8)
    assert found.tolist() == [[0, 2, 2], [1, 0, 3]] and found.dtype == np.uint32
    assert np.flatnonzero(stays).tolist() == [1, 4, 6] and len(stays) == 8
    nothing, none = renumbered(np.zeros((2, 2), int), 0)
    assert not nothing.any() and len(none) == 0


@dataclass
class Known:
    """Finds in each window what the true map shows there."""

    labels: np.ndarray
    near = (0, 0)
    components = False

    @property
    def shape(self):
        return self.labels.shape

    def segment(self, window):
        part, _ = renumbered(self.labels[window], int(self.labels.max()))
        confidence = np.arange(1, part.max() + 1) / 10
        return WindowResult(part, None, confidence, {"shape": confidence})


@pytest.fixture
def image():
    labels = np.zeros((20, 30), np.uint32)
    labels[0:5, 2:6], labels[8:12, 8:12], labels[14:18, 25:30] = 1, 2, 3
    pixels = np.ones((20, 30), np.float32)
    pixels[6:13, 7:13] = np.nan
    return labels, pixels


def test_where_there_is_no_value_there_is_no_nucleus(image):
    labels, pixels = image
    every = (slice(0, 20), slice(0, 30))
    found = Inside(Known(labels), Filled(pixels, 1.0)).segment(every)
    assert np.array_equal(found.labels, (labels == 1) + 2 * (labels == 3))
    assert found.confidence.tolist() == [0.1, 0.3] and found.reasons["shape"].tolist() == [0.1, 0.3]


def test_only_the_frame_of_the_image_cuts(image):
    labels, _ = image
    inside = Inside(Known(labels), Filled(np.ones((20, 30)), 1.0), whole=True)
    assert np.array_equal(inside.segment((slice(0, 20), slice(0, 30))).labels, labels == 2)
    upper = inside.segment((slice(0, 10), slice(0, 30)))  # whose lower face is no frame
    assert np.array_equal(upper.labels, labels[:10] == 2) and upper.confidence.tolist() == [0.2]
