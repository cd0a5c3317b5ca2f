import numpy as np
import pytest

from adgan.errors import AdganError
from adgan.survey.nuclei import measure_ellipsoids
from adgan.survey.survey import estimate_sizes
from adgan.synth.samples import simulated_sample


@pytest.mark.parametrize("radius", [6, 14, 35])
def test_the_size_is_found_at_any_scale(scenes, true_diameter, radius):
    images, labels = scenes(radius)
    assert estimate_sizes(images).diameter == pytest.approx(true_diameter(labels), rel=0.12)


@pytest.mark.parametrize(
    "light",
    [
        {"offset": 32768.0},
        {"photons": 20.0, "readout": 12.0},
        {"spread": 1.0},
        {"unevenness": 1.0, "background": 80.0},
        {"nucleoli": 5.0, "darkness": 0.9},
    ],
    ids=["offset", "noise", "bright and dim", "uneven", "nucleoli"],
)
def test_neither_light_nor_camera_changes_it(scenes, true_diameter, light):
    images, labels = scenes(12, **light)
    assert estimate_sizes(images).diameter == pytest.approx(true_diameter(labels), rel=0.15)


def test_touching_nuclei_are_not_taken_for_one(scenes, true_diameter):
    images, labels = scenes(12, fill=0.45)
    assert estimate_sizes(images).diameter == pytest.approx(true_diameter(labels), rel=0.15)


def test_volumes_are_measured_in_pixels_of_the_last_axis(scenes, true_diameter):
    images, labels = scenes(8, (30, 90, 96), fill=0.15, images=1, spacing=(2.0, 1.0, 1.0))
    found = estimate_sizes(images, spacing=(1.0, 0.5, 0.5))
    assert found.diameter == pytest.approx(true_diameter(labels, voxel=2.0), rel=0.2)
    assert "64 x 128 x 128" in found.note


def test_the_mean_number_is_that_of_the_scenes(scenes):
    images, labels = scenes(10, images=4)
    expected = np.mean([len(np.unique(m)) - 1 for m in labels]) / labels[0].size * 256**2
    # Nuclei cut by the frame count once where their middle lies, so somewhat fewer.
    assert 0.7 * expected < np.mean(estimate_sizes(images).count) < 1.1 * expected


def test_shape_is_told_by_axes_and_eccentricity(scenes):
    images, _ = scenes(14, images=3)
    found = estimate_sizes(images)
    low, high = found.radius
    assert 0.65 * 14 < low < 14 < high < 1.35 * 14
    assert 0.1 < found.eccentricity[0] < 0.55 < found.eccentricity[1] < 0.85
    assert low < found.interval[0] < found.interval[1] < high


def test_mixed_magnifications_are_noticed(scenes):
    small, large = scenes(9, images=3)[0], scenes(24)[0]
    found = estimate_sizes(small + large)
    assert found.per_image == pytest.approx([9, 9, 9, 24, 24], rel=0.2)
    assert "several magnifications" in found.note
    assert found.factors == pytest.approx([1, 1, 1, 24 / 9, 24 / 9], rel=0.15)
    alone = estimate_sizes(small)
    assert found.radius == pytest.approx(alone.radius, rel=0.15)
    assert np.mean(found.count) == pytest.approx(np.mean(alone.count), rel=0.3)


def test_dark_nuclei_on_bright_ground_have_the_same_size(scenes, exact):
    images, _ = scenes(14)
    bright, dark = estimate_sizes(images), estimate_sizes([60_000.0 - i for i in images])
    assert dark.radius == pytest.approx(bright.radius) and dark.count == bright.count


def test_empty_images_are_set_aside(scenes):
    images, labels = scenes(12)
    rng = np.random.default_rng(0)
    noise = (160 + rng.normal(0, 8, images[0].shape)).astype(np.uint16)
    dead = np.full(images[0].shape, 100, np.uint16)
    found = estimate_sizes([images[0], noise, dead, images[1]])
    assert np.isnan(found.per_image).tolist() == [False, True, True, False]
    assert "2 of 4 surveyed images seem empty" in found.note


@pytest.mark.parametrize("level", [0, 5], ids=["constant", "noise"])
def test_images_without_nuclei_are_refused(level):
    rng = np.random.default_rng(0)
    image = 100 + level * rng.normal(size=(256, 256))
    with pytest.raises(AdganError, match="no nuclei stand out"):
        estimate_sizes([image])


def test_no_images_are_refused():
    with pytest.raises(AdganError, match="no images"):
        estimate_sizes([])


def test_many_images_are_sampled_over_their_whole_range(scenes):
    images, _ = scenes(10, shape=(128, 128), images=1)
    found = estimate_sizes(images * 30)
    assert len(found.images) == len(found.per_image) == 24
    assert (found.images[0], found.images[-1]) == (0, 29)


@pytest.mark.parametrize("planes", [1, 3, 5, 8])
def test_stacks_of_few_planes_tell_the_size(planes):
    image, labels, spacing = simulated_sample("nuclei3d", 1)[0]
    middle, distance = image[8 : 8 + planes], round(spacing[0] / spacing[-1])
    axes = measure_ellipsoids(labels.repeat(distance, axis=0))[1]
    true = np.median(axes[:, 0])
    for known in (None, spacing):
        assert 1 / 1.4 < estimate_sizes([middle], known).median / true < 1.4


def test_the_distance_of_planes_is_told_by_the_shape_of_nuclei():
    image, _, spacing = simulated_sample("nuclei3d", 1)[0]
    assert 1 / estimate_sizes([image]).elongation == pytest.approx(
        spacing[0] / spacing[-1], rel=0.15
    )
    assert estimate_sizes([image], spacing).elongation == pytest.approx(1, rel=0.15)
    # Stated to be twice as far apart, nuclei appear twice as long.
    assert estimate_sizes([image], (4.0, 0.5, 0.5)).elongation == pytest.approx(2, rel=0.15)
