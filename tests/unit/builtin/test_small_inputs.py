"""Plain images that any program should get right, and plain means do not; with the final weights.

Discs of one brightness on an even ground, blurred and noisy; then with padding, few, many, striped,
negative, small, large, binary, and nothing at all.
"""

from functools import cache

import numpy as np
import pytest
from scipy import ndimage
from skimage.transform import resize

from adgan.builtin.measured_image import measure_image
from adgan.builtin.network import builtin_network
from adgan.builtin.survey import read_image
from adgan.errors import AdganError
from adgan.metrics import count_overlap, f1
from adgan.segmentation.segment import segment
from adgan.survey.survey import handle
from adgan.system.seeding import generator


def discs(number, side, radius=10.0, seed=0):
    """An image of discs that do not overlap, and its label map."""
    rng, centres = generator(seed, "discs", number), []
    while len(centres) < number:
        centre = rng.uniform(radius, side - radius, 2)
        if all(np.hypot(*(centre - other)) > 2 * radius + 2 for other in centres):
            centres.append(centre)
    labels = np.zeros((side, side), np.uint32)
    grid = np.indices(labels.shape)
    for label, (y, x) in enumerate(centres, start=1):
        labels[(grid[0] - y) ** 2 + (grid[1] - x) ** 2 <= radius**2] = label
    light = ndimage.gaussian_filter(np.where(labels > 0, 300.0, 100.0), 1)
    return light + rng.normal(0, 5, light.shape), labels


@cache
def read(name):
    """The image of a name, its labels, what is read of it, and what is found in it."""
    image, labels = IMAGES[name]()
    reading = read_image(builtin_network(), image)
    found = None if reading.empty else measure_image(builtin_network(), image, reading).find()
    return image, labels, reading, found


def padded(start, seed=0):
    image, labels = discs(60, 512, seed=seed)
    image[:, start:], labels[:, start:] = 0, 0
    return image, labels


def striped():
    image, labels = discs(60, 512)
    return image * (1 + 0.6 * np.sin(np.arange(512)[:, None] / 6)), labels


def negative():
    image, labels = discs(60, 512)
    return 400 - image, labels


def thumbnail():
    image, labels = discs(60, 512)
    small = resize(image, (128, 128), anti_aliasing=True)
    return small, labels[2::4, 2::4]


def large():
    return discs(8, 700, 81.0)


IMAGES = {
    "60": lambda: discs(60, 512),
    "60 others": lambda: discs(60, 512, seed=1),
    "a quarter padded": lambda: padded(384),
    "a quarter of the others padded": lambda: padded(384, seed=1),
    "a third padded": lambda: padded(340),
    "a third of the others padded": lambda: padded(340, seed=1),
    "3 in a field": lambda: discs(3, 1024),
    "6 in a field": lambda: discs(6, 1024),
    "10 in a field": lambda: discs(10, 1024),
    "striped": striped,
    "negative": negative,
    "large": large,
    "thumbnail": thumbnail,
}


@pytest.mark.parametrize("name", [name for name in IMAGES if name != "thumbnail"])
def test_nuclei_are_found_whatever_is_done_to_the_image(name):
    _, labels, reading, found = read(name)
    assert not reading.empty
    assert reading.diameter == pytest.approx(162 if name == "large" else 20, rel=0.15)
    assert reading.inverted == (name == "negative")
    assert f1(count_overlap(found.labels, labels)) > 0.9


def test_a_thumbnail_has_nuclei_a_quarter_of_the_size():
    _, _, whole, _ = read("60")
    _, _, small, _ = read("thumbnail")
    assert whole.diameter / small.diameter == pytest.approx(4, rel=0.15)
    assert not small.inverted


def test_what_is_found_in_padding_is_nothing():
    for name in ("a quarter padded", "a third padded"):
        image, _, _, found = read(name)
        assert not found.labels[image == 0].any()


def test_expected_numbers_are_about_right():
    for name, number in (("60", 60), ("6 in a field", 6), ("negative", 60)):
        _, _, _, found = read(name)
        assert found.expected == pytest.approx(number, rel=0.15)


def test_clear_nuclei_are_surely_there():
    for name in ("60", "negative"):
        _, _, _, found = read(name)
        assert np.median(found.confidence) > 0.8


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_mask_given_for_an_image_is_segmented_as_it_is_drawn(dtype):
    _, labels = discs(60, 512)
    mask = (labels > 0).astype(dtype) * (255 if dtype == np.uint8 else 1)
    (found,) = segment(None, [mask], device="cpu")
    assert f1(count_overlap(found.labels, labels)) > 0.9


def test_an_image_of_booleans_is_read_too():
    _, labels = discs(60, 512)
    reading = read_image(builtin_network(), labels > 0)
    assert reading.diameter == pytest.approx(20, rel=0.15) and not reading.inverted
    found = measure_image(builtin_network(), labels > 0, reading).find()
    assert f1(count_overlap(found.labels, labels)) > 0.9
    with pytest.raises(AdganError, match="type bool: give numbers"):
        segment(None, [labels > 0], device="cpu")


def test_a_label_map_given_for_an_image_is_segmented_as_it_is_drawn():
    _, labels = discs(30, 300)
    (found,) = segment(None, [labels.astype(np.uint16)], device="cpu")
    assert f1(count_overlap(found.labels, labels)) > 0.8  # label 1 is as good as dark


@pytest.mark.parametrize("shape", [(200, 200), (512, 512)])
@pytest.mark.parametrize("seed", range(2))
def test_noise_shows_no_nuclei(shape, seed):
    noise = 100 + generator(seed, "noise").normal(0, 5, shape)
    assert read_image(builtin_network(), noise).empty


@pytest.mark.parametrize("sigma", [0.7, 1.5, 4])
def test_smoothed_noise_shows_no_nuclei(sigma):
    noise = ndimage.gaussian_filter(generator(5).normal(100, 9, (512, 512)), sigma)
    (found,) = segment(None, [noise], device="cpu")
    assert found.count == 0


def test_a_constant_image_shows_no_nuclei():
    for image in (np.full((64, 80), 7, np.uint8), np.zeros((300, 300))):
        assert read_image(builtin_network(), image).empty
        (found,) = segment(None, [image], device="cpu")
        assert found.labels.shape == image.shape and found.count == 0


def test_an_image_of_another_objective_gets_its_factor():
    """10x among 63x, with one camera: nuclei 8.1 times smaller."""
    coarse, fine = read("60")[0], read("large")[0]
    handlings, usual = handle([fine, fine, coarse], [None] * 3)
    assert usual == pytest.approx(81, rel=0.15)
    assert [h.factor for h in handlings] == pytest.approx([1, 1, 1 / 8.1], rel=0.15)
    assert not any(h.inverted for h in handlings)


def test_a_thumbnail_beside_its_image_gets_its_factor():
    whole, small = read("60")[0], read("thumbnail")[0]
    handlings, _ = handle([whole, whole, small], [None] * 3)
    assert [h.factor for h in handlings] == pytest.approx([1, 1, 0.25], rel=0.15)
