import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from adgan.quality.trust import (
    agreement,
    certainty,
    convexity,
    sharpness,
    solidities,
    steepness,
)
from adgan.recipe.quality import ConfidenceSettings

HOW = ConfidenceSettings()


def boxes(*corners, shape=(40, 60), side=10):
    labels = np.zeros(shape, np.uint32)
    for label, (y, x) in enumerate(corners, start=1):
        labels[y : y + side, x : x + side] = label
    return labels


def test_agreement_is_the_mean_of_the_best_iou():
    labels = boxes((5, 5), (5, 30))
    moved = boxes((5, 35), (5, 10))  # each by half of its width; the order does not matter
    assert agreement(labels, [labels]).tolist() == [1, 1]
    assert agreement(labels, [labels, moved, np.zeros_like(labels)]) == pytest.approx(
        [(1 + 1 / 3 + 0) / 3] * 2
    )


def test_a_merged_nucleus_agrees_by_half():
    apart = boxes((5, 5), (5, 15))
    assert agreement((apart > 0).astype(int), [apart]) == pytest.approx([0.5])


def test_certainty_is_the_mean_probability_inside():
    labels = boxes((5, 5), (5, 30))
    soft = np.where(labels == 1, 0.9, 0.2)
    assert certainty(labels, soft) == pytest.approx([0.9, 0.2])
    assert certainty(np.zeros((4, 4), int), np.ones((4, 4))).shape == (0,)


def test_a_label_without_pixels_is_no_shape_and_no_certainty():
    labels = np.where(boxes((5, 5)) > 0, 2, 0)
    assert solidities(labels) == pytest.approx([0, 1])
    assert certainty(labels, np.ones(labels.shape)) == pytest.approx([0, 1])
    assert solidities(np.zeros((4, 4), int)).shape == (0,)


def test_shapes_are_believed_by_their_solidity():
    bent = boxes((5, 5))
    bent[15:25, 5:8] = 1  # an L, that fills some two thirds of its hull
    value = solidities(bent)[0]
    assert 0.6 < value < 0.85
    assert convexity(bent, 0.95, HOW)[0] == pytest.approx(max(0, 1 - (0.95 - value) / 0.2))
    assert convexity(bent, value, HOW)[0] == 1
    assert convexity(boxes((5, 5)), 0.9, HOW)[0] == 1


@pytest.mark.parametrize("blur", [0.1, 0.2, 0.3])
def test_a_rim_is_as_steep_as_the_blur_leaves_it(blur):
    grid = np.indices((120, 120)) - 60.0
    labels = (np.hypot(*grid) < 20).astype(int)
    light = gaussian_filter(100.0 * labels, blur * 20)
    found = steepness(labels, 5 + light, 20, HOW)
    assert found == pytest.approx(1 / (np.sqrt(2 * np.pi) * blur), rel=0.25)
    assert sharpness(found, HOW) == pytest.approx(np.clip(found - 0.7, 0, 1))


@pytest.mark.parametrize("radius", [5, 8, 11])
def test_the_rim_of_a_small_ball_is_measured_too(radius):
    far = np.linalg.norm(np.indices((32, 32, 32)) - 15.5, axis=0)
    ball = (far < radius).astype(int)
    sharp, spread = (gaussian_filter(1.0 * ball, s * radius) for s in (0.1, 0.4))
    (found,), (wide,) = (steepness(ball, light, radius, HOW) for light in (sharp, spread))
    assert sharpness(np.array([found]), HOW)[0] > 0.8
    assert 0.3 < sharpness(np.array([wide]), HOW)[0] < 0.7


def test_a_nucleus_without_a_free_rim_is_no_blurred_one():
    everything = np.ones((20, 20), int)
    assert np.isnan(steepness(everything, np.ones((20, 20)), 5, HOW)).all()
    assert sharpness(np.array([np.nan]), HOW) == 1
