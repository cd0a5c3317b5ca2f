import numpy as np
import pytest
from scipy import ndimage

from adgan.builtin.confidence import (
    FEATURES,
    ConfidenceModel,
    expected_number,
    local_background,
    measure_features,
)
from adgan.builtin.network import builtin_network
from adgan.builtin.settings import TARGETS
from adgan.builtin.targets import make_targets
from adgan.instances.votes import Maps


def ideal(labels):
    made = make_targets(labels)
    return Maps(**made, unit=TARGETS[labels.ndim].unit)


@pytest.fixture(scope="module", params=[2, 3])
def scene(balls, request):
    """Two nuclei that touch, one alone, and one that the frame cuts."""
    ndim = request.param
    shape = (60, 100) if ndim == 2 else (26, 30, 100)
    middle = (30,) if ndim == 2 else (13, 15)
    return balls(shape, [(*middle, x) for x in (14, 33, 62, 99)], [9, 9, 9, 12])


def column(described, name):
    return described.features[:, FEATURES.index(name)]


def test_each_nucleus_is_a_row_of_finite_numbers(scene):
    found = measure_features(scene, ideal(scene), scene.astype(float))
    assert found.features.shape == (4, len(FEATURES)) and np.isfinite(found.features).all()
    assert found.cut.tolist() == [False, False, False, True]
    assert found.radius[:3] == pytest.approx(9, rel=0.06)


def test_ideal_maps_leave_no_error(scene):
    found = measure_features(scene, ideal(scene), (scene > 0) * 1.0)
    assert column(found, "foreground") == pytest.approx(1)
    assert column(found, "scatter") == pytest.approx(0, abs=0.02)
    assert column(found, "size_error") == pytest.approx(0, abs=1e-3)
    assert column(found, "depth") == pytest.approx(1)
    assert column(found, "contrast")[2] == pytest.approx(1, abs=0.01)
    assert (column(found, "contact")[:2] > column(found, "contact")[2]).all()


def test_two_nuclei_taken_for_one_scatter_and_tell_the_wrong_size(scene):
    maps = ideal(scene)
    merged = np.where(scene == 2, 1, np.maximum(scene, 1) - 1) * (scene > 0)
    merged = np.where(scene == 1, 1, merged).astype(np.uint32)
    found = measure_features(merged, maps, (scene > 0) * 1.0)
    assert column(found, "scatter")[0] > 10 * max(column(found, "scatter")[1], 0.01)
    assert column(found, "size_error")[0] > column(found, "size_error")[1] + 0.2
    assert column(found, "solid")[0] > column(found, "solid")[1] + 0.1


def test_a_merged_nucleus_is_less_sure_than_a_right_one(balls):
    labels = balls((60, 100), [(30, 14), (30, 33), (30, 70)], 10)
    maps, light = ideal(labels), ndimage.gaussian_filter((labels > 0) * 1.0, 1)
    model = builtin_network().confidence_model
    right = model.probability(measure_features(labels, maps, light))
    merged = np.array([0, 1, 1, 2], np.uint32)[labels]
    wrong = model.probability(measure_features(merged, maps, light))
    assert right.min() > 0.8
    assert wrong[0] < 0.5 < wrong[1]


def test_order_of_the_labels_is_that_of_the_rows(scene):
    swapped = np.array([0, 4, 3, 2, 1], np.uint32)[scene]
    one, other = (measure_features(s, ideal(s), scene.astype(float)) for s in (scene, swapped))
    assert one.features == pytest.approx(other.features[::-1], abs=1e-4)
    assert one.radius == pytest.approx(other.radius[::-1])


@pytest.mark.parametrize("shape", [(9, 8), (4, 5, 6)])
def test_nothing_is_described_by_nothing(shape):
    labels = np.zeros(shape, np.uint32)
    found = measure_features(labels, ideal(labels), np.ones(shape))
    model = builtin_network().confidence_model
    assert len(found.features) == len(found.radius) == len(found.cut) == 0
    assert model.probability(found).shape == (0,)


def test_probability_is_the_logistic_model_of_its_coefficients(scene):
    found = measure_features(scene, ideal(scene), scene.astype(float))
    number = len(FEATURES)
    flat = ConfidenceModel(np.zeros(number), np.ones(number), np.zeros(number), np.log(3))
    assert flat.probability(found) == pytest.approx(0.75)
    far = ConfidenceModel(np.zeros(number), np.full(number, 1e-9), np.ones(number), 0.0)
    assert ((far.probability(found) >= 0) & (far.probability(found) <= 1)).all()


def test_light_around_is_that_of_the_ring_alone(balls):
    labels = balls((40, 80), [(20, 20), (20, 60)], 8)
    light = np.where(labels > 0, 500.0, 0)
    light[:, :40] += 10
    light[labels == 2] = 900
    assert local_background(labels, light)[1:] == pytest.approx([10, 0])
    full = np.ones((6, 6), np.uint32)
    assert local_background(full, np.full((6, 6), 7.0)) == pytest.approx([7, 7])


def test_numbers_are_told_without_cutting_nuclei_apart(scene):
    assert expected_number(ideal(scene)) == pytest.approx(4, rel=0.03)
    empty = np.zeros((9, 9), np.uint32)
    assert expected_number(ideal(empty)) == 0
