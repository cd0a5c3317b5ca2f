"""The chain from an image to its label map, with a network that draws the image it is shown."""

import numpy as np
import pytest
import torch

from adgan.image.views import VIEWS
from adgan.metrics import count_overlap
from adgan.metrics.matching import f1
from adgan.models.build import build_parts
from adgan.models.segmenter import Segmenter
from adgan.synth.samples import simulated_sample


class Echo:
    """Its mask is the image, made crisp."""

    width = 2

    def parameters(self):
        return iter([torch.zeros(1)])

    def translate(self, x, source, norm):
        return torch.tanh(8 * x)


class Slope(Echo):
    """Its mask is brighter to the right, whatever it sees."""

    def translate(self, x, source, norm):
        return torch.linspace(-1, 1, x.shape[-1]).expand(x.shape)


@pytest.fixture(scope="module")
def sample():
    ((image, labels, _),) = simulated_sample(images=1)
    return image[:160, :192], labels[:160, :192]


@pytest.fixture(scope="module")
def recipe(tiny):
    return tiny({"task": "instance", "data": {"crop": (64, 64), "working_radius": 9.0}})


def test_an_image_is_prepared_its_mask_predicted_and_decoded(sample, recipe):
    image, truth = sample
    segmenter = Segmenter(recipe, Echo())
    prepared = segmenter.prepare(image)
    drawn = segmenter.predict(prepared.seen)
    assert drawn.shape == prepared.working.shape != image.shape and drawn.dtype == np.float32
    assert 0 <= drawn.min() < 0.1 and 0.9 < drawn.max() <= 1
    labels = segmenter.decode(prepared, drawn)
    assert labels.shape == image.shape and labels.dtype == np.uint32
    assert f1(count_overlap(labels, truth)) > 0.7
    assert np.array_equal(segmenter.segment(image), labels)


def test_a_higher_threshold_takes_in_less(sample, recipe):
    few, many = (
        Segmenter(recipe, Echo(), threshold).segment(sample[0]) > 0 for threshold in (0.99, 0.05)
    )
    assert 0 < few.sum() < many.sum()


def test_symmetries_take_away_what_a_network_draws_to_one_side(recipe):
    seen = np.zeros((32, 48), np.float32)
    plain = Segmenter(recipe, Slope()).predict(seen)
    even = Segmenter(recipe, Slope(), symmetries=True).predict(seen)
    assert np.ptp(plain) > 0.9 and np.allclose(even, 0.5, atol=1e-6)
    views = Segmenter(recipe, Slope()).predict_views(seen, VIEWS[:2])
    assert np.array_equal(views[0], plain) and np.array_equal(views[1], plain[:, ::-1])


def test_a_large_image_is_measured_as_a_whole(sample, recipe):
    image = sample[0]
    segmenter = Segmenter(recipe.model_copy(update={"data": no_evenness(recipe)}), Echo())
    parts, whole = build_parts(segmenter.recipe, image), segmenter.prepare(image)
    window = (slice(40, 120), slice(0, 192))
    part, inner = parts.part(window)
    assert part.pixels[inner].shape == (80, 192)
    assert np.array_equal(part.pixels[inner], image[window])
    assert segmenter.statistics(parts) == []  # this network normalises nothing
    where = parts.aligned(parts.over(window))
    np.testing.assert_allclose(part.working, whole.working[where], atol=1e-4)


def no_evenness(recipe):
    return recipe.data.model_copy(update={"even": None})
