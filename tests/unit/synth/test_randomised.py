from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from adgan.synth import randomised
from adgan.synth.knobs import Knobs
from adgan.synth.layouts import Placed
from adgan.synth.randomised import from_below, random_scene
from adgan.system.seeding import generator

KNOBS = Knobs()
SHAPES = [(64, 72), (28, 36, 40)]


def with_chance(**changes):
    return replace(KNOBS, chance=replace(KNOBS.chance, **changes))


def of_round_nuclei(radius=8.0, **changes):
    """Knobs of nuclei that are round and of about one size, and chances that differ."""
    usual = dict.fromkeys(
        ("wide", "second", "long", "long_packed", "lobed", "mitotic", "bent", "adherent"), 0.0
    )
    return replace(
        with_chance(**usual, **changes),
        radius=(radius, radius), spread=(0.1, 0.1), elongation=(1.0, 1.2), irregular=(0.0, 0.01),
    )  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([2, 3]), st.data())
def test_image_labels_and_doubt_are_of_the_frame_whatever_is_drawn(seed, ndim, data):
    shape = tuple(data.draw(st.integers(8, 48 if ndim == 2 else 16)) for _ in range(ndim))
    scene = random_scene(generator(seed), shape)
    assert scene.image.shape == scene.labels.shape == scene.certain.shape == shape
    kinds = scene.image.dtype, scene.labels.dtype, scene.certain.dtype
    assert kinds == (np.float32, np.uint32, np.bool_)
    assert np.isfinite(scene.image).all()
    assert 0 <= scene.image.min() <= scene.image.max() < 1.02  # a half of one of 48 levels more


@pytest.mark.parametrize("shape", SHAPES)
def test_a_scene_depends_on_its_generator_alone(shape):
    first, again, other = (random_scene(generator(k), shape) for k in (7, 7, 8))
    for name in ("image", "labels", "certain"):
        assert np.array_equal(getattr(first, name), getattr(again, name))
    assert (first.image != other.image).any()


@pytest.mark.parametrize("shape", SHAPES)
def test_an_empty_scene_has_an_image_and_no_nuclei(shape):
    for seed in range(3):
        scene = random_scene(generator(seed), shape, with_chance(empty=1.0))
        assert not scene.labels.any() and scene.certain.all() and scene.image.std() > 0


@pytest.mark.parametrize("shape", SHAPES)
def test_clouds_are_seen_where_no_nuclei_are(shape):
    clear, cloudy = (
        random_scene(generator(5), shape, with_chance(empty=1.0, clouds=c, ghosts=0.0))
        for c in (0, 1)
    )
    assert not cloudy.labels.any() and (cloudy.image != clear.image).any()
    clear, cloudy = (
        random_scene(generator(5), shape, with_chance(empty=0.0, clouds=c)) for c in (0, 1)
    )
    assert clear.labels.any() and np.array_equal(cloudy.image, clear.image)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_negative_shows_no_nuclei_for_sure(shape):
    one, dark = (random_scene(generator(3), shape, with_chance(dark=d, empty=0.0)) for d in (0, 1))
    assert dark.image == pytest.approx(one.image.max() - one.image)
    assert not dark.labels.any() and dark.certain.all() and one.labels.any()


def test_tissue_mostly_touches():
    shares = []
    for seed in range(5):
        knobs = replace(
            of_round_nuclei(packed=1.0, empty=0.0, dark=0.0, padded=0.0),
            gap=(0.0, 0.5), lumen=(0.0, 0.0), reach=(1.4, 1.7),
        )  # fmt: skip
        labels = random_scene(generator(seed), (96, 96), knobs).labels
        high = ndimage.maximum_filter(labels, 3)
        low = ndimage.minimum_filter(np.where(labels, labels, 10**6), 3)
        meets = (labels > 0) & ((high != labels) | (low != labels))
        shares.append((len(np.unique(labels[meets]))) / len(np.unique(labels[labels > 0])))
    assert np.mean(shares) > 0.8


