import numpy as np
import pytest

from adgan.labels.labelmap import cut_by_frame
from adgan.survey import survey
from adgan.survey.handling import Handling
from adgan.survey.image import survey_image
from adgan.survey.survey import handle, survey_images


@pytest.mark.parametrize("fill", [0.1, 0.3, 0.5])
def test_dark_nuclei_are_noticed_and_bright_ones_left(scenes, exact, fill):
    image = scenes(14, images=1, fill=fill)[0][0].astype(np.float32)
    bright, dark = survey_image(image), survey_image(60_000 - image)
    assert not bright.inverted and dark.inverted
    assert dark.radius == pytest.approx(bright.radius)


@pytest.mark.parametrize("likely", [5, 10, 14, 25, 50])
def test_a_likely_size_saves_time_and_misleads_nobody(scenes, likely):
    (image,) = scenes(14, images=1)[0]
    found = survey_image(image, expected=likely)
    assert found.radius == pytest.approx(survey_image(image).radius, rel=0.1)


@pytest.mark.parametrize("seed", range(4))
def test_noise_is_not_inverted(seed):
    noise = np.random.default_rng(seed).normal(100, 9, (200, 200))
    seen = survey_image(noise)
    assert not seen.inverted and np.isnan(seen.radius)


def test_each_image_gets_what_it_needs(scenes):
    (small,), (large,) = scenes(12, images=1)[0], scenes(30, images=1)[0]
    found, usual = handle([small, 60_000.0 - small, large], [None] * 3)
    assert usual == pytest.approx(12, rel=0.15)
    assert [h.inverted for h in found] == [False, True, False]
    assert [h.factor for h in found] == pytest.approx([1, 1, 2.5], rel=0.15)


def test_of_many_images_some_stand_for_all_unless_they_need_something(scenes, monkeypatch):
    images = scenes(12, (128, 128), images=1)[0] * 30
    seen = []
    one = survey_image(images[0], expected=20)  # all of them are alike
    monkeypatch.setattr(survey, "survey_image", lambda *_: seen.append(1) or one)
    assert handle(images, [None] * 30, 12)[0] == [Handling()] * 30
    assert len(seen) == 24
    del seen[:]
    found, _ = handle(images, [None] * 30, 30)
    assert len(seen) == 30 and all(h.factor == pytest.approx(0.4, rel=0.2) for h in found)


def test_the_survey_of_a_volume_tells_polarity_size_number_and_length(scenes):
    (volume,), (labels,) = scenes(6, (20, 64, 64), images=1, spacing=(2.0, 1.0, 1.0))
    found = survey_images([60_000 - volume], [(2, 1, 1)])
    assert found.handlings()[0] == [Handling(1.0, True)]
    assert found.sizes.median == pytest.approx(6, rel=0.25)
    whole = 1 - cut_by_frame(labels)[1:] / 2
    number = whole.sum() / (2 / found.sizes.elongation * labels.size) * 64 * 128 * 128
    assert np.mean(found.sizes.count) == pytest.approx(number, rel=0.35)
    assert 0.8 < found.sizes.elongation < 1.7


def test_dark_volumes_are_inverted_and_none_is_rescaled(scenes):
    (volume,), _ = scenes(6, (20, 64, 64), images=1, spacing=(2.0, 1.0, 1.0))
    found, usual = handle([volume, 60_000 - volume], [(2, 1, 1)] * 2, expected=10)
    assert found == [Handling(), Handling(1.0, True)] and np.isnan(usual)


def test_a_known_survey_is_not_made_again(scenes, monkeypatch):
    images = scenes(12, (128, 128), images=1)[0] * 30
    known = survey_images(images, [None] * 30)
    monkeypatch.setattr(survey, "survey_image", None)
    assert handle(images, [None] * 30, known=known)[0] == [Handling()] * 30


def test_an_image_is_surveyed_once_however_often_it_is_asked_for(scenes, monkeypatch):
    images, _ = scenes(12, (128, 128), images=2)
    first = survey_images(images, [None] * 2)
    monkeypatch.setattr("adgan.survey.image.measure_image", None)
    assert survey_images(images, [None] * 2).images == first.images


def test_a_given_radius_is_tried_first_on_every_image(scenes, monkeypatch):
    images = scenes(12, (128, 128), images=1)[0] * 5
    one, tried = survey_image(images[0], expected=20), []
    monkeypatch.setattr(survey, "survey_image", lambda *given: tried.append(given[2]) or one)
    survey_images(images, [None] * 5, 20)
    assert tried == [20] * 5
    del tried[:]
    survey_images(images, [None] * 5)
    assert tried[:3] == [None] * 3 and tried[3:] == pytest.approx([2 * one.radius / 1.2] * 2)
