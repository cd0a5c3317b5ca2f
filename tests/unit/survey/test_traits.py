import numpy as np
import pytest

from adgan.survey.image import survey_image
from adgan.survey.traits import describe_traits, measure_traits


def of(image):
    return measure_traits(image, survey_image(image).nuclei)


@pytest.fixture
def image(scenes):
    return scenes(12, images=1, spread=0.2)[0][0].astype(float)


def test_an_ordinary_image_is_worth_no_word(image):
    assert describe_traits([of(image)]) == "nothing unusual"


def test_an_offset_is_named(image):
    assert of(image + 32_768).offset == pytest.approx(32_768 + np.percentile(image, 0.5), rel=0.01)
    assert "offset of about 32," in describe_traits([of(image + 32_768)])


def test_saturation_is_a_share_of_the_pixels(image):
    full = np.minimum(image, np.percentile(image, 95))
    assert of(full).saturated == pytest.approx(0.05, rel=0.05)
    assert "1 of 2 images contain saturated pixels, up to 5.1%" in describe_traits(
        [of(full), of(image)]
    )


def test_an_uneven_background_is_noticed(image):
    shade = np.linspace(0, 1, image.shape[1]) * (image.max() - image.min())
    assert of(image).unevenness < 0.3 < of(image + shade).unevenness
    assert "uneven in all images" in describe_traits([of(image + shade)])


def test_bright_nuclei_beside_dim_ones_are_noticed(scenes):
    image = scenes(12, images=1, spread=1.2, shape=(400, 400))[0][0]
    found = of(image)
    assert found.contrast_ratio > 4 and "fold in brightness" in describe_traits([found])


def test_an_image_without_nuclei_has_no_traits():
    found = measure_traits(np.full((40, 40), 7), None)
    assert (found.offset, found.saturated, found.unevenness, found.contrast_ratio) == (0, 0, 0, 1)