def test_padding_holds_no_nuclei():
    plain = with_chance(padded=1.0, dark=0.0, saturated=0.0, jpeg=0.0)
    for seed in range(4):
        knobs = replace(plain, levels=(6e4, 6e4), snr=(5.0, 9.0))
        scene = random_scene(generator(seed), (80, 80), knobs=knobs)
        still = ndimage.maximum_filter(scene.image, 5) == ndimage.minimum_filter(scene.image, 5)
        assert still.any() and not scene.labels[still].any()


def test_nuclei_that_noise_hides_are_in_doubt_and_clear_ones_are_not():
    plain = of_round_nuclei(empty=0.0, dark=0.0, padded=0.0)
    # A nucleus that is several times brighter than usual would be seen even here.
    plain = replace(plain, brightness=(0.05, 0.1))
    for seed in range(4):
        clear, hidden = (
            random_scene(generator(seed), (96, 96), replace(plain, snr=s))
            for s in ((100.0, 101.0), (0.1, 0.11))
        )
        assert clear.certain[clear.labels > 0].mean() > 0.9
        assert not hidden.certain[hidden.labels > 0].any()
        assert hidden.certain[hidden.labels == 0].mean() > 0.5


def test_specks_are_in_doubt():
    tiny = of_round_nuclei(radius=1.2, empty=0.0, dark=0.0, packed=0.0)
    scene = random_scene(generator(1), (64, 64), tiny)
    assert scene.labels.any() and not scene.certain[scene.labels > 0].any()


def test_nuclei_are_seen_at_the_radius_asked_for():
    knobs = of_round_nuclei(empty=0.0, dark=0.0, padded=0.0, packed=0.0, overlap=0.0)
    radii = []
    for seed in range(4):
        labels = random_scene(generator(seed), (96, 96), knobs).labels
        inner = np.setdiff1d(labels, [labels[0], labels[-1], labels[:, 0], labels[:, -1]])
        radii += [np.sqrt((labels == k).sum() / np.pi) for k in inner if k]
    assert np.median(radii) == pytest.approx(8, rel=0.1)


def test_volumes_dim_with_depth():
    quiet = dict.fromkeys(
        ("empty", "dark", "padded", "uneven", "stripes", "cytoplasm", "debris", "ghosts", "haze",
         "defocus", "saturated", "gamma", "jpeg"), 0.0,
    )  # fmt: skip
    base = replace(
        of_round_nuclei(packed=1.0, **quiet),
        snr=(50.0, 50.0), background=(0.0, 0.0), lumen=(0.0, 0.0), brightness=(0.05, 0.05),
        texture=(0.0, 0.0), reach=(1.4, 1.4), gap=(0.0, 0.0),
    )  # fmt: skip

    def change(dimming, seed):
        knobs = replace(base, dimming=(dimming, dimming))
        image = random_scene(generator(seed), SHAPES[1], knobs).image
        return np.log(image[:4].mean() / image[-4:].mean())

    for seed in range(3):
        assert abs(change(0.7, seed) - change(0.0, seed)) > 0.3


@pytest.mark.parametrize("brighter", [1, 2])
def test_the_brighter_of_two_nuclei_lies_on_top(monkeypatch, brighter):
    places = [(slice(4, 20), slice(4, 20)), (slice(4, 20), slice(12, 28))]
    nuclei = [Placed(box, np.ones((16, 16), bool)) for box in places]
    light = [(3.0 if n == brighter else 1.0, np.ones((16, 16), np.float32)) for n in (1, 2)]
    monkeypatch.setattr(randomised, "scattered", lambda *_: nuclei)
    monkeypatch.setattr(randomised, "lit", lambda *_: light)
    knobs = with_chance(packed=0.0, empty=0.0, defocus=0.0, padded=0.0, dark=0.0)
    labels = random_scene(generator(0), (32, 32), knobs=knobs).labels
    assert (labels[4:20, 12:20] == brighter).all()
    assert (labels[4:20, 4:12] == 1).all() and (labels[4:20, 20:28] == 2).all()


def test_a_nucleus_in_focus_lies_on_a_brighter_blurred_one():
    assert from_below([True, False], [3.0, 1.0]) == [0, 1]
    assert from_below([False, True, False], [1.0, 3.0, 2.0]) == [1, 0, 2]
