from dataclasses import fields, replace

import numpy as np
import pytest
from scipy import ndimage

from adgan.synth.microscope import MicroscopeSpec, microscope
from adgan.synth.render import render
from adgan.synth.scene import SceneSpec, sample_scene
from adgan.system.seeding import generator

SPEC = MicroscopeSpec()
# Evenly bright nuclei in perfect focus on no background: one effect at a time is added.
PLAIN = MicroscopeSpec(
    photons=1000.0,
    spread=0.0,
    texture=0.0,
    nucleoli=0.0,
    blur=0.0,
    haze=0.0,
    background=0.0,
    dimming=0.0,
    readout=0.0,
    gain=1.0,
    offset=0.0,
)
VOLUMES_ONLY = {"elongation", "dimming"}
NAMES = [field.name for field in fields(MicroscopeSpec)]


@pytest.fixture(scope="module")
def maps():
    """A label map of each number of axes."""
    spec = SceneSpec(radius=(6, 9), count=(12, 12), reference=96.0)
    flat = render(sample_scene(generator(0), spec, (96, 96)))
    deep = render(sample_scene(generator(0), replace(spec, reference=60.0), (24, 48, 48)))
    return {2: flat, 3: deep}


def take(labels, spec, seed=0, spacing=None):
    return microscope(generator(seed), labels, spec, spacing)


@pytest.mark.parametrize("ndim", [2, 3])
def test_an_image_is_16_bit_of_the_labels_shape(maps, ndim):
    image = take(maps[ndim], SPEC)
    assert image.dtype == np.uint16
    assert image.shape == maps[ndim].shape


@pytest.mark.parametrize("ndim", [2, 3])
@pytest.mark.parametrize("name", NAMES)
def test_every_field_changes_the_image(maps, ndim, name):
    other = replace(SPEC, **{name: 1.5 * getattr(SPEC, name)})
    changed = (take(maps[ndim], SPEC) != take(maps[ndim], other)).any()
    assert changed == (ndim == 3 or name not in VOLUMES_ONLY)


def test_a_seed_gives_one_image(maps):
    assert (take(maps[2], SPEC) == take(maps[2], SPEC)).all()
    assert (take(maps[2], SPEC) != take(maps[2], SPEC, seed=1)).any()


def test_shot_and_read_noise_follow_the_camera_equation():
    spec = replace(PLAIN, background=50.0, unevenness=0.0, gain=3.0, offset=100.0, readout=7.0)
    image = take(np.zeros((400, 400), np.uint16), spec).astype(float)
    assert image.mean() == pytest.approx(100 + 3 * 50, abs=0.5)
    # Shot noise, read noise and the rounding to whole counts.
    assert image.var() == pytest.approx(3**2 * 50 + 7**2 + 1 / 12, rel=0.02)


def test_brightness_spreads_log_normally():
    labels = np.arange(1, 2501, dtype=np.uint16).reshape(50, 50).repeat(4, 0).repeat(4, 1)
    image = take(labels, replace(PLAIN, spread=0.5)).astype(float)
    bright = np.log(ndimage.mean(image, labels, np.arange(1, 2501)))
    assert bright.mean() == pytest.approx(np.log(1000), abs=0.04)
    assert bright.std() == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("grain", [1.0, 3.0])
def test_texture_has_its_strength_and_grain(grain):
    labels = np.ones((256, 256), np.uint16)
    image = take(labels, replace(PLAIN, photons=1e4, texture=0.2, grain=grain))
    chromatin = np.log(image.astype(float))
    assert chromatin.std() == pytest.approx(0.2, abs=0.01)
    # Smoothed by sigma, noise correlates by exp(-d^2 / (4 sigma^2)) at distance d.
    near = np.corrcoef(chromatin[2:].ravel(), chromatin[:-2].ravel())[0, 1]
    assert near == pytest.approx(np.exp(-1 / grain**2), abs=0.05)


def test_nucleoli_are_dark_spots_inside(maps):
    spec = replace(PLAIN, nucleoli=2.0, darkness=0.7)
    share = take(maps[2], spec).astype(float) / 1000
    inside = maps[2] > 0
    assert 0.01 < (share[inside] < 0.5).mean() < 0.2
    assert (share[inside] > 0.85).mean() > 0.7
    rim = inside & ~ndimage.binary_erosion(inside, iterations=2)
    assert (share[rim] < 0.5).mean() < (share[inside] < 0.5).mean()


def test_blur_is_in_units_of_the_spacing_and_longer_along_z():
    labels = np.zeros((41, 41, 41), np.uint16)
    labels[20, 20, 20] = 1
    spec = replace(PLAIN, photons=1e7, blur=1.0, elongation=3.0)
    image = take(labels, spec, spacing=(1.0, 0.5, 0.25)).astype(float)
    offset = np.arange(-20, 21)
    for axis, sigma in enumerate((3.0, 2.0, 4.0)):
        profile = image.sum(tuple({0, 1, 2} - {axis}))
        measured = np.sqrt((profile * offset**2).sum() / profile.sum())
        assert measured == pytest.approx(sigma, rel=0.03)


def test_haze_moves_a_share_of_the_light_away():
    labels = np.zeros((121, 121), np.uint16)
    labels[50:71, 50:71] = 1
    sharp = take(labels, PLAIN).astype(float)
    hazy = take(labels, replace(PLAIN, haze=0.3, haze_blur=10.0)).astype(float)
    assert hazy.sum() == pytest.approx(sharp.sum(), rel=0.01)
    assert not sharp[labels == 0].any()
    assert 0.1 < hazy[labels == 0].sum() / hazy.sum() < 0.3


def test_background_changes_slowly_within_its_amplitude():
    spec = replace(PLAIN, background=10_000.0, unevenness=0.3)
    for ndim in (2, 3):
        image = take(np.zeros((40,) * ndim, np.uint16), spec) / 10_000
        assert 0.65 < image.min() < image.max() < 1.35
        smooth = ndimage.gaussian_filter(image, 2)
        assert np.ptp(smooth) > 0.15
        assert abs(np.diff(smooth, axis=-1)).max() < 0.05


def test_depth_dims_volumes():
    labels = np.ones((30, 20, 20), np.uint16)
    planes = take(labels, replace(PLAIN, dimming=0.05), spacing=(2.0, 1.0, 1.0)).mean((1, 2))
    assert planes[10] / planes[0] == pytest.approx(0.95**20, rel=0.01)


def test_a_blinded_camera_saturates():
    image = take(np.ones((8, 8), np.uint16), replace(PLAIN, photons=1e6))
    assert (image == 65535).all()


def test_a_dark_camera_does_not_wrap_around():
    image = take(np.zeros((50, 50), np.uint16), replace(PLAIN, readout=5.0))
    assert image.min() == 0 and image.max() < 50


def test_missing_labels_are_no_trouble(maps):
    sparse = np.where(maps[2] % 2, maps[2], 0)
    assert take(sparse, SPEC).shape == sparse.shape
