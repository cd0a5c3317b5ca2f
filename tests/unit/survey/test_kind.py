"""What is not fluorescence is told; fluorescence of any kind, and its negative, is left alone."""

import numpy as np
import PIL.Image
import pytest
from scipy import ndimage

from adgan.io import Image
from adgan.survey.kind import GRAY, MASK, STAINED, describe_kinds, is_stained, kind_of
from adgan.synth.randomised import random_scene
from adgan.synth.samples import simulated_sample
from adgan.system.seeding import generator


@pytest.fixture(scope="module")
def samples():
    """Two simulated images and their label maps."""
    return [(image[:200, :200], labels[:200, :200]) for image, labels, _ in simulated_sample()[:2]]


def phase(labels, seed):
    """Phase contrast: the optical path, without what a ring takes away around it."""
    rng = np.random.default_rng(seed)
    depth = ndimage.distance_transform_edt(labels > 0)
    path = np.sqrt(depth / depth.max()) + ndimage.gaussian_filter((labels > 0) * 0.6, 6)
    seen = 1 - 0.5 * (path - ndimage.gaussian_filter(path, 7))
    return (30_000 * (seen + rng.normal(0, 0.01, labels.shape))).clip(0, 65_535).astype(np.uint16)


def slide(labels, seed):
    """Haematoxylin in nuclei, eosin around them, white where there is nothing: ``Y X 3``."""
    rng = np.random.default_rng(seed)
    pink = ndimage.gaussian_filter((labels > 0) * 1.0, 8)[..., None] * [0.05, 0.9, 0.4]
    violet = ndimage.gaussian_filter((labels > 0) * 1.0, 1)[..., None] * [0.8, 1.0, 0.4]
    light = np.exp(-pink - violet) + rng.normal(0, 0.01, (*labels.shape, 3))
    return (250 * light).clip(0, 255).astype(np.uint8)


def test_label_maps_and_masks_are_called_masks(samples):
    for image, labels in samples:
        assert kind_of(labels) == MASK
        assert kind_of(((labels > 0) * 255).astype(np.uint8)) == MASK
        assert kind_of(image) == "" and kind_of(image.max() - image) == ""


def test_volumes_of_labels_are_masks_too():
    labels = np.zeros((6, 40, 40), np.uint16)
    labels[1:5, 10:30, 5:20] = 1
    labels[2:4, 10:30, 20:35] = 2
    assert kind_of(labels) == MASK


@pytest.mark.parametrize("seed", range(3))
def test_phase_contrast_is_told(samples, seed):
    for _, labels in samples:
        assert kind_of(phase(labels, seed)) == GRAY


@pytest.mark.parametrize("seed", range(12))
def test_random_scenes_and_their_negatives_are_left_alone(seed):
    image = random_scene(generator(seed, "kinds"), (96, 96)).image
    assert kind_of(image) == "" and kind_of(image.max() - image) == ""


def test_noise_and_flat_images_are_of_no_kind():
    noise = np.random.default_rng(0).normal(100, 5, (80, 80))
    assert kind_of(noise.astype(np.float32)) in ("", GRAY)
    assert kind_of(np.full((80, 80), 7, np.uint8)) == ""


def test_stained_slides_are_told_from_colours_of_fluorescence(samples, tmp_path):
    for image, labels in samples:
        rgb = slide(labels, 0)
        assert is_stained(np.moveaxis(rgb, -1, 0))
        PIL.Image.fromarray(rgb).save(tmp_path / "he.png")
        assert kind_of(rgb[..., 0], tmp_path / "he.png") == STAINED
        gray = (255.0 * image / image.max()).astype(np.uint8)
        composite = np.stack([gray // 3, 0 * gray, gray], axis=-1)
        assert not is_stained(np.moveaxis(composite, -1, 0))
        white = np.stack([255 - gray] * 3)
        assert not is_stained(white)  # a negative of fluorescence


def test_a_set_gets_a_line_a_kind_that_says_what_to_do(samples, tmp_path):
    labels = samples[0][1]
    images = [Image(tmp_path / f"{n}.tif", labels, None, f"mask_{n}") for n in range(4)]
    images.append(Image(tmp_path / "cell.tif", samples[0][0], None, "cell"))
    (line,) = describe_kinds(images)
    assert line.startswith("warning: mask_0, mask_1, mask_2, ... look like a mask or a label map")
    assert "`exclude=" in line and "cell" not in line
