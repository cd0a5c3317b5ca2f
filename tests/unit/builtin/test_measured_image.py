import numpy as np
import pytest

from adgan.builtin.measured_image import measure_image
from adgan.builtin.reading import Reading
from adgan.builtin.settings import WORKING_SCALE
from adgan.system.seeding import generator


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("diameter", [9.0, 25.0, 60.0])
def test_labels_fit_the_image_and_what_is_told_of_them(small_network, seed, diameter):
    image = (generator(seed).random((70, 93)) * 1000).astype(np.uint16)
    network = small_network(seed=seed)
    found = measure_image(
        network, image, Reading(diameter, bool(seed % 2), 1.0, 1.0), threshold=0.4
    ).find()
    assert found.labels.shape == image.shape and found.labels.dtype == np.uint32
    number = int(found.labels.max())
    for labels in (found.labels, found.small):
        assert np.unique(labels[labels > 0]).tolist() == list(range(1, number + 1))
    assert len(found.confidence) == len(found.nuclei.radius) == number
    assert found.small.shape == found.working.shape == found.maps.foreground.shape
    sides = [
        max(WORKING_SCALE[2].side, n * WORKING_SCALE[2].diameter / diameter) for n in image.shape
    ]
    assert found.working.shape == pytest.approx(sides, abs=1)


def test_a_dark_image_is_found_as_its_negative(small_network):
    image = generator(0).random((60, 60))
    one = measure_image(small_network(), image, Reading(25.0, False, 1.0, 1.0)).find()
    other = measure_image(small_network(), 1.0 - image, Reading(25.0, True, 1.0, 1.0)).find()
    assert other.working == pytest.approx(
        one.working + other.working.min() - one.working.min(), abs=1e-5
    )
    assert (one.labels == other.labels).mean() > 0.99
