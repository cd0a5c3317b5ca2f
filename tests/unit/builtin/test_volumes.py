"""The built-in model on volumes: blurred along Z, far and few planes, cut to 0 outside, dark."""

import numpy as np
import pytest
from scipy import ndimage

from adgan.builtin.measured_image import measure_image
from adgan.builtin.network import builtin_network
from adgan.builtin.survey import read_image
from adgan.errors import AdganError
from adgan.io import ReadOptions
from adgan.metrics import count_overlap, f1
from adgan.segmentation.options import SegmentOptions
from adgan.segmentation.segment import segment
from adgan.system.seeding import generator

SPACING = (3.0, 1.0, 1.0)
RADIUS = 8.0


def clump(
    shape=(22, 100, 100), number=14, planes=None, seed=0, sides=SPACING, radius=RADIUS, blur=4.0
):
    """Balls in a clump, blurred three times as far along Z as across, and their labels."""
    rng, spacing = generator(seed), np.array(sides)
    extent = spacing * shape
    centres = []
    while len(centres) < number:
        centre = rng.uniform(radius + 2, extent - radius - 2)
        if all(np.linalg.norm(centre - other) > 2.05 * radius for other in centres):
            centres.append(centre)
    grid = np.stack(np.meshgrid(*[np.arange(n) for n in shape], indexing="ij"), axis=-1) * spacing
    labels = np.zeros(shape, np.uint32)
    for label, centre in enumerate(centres, start=1):
        labels[np.linalg.norm(grid - centre, axis=-1) < radius] = label
    light = ndimage.gaussian_filter(1000.0 * (labels > 0), np.array([blur, 1.3, 1.3]) / spacing)
    image = rng.poisson(light + 40).astype(np.uint16)
    if planes:
        return image[planes], labels[planes]
    return image, labels


@pytest.fixture(scope="module")
def volume():
    return clump()


def found_in(image, spacing):
    reading = read_image(builtin_network(3), image, None, spacing)
    return reading, measure_image(builtin_network(3), image, reading).find()


def score(found, labels):
    return f1(count_overlap(found.labels, labels))


def test_nuclei_are_found_and_their_size_is_told(volume):
    image, labels = volume
    reading, found = found_in(image, SPACING)
    assert score(found, labels) > 0.85
    assert 0.8 < reading.diameter / (2 * RADIUS) < 1.25
    assert reading.spacing == pytest.approx(SPACING)
    assert found.labels.shape == image.shape and found.labels.dtype == np.uint32


def test_the_distance_of_planes_is_told_by_the_nuclei(volume):
    image, labels = volume
    reading, found = found_in(image, None)
    assert 2 < reading.spacing[0] < 4.5 and reading.spacing[1:] == (1, 1)
    assert score(found, labels) > 0.8


@pytest.mark.parametrize(("planes", "least"), [(None, 0.8), (slice(3, 8), 0.6)])
def test_the_distance_of_planes_far_apart_is_told_too(planes, least):
    image, labels = clump((12, 120, 120), planes=planes, sides=(8.0, 1.0, 1.0), radius=13.0)
    sizes = np.bincount(labels.ravel())[1:]
    labels = np.where(np.append(0, sizes > 40)[labels], labels, 0)
    reading, found = found_in(image, None)
    assert 5 < reading.spacing[0] < 12 and score(found, labels) > least


def test_dark_nuclei_are_found_as_bright_ones(volume):
    image, labels = volume
    reading, found = found_in(image.max() - image, SPACING)
    assert reading.inverted and score(found, labels) > 0.8


def test_a_ground_that_is_cut_to_0_changes_little(volume):
    image, labels = volume
    away = ndimage.distance_transform_edt(labels == 0, sampling=SPACING)
    assert score(found_in(np.where(away > 4, 0, image), SPACING)[1], labels) > 0.8


@pytest.mark.parametrize(("planes", "least"), [(3, 0.3), (5, 0.5), (8, 0.6)])
def test_stacks_of_a_few_planes_hold_nuclei(planes, least):
    image, labels = clump(planes=slice(9, 9 + planes))
    sizes = np.bincount(labels.ravel())[1:]
    labels = np.where(np.append(0, sizes > 40)[labels], labels, 0)
    _, found = found_in(image, SPACING)
    assert score(found, labels) >= least


def test_noise_is_no_nucleus():
    noise = generator(0).normal(100, 10, (12, 60, 60))
    assert read_image(builtin_network(3), noise, None, SPACING).empty


def test_nuclei_that_the_frame_cuts_tell_no_distance_of_planes():
    pixels = np.random.default_rng(1).integers(0, 9, (300, 4, 4)).astype(np.uint8)
    (one,) = segment(None, [pixels], options=SegmentOptions(confidence=True), device="cpu")
    assert one.labels.shape == pixels.shape


def test_volumes_are_segmented_without_a_run(volume):
    image, labels = volume
    (one,) = segment(
        None,
        [image],
        options=SegmentOptions(confidence=True),
        read=ReadOptions(spacing=SPACING),
        device="cpu",
    )
    assert one.count == one.labels.max() == len(one.confidence.nuclei)
    assert f1(count_overlap(one.labels, labels)) > 0.85 and 0 < one.expected <= 1


def test_images_and_volumes_are_not_segmented_in_one_go(volume):
    image, _ = volume
    with pytest.raises(AdganError, match="2D and 3D|axes"):
        segment(None, [image, image[0]], device="cpu")
