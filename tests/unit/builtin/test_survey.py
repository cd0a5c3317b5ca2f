"""How readings are chosen, by a network that sees nuclei of one size and no others."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from skimage.measure import block_reduce
from torch import nn

from adgan.builtin import scale_search
from adgan.builtin import survey as module
from adgan.builtin.confidence import NucleusFeatures
from adgan.builtin.network import builtin_network
from adgan.builtin.reading import NOTHING_SEEN, Reading
from adgan.builtin.settings import SEARCH, WORKING_SCALE
from adgan.builtin.survey import read_image
from adgan.builtin.windows import WindowNuclei


def anyone():
    """A network that has seen no image yet."""
    return SimpleNamespace(module=nn.Identity(), ndim=2, engine=None, precision="auto")


RAMP = np.linspace(0, 1, 300 * 310).reshape(300, 310)


@pytest.fixture
def eye(monkeypatch):
    """Make windows see nuclei of a diameter, surest at the working size; count them."""

    def make(diameter, dark=False, best=0.95, number=20):
        seen = SimpleNamespace(windows=0)

        def look(network, pixels, window, scales):
            seen.windows += 1
            scale = scales[-1]
            labels = np.zeros([round((s.stop - s.start) * scale) for s in window], np.uint32)
            at = np.log2(diameter * scale / WORKING_SCALE[2].diameter)
            there = (pixels[0, 0] > pixels[-1, -1]) == dark and abs(at) < 1.5
            n = number if there else 0
            confidence = np.full(n, best * np.exp(-0.3 * at**2))
            radius = np.full(n, diameter * scale / 2)
            nuclei = NucleusFeatures(np.zeros((n, 10)), radius, np.zeros(n, bool), np.ones((n, 2)))
            return WindowNuclei(labels, nuclei, confidence)

        monkeypatch.setattr(scale_search, "find_in_window", look)
        return seen

    return make


@pytest.mark.parametrize("diameter", [6, 17, 40, 110, 250])
@pytest.mark.parametrize("dark", [False, True])
def test_the_size_and_sign_that_explain_most_are_read(eye, diameter, dark):
    eye(diameter, dark)
    found = read_image(anyone(), RAMP)
    assert found.diameter == pytest.approx(diameter) and found.inverted == dark
    assert found.scale * diameter == pytest.approx(WORKING_SCALE[2].diameter) and not found.empty


def test_a_likely_size_that_fits_is_looked_at_alone(eye):
    seen = eye(17)
    whole = read_image(anyone(), RAMP)
    many, seen.windows = seen.windows, 0
    assert read_image(anyone(), RAMP, 20).diameter == pytest.approx(whole.diameter)
    assert seen.windows < many / 2


@pytest.mark.parametrize("likely", [2.0, 8.0, 60.0, 1000.0])
def test_a_likely_size_that_does_not_fit_misleads_nobody(eye, likely):
    eye(17)
    assert read_image(anyone(), RAMP, likely).diameter == pytest.approx(17)


def test_nothing_sure_is_nothing_seen(eye):
    eye(17, number=0)
    assert read_image(anyone(), RAMP) == NOTHING_SEEN or read_image(anyone(), RAMP).empty
    eye(17, best=0.3)
    assert read_image(anyone(), RAMP).explained == 0


def test_what_is_smaller_than_any_nucleus_is_noise(eye):
    eye(3)
    assert read_image(anyone(), RAMP).empty


@pytest.mark.parametrize("image", [np.zeros((40, 50)), np.full((40, 50), np.nan)])
def test_a_blank_image_is_not_looked_at(eye, image):
    seen = eye(17)
    assert read_image(anyone(), image).empty and seen.windows == 0


def test_many_nuclei_are_stronger_evidence_than_the_clump_that_they_make():
    # A dense embryo as it was looked at: .054 of it is one thing of 94 px, .0064 many of 13 px.
    one, many = (
        Reading(diameter, False, explained, 0.9, (2.2, 1.0, 1.0), number)
        for diameter, explained, number in ((94.0, 0.0548, 0.9), (13.3, 0.0064, 9.3))
    )
    assert many.evidence > one.evidence
    few, most = (Reading(13.3, False, 0.01, 0.9, (1.0, 1.0), n) for n in (8.0, 80.0))
    assert few.evidence == most.evidence


def test_specks_of_noise_do_not_hide_nuclei(eye, monkeypatch):
    eye(17)
    nuclei = scale_search.find_in_window

    def look(network, pixels, window, scales):
        if pixels[0, 0] < pixels[-1, -1]:
            return nuclei(network, pixels, window, scales)
        scale, specks = scales[-1], 5000
        radius, confidence = np.full(specks, 0.9 * scale), np.full(specks, 0.95 * (scale > 0.5))
        labels = np.zeros([round((s.stop - s.start) * scale) for s in window], np.uint32)
        described = NucleusFeatures(
            np.zeros((specks, 10)), radius, np.zeros(specks, bool), np.ones((specks, 2))
        )
        return WindowNuclei(labels, described, confidence)

    monkeypatch.setattr(scale_search, "find_in_window", look)
    found = read_image(anyone(), RAMP)
    assert found.diameter == pytest.approx(17) and not found.inverted


def test_the_image_is_left_as_it_was(eye):
    eye(17)
    image = RAMP.astype(np.float32)
    image[0, 0] = np.nan
    before = image.copy()
    read_image(anyone(), image)
    assert np.array_equal(image, before, equal_nan=True)


def test_what_was_read_is_remembered_as_long_as_nothing_is_other(eye, monkeypatch):
    seen, network = eye(17), anyone()
    found = read_image(network, RAMP)
    before = seen.windows
    assert read_image(network, RAMP.copy()) is found and seen.windows == before
    read_image(network, RAMP + 1)
    once = seen.windows
    read_image(network, RAMP, found.diameter)
    read_image(anyone(), RAMP)
    assert before < once < seen.windows
    known = seen.windows
    with monkeypatch.context() as changed:
        changed.setitem(SEARCH, 2, replace(SEARCH[2], windows=1))
        read_image(network, RAMP)
    assert seen.windows > known
    monkeypatch.setattr(module, "RESULTS_CACHED", 1)
    read_image(network, RAMP * 2)
    read_image(network, RAMP)
    assert seen.windows > 3 * before


@pytest.mark.parametrize(("ndim", "read_at"), [(3, 88), (2, 50)])
def test_a_volume_is_read_at_the_coarser_scale_that_explains_more(monkeypatch, ndim, read_at):
    def at(look, diameter, dark, number):
        explained = 0 if dark else 0.04 if 60 < diameter < 100 else 0.02
        reading = Reading(50.0, dark, explained, 0.9, (1.0,) * ndim, 8.0)
        return replace(reading, relative_scale=50 / diameter)

    monkeypatch.setattr(scale_search.ScaleSearch, "at", at)
    found = scale_search.read_scales(anyone(), np.zeros((90,) * ndim), (1.0,) * ndim)
    assert found.diameter == 50 and found.read_at == pytest.approx(read_at)
    assert found.scale == pytest.approx(WORKING_SCALE[ndim].diameter / read_at)


def test_pieces_that_change_with_the_scale_are_weak_evidence():
    steady = Reading(50.0, False, 0.03, 0.9, (5.0, 1.0, 1.0), 8.0, steadiness=0.9)
    pieces = Reading(25.0, False, 0.04, 0.9, (5.0, 1.0, 1.0), 16.0, steadiness=0.5)
    assert steady.evidence > pieces.evidence


@pytest.mark.parametrize("again", [True, False])
def test_a_volume_is_steady_if_a_coarser_scale_shows_its_nuclei(monkeypatch, again):
    def look(network, pixels, window, scales):
        labels = np.zeros([round(n * scales[-1]) for n in (20, 80, 80)], np.uint32)
        side = round(30 * scales[-1])
        if again or scales[-1] > 0.5:
            labels[:, :side, :side] = 1
        n = int(labels.max())
        nuclei = NucleusFeatures(
            np.zeros((n, 10)), np.full(n, 15 * scales[-1]), np.zeros(n, bool), np.ones((n, 3))
        )
        return WindowNuclei(labels, nuclei, np.full(n, 0.9))

    monkeypatch.setattr(scale_search, "find_in_window", look)
    search = scale_search.ScaleSearch(anyone(), np.zeros((20, 80, 80)), (1.0, 1.0, 1.0))
    reading = search.at(WORKING_SCALE[3].diameter / 0.6, False, 1)
    assert reading.steadiness == pytest.approx(again * 0.8 / 1.8)  # one nucleus proves little
    assert reading.read_at == pytest.approx(WORKING_SCALE[3].diameter / 0.6)


def test_a_plane_distance_that_nuclei_confirm_counts_more(monkeypatch):
    def read(network, volume, likely, spacing):
        return Reading(20.0, False, 0.03 if spacing[0] > 2 else 0.04, 0.9, spacing, 10.0)

    monkeypatch.setattr(module, "read_image", read)
    monkeypatch.setattr(module, "length_along_z", lambda *_: math.nan)
    volume = np.zeros((5, 90, 90))
    assert module.read_planes(anyone(), volume).spacing[0] == 1
    lengths = {1: math.nan, 3: 1.0, 6: 2.0}
    monkeypatch.setattr(module, "length_along_z", lambda _, __, one: lengths[round(one.spacing[0])])
    assert module.read_planes(anyone(), volume).spacing[0] == 3


@pytest.mark.parametrize(("steadiness", "diameter"), [(0.9, 50), (0.5, 20)])
def test_a_likely_size_at_which_nuclei_are_unsteady_is_not_believed(
    monkeypatch, steadiness, diameter
):
    def at(look, tried, dark, number):
        here = abs(np.log2(tried / 50)) < 0.1
        found = 50.0 if here else 20.0
        explained = 0.02 if here else 0.1 * (not dark)
        reading = Reading(
            found, dark, explained, 0.95, (1.0,) * 3, 8.0, relative_scale=found / tried
        )
        return replace(reading, steadiness=steadiness if here else 0.9)

    monkeypatch.setattr(scale_search.ScaleSearch, "at", at)
    volume = np.random.default_rng(0).random((9, 90, 90))
    assert read_image(anyone(), volume, 50, (1, 1, 1)).diameter == diameter


@pytest.mark.parametrize("ndim", [2, 3])
def test_nuclei_of_few_pixels_are_read_and_noise_is_not(ndim):
    rng = np.random.default_rng(0)
    side, finer = {2: (72, 4), 3: (20, 3)}[ndim]  # pixels are means over finer ones
    light = np.zeros((side * finer,) * ndim)
    places = np.indices(light.shape)
    for corner in np.ndindex(*(side // 9,) * ndim):
        centre = (np.array(corner) * 9 + 4.5 + rng.uniform(-1.5, 1.5, ndim)) * finer
        away = places - centre.reshape(-1, *(1,) * ndim)
        light[(away**2).sum(0) < (1.9 * finer) ** 2] = 1
    light = block_reduce(light, (finer,) * ndim, np.mean)
    noise = rng.normal(0, 0.05, light.shape)
    network, spacing = builtin_network(ndim), (1.0,) * ndim
    reading = read_image(network, 100 * (light + noise), None, spacing)
    assert reading.diameter == pytest.approx(3.8, rel=0.15) and not reading.inverted
    assert read_image(network, 100 * noise, None, spacing).empty
