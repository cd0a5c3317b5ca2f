"""Readers of what the pages embed, and one small scored image."""

import base64
import io

import numpy as np
import PIL.Image
import pytest


@pytest.fixture
def decode():
    """Decode a data URI to a PIL image."""

    def decoded(uri):
        head, _, body = uri.partition(",")
        assert head == "data:image/png;base64"
        return PIL.Image.open(io.BytesIO(base64.b64decode(body)))

    return decoded


@pytest.fixture
def scored():
    """Predicted and true maps, 40 x 60, with each kind of mistake once, and an image."""
    predicted, truth = np.zeros((2, 40, 60), np.uint16)
    truth[4:12, 4:12] = predicted[4:12, 4:12] = 1  # right
    truth[4:12, 20:28] = 2  # missed
    predicted[4:12, 36:44] = 3  # false
    truth[20:28, 4:12], truth[20:28, 12:20], predicted[20:28, 4:20] = 4, 5, 6  # merged
    truth[20:28, 30:46], predicted[20:28, 30:38], predicted[20:28, 38:46] = 7, 8, 9  # split
    image = np.random.default_rng(0).poisson(np.where(truth, 90, 10)).astype(np.uint16)
    return predicted, truth, image
