import itertools

import numpy as np
import pytest

from adgan.errors import AdganError
from adgan_napari.stacks import guess_axes, stack_of, view_in

SIZES = {"T": 2, "Z": 3, "Y": 4, "X": 5}


@pytest.mark.parametrize("letters", ["YX", "ZYX", "TYX", "TZYX"])
def test_any_order_of_axes_becomes_frames_and_labels_go_the_way_back(letters, layer):
    for order in itertools.permutations(letters):
        axes = "".join(order)
        data = np.random.default_rng(0).integers(0, 99, [SIZES[a] for a in axes])
        stack = stack_of(layer(data), axes)
        assert stack.shape == (
            SIZES["T"] if "T" in axes else 1,
            *(SIZES[a] for a in letters[-stack.ndim :]),
        )
        assert len(stack.names()) == len(stack)
        frames = np.stack([stack.frame(number) for number in range(len(stack))])
        np.testing.assert_array_equal(stack.as_layer(frames), data)


def test_labels_come_back_as_a_view(layer):
    stack = stack_of(layer(np.zeros((4, 5, 3))), "XYZ")
    labels = np.zeros(stack.shape, np.uint32)
    labels[0, 2, 4, 3] = 7
    assert stack.as_layer(labels)[3, 4, 2] == 7
    assert np.shares_memory(stack.as_layer(labels), labels)


def test_axes_are_those_that_a_layer_names_or_the_usual_ones(layer):
    assert guess_axes(layer(np.zeros((2, 3, 4)))) == "ZYX"
    assert guess_axes(layer(np.zeros((2, 3, 4)), axis_labels=("time", "y", "x"))) == "TYX"
    assert guess_axes(layer(np.zeros((2, 3, 4)), axis_labels=("x", "y", "z"))) == "XYZ"
    assert guess_axes(layer(np.zeros((2, 3, 4, 5)))) == "TZYX"


@pytest.mark.parametrize("axes", ["YXX", "QYX", "YX", "TZYX", "CYX"])
def test_axes_that_do_not_fit_are_refused_with_what_to_do(axes, layer):
    with pytest.raises(AdganError, match=r"cells has 3 axes.*give one of T, Z, Y, X"):
        stack_of(layer(np.zeros((2, 3, 4))), axes)


@pytest.mark.parametrize(
    ("scale", "unit", "spacing"),
    [
        ((2, 0.5, 0.25), "micrometer", (2, 0.5, 0.25)),
        ((2000, 500, 250), "nanometer", (2, 0.5, 0.25)),
        ((2, 0.5, 0.25), "pixel", (2, 0.5, 0.25)),
        ((1, 1, 1), "pixel", None),
    ],
)
def test_the_voxel_size_is_read_in_micrometres(scale, unit, spacing, layer):
    cells = layer(np.zeros((2, 3, 4)), scale=scale, units=(unit,) * 3)
    assert stack_of(cells, "ZYX").spacing == spacing


def test_the_window_in_view_is_cut_to_its_middle():
    corners = np.array([[0, 10, 20], [0, 109, 219]])
    assert view_in(corners, "TYX", (400, 400), 50) == (slice(35, 85), slice(95, 145))
    assert view_in(np.zeros((2, 2)), "YX", (40, 30), 50) == (slice(0, 1), slice(0, 1))
    assert view_in(np.array([[-50, -50], [500, 500]]), "YX", (40, 30), 50) == (
        slice(0, 40),
        slice(0, 30),
    )
