import numpy as np
import pytest

from adgan.survey import survey
from adgan.survey.handling import Handling
from adgan.survey.survey import handle, survey_image


@pytest.mark.parametrize("fill", [0.1, 0.3, 0.5])
def test_dark_nuclei_are_noticed_and_bright_ones_left(scenes, fill):
    image = scenes(14, images=1, fill=fill)[0][0].astype(np.float32)
    bright, dark = survey_image(image, (1, 1)), survey_image(60_000 - image, (1, 1))
    assert not bright.inverted and dark.inverted
    assert dark.radius == pytest.approx(bright.radius)


@pytest.mark.parametrize("likely", [5, 10, 14, 25, 50])
def test_a_likely_size_saves_time_and_misleads_nobody(scenes, likely):
    (image,) = scenes(14, images=1)[0]
    assert survey_image(image, (1, 1), likely).radius == pytest.approx(
        survey_image(image, (1, 1)).radius, rel=0.1
    )


@pytest.mark.parametrize("seed", range(4))
def test_noise_is_not_inverted(seed):
    noise = np.random.default_rng(seed).normal(100, 9, (200, 200))
    seen = survey_image(noise, (1, 1))
    assert not seen.inverted and np.isnan(seen.radius)


def test_each_image_gets_what_it_needs(scenes):
    (small,), (large,) = scenes(12, images=1)[0], scenes(30, images=1)[0]
    found, usual = handle([small, 60_000.0 - small, large], (1, 1))
    assert usual == pytest.approx(12, rel=0.15)
    assert [h.inverted for h in found] == [False, True, False]
    assert [h.factor for h in found] == pytest.approx([1, 1, 2.5], rel=0.15)


def test_of_many_images_some_stand_for_all_unless_they_need_something(scenes, monkeypatch):
    images = scenes(12, (128, 128), images=1)[0] * 30
    seen = []
    one = survey_image(images[0], (1, 1), 12)  # all of them are alike
    monkeypatch.setattr(survey, "survey_image", lambda *_: seen.append(1) or one)
    assert handle(images, (1, 1), 12)[0] == [Handling()] * 30
    assert len(seen) == 24
    del seen[:]
    found, _ = handle(images, (1, 1), 30)
    assert len(seen) == 30 and all(h.factor == pytest.approx(0.4, rel=0.2) for h in found)
