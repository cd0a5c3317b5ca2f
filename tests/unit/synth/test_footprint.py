import numpy as np
import pytest

from adgan.synth.footprint import footprint, levels
from adgan.synth.scene import orthogonal
from adgan.system.seeding import generator


def test_level_is_0_at_the_centre_and_1_on_the_axes(ellipsoid):
    nucleus = ellipsoid((0, 0, 0), (5, 4, 3))
    assert nucleus.level(np.zeros(3)) == 0
    assert nucleus.level(np.diag((5.0, 4.0, 3.0))) == pytest.approx([1, 1, 1])


def test_axes_point_along_the_columns_of_the_rotation(ellipsoid):
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    nucleus = ellipsoid((0, 0), (6, 2), rotation=turn)
    assert nucleus.reach(turn[:, 0]) == pytest.approx(6)
    assert nucleus.reach(turn[:, 1]) == pytest.approx(2)


def test_irregularity_moves_the_outline_by_its_formula(ellipsoid):
    nucleus = ellipsoid(
        (0, 0), (5, 5), waves=[[2, 0], [0, 3]], phases=[0.3, 1.0], amplitudes=[0.1, 0.2]
    )
    for angle in np.linspace(0, 6, 7):
        y, x = np.sin(angle), np.cos(angle)
        stretch = 1 + 0.1 * np.cos(2 * y + 0.3) + 0.2 * np.cos(3 * x + 1.0)
        assert nucleus.reach(np.array([y, x])) == pytest.approx(5 * stretch)


def test_pixels_are_judged_by_their_centres(ellipsoid):
    box, inside = footprint(ellipsoid((1.5, 2.5), (0.4, 0.4)), (4, 4), (1.0, 1.0))
    covered = np.zeros((4, 4), bool)
    covered[box] = inside
    assert np.argwhere(covered).tolist() == [[1, 2]]


def test_spacing_turns_lengths_into_pixels(ellipsoid):
    box, inside = footprint(ellipsoid((10, 10, 10), (4, 4, 4)), (10, 20, 40), (2.0, 1.0, 0.5))
    assert inside.any((1, 2)).sum() == 4
    assert inside.any((0, 2)).sum() == 8
    assert inside.any((0, 1)).sum() == 16


@pytest.mark.parametrize("centre", [(-20, 5), (5, 40), (-20, 40)])
def test_a_nucleus_outside_has_an_empty_box(ellipsoid, centre):
    box, level = levels(ellipsoid(centre, (5, 5)), (16, 16), (1.0, 1.0))
    assert level.size == 0
    assert np.zeros((16, 16))[box].shape == level.shape


def test_moved_keeps_all_but_the_centre(ellipsoid):
    nucleus = ellipsoid((8, 8), (5, 3))
    there = nucleus.moved(np.array([18.0, 28.0]))
    frame = (40, 40), (1.0, 1.0)
    assert (footprint(nucleus, *frame)[1] == footprint(there, *frame)[1]).all()


@pytest.mark.parametrize("ndim", [2, 3])
def test_a_bent_axis_is_a_parabola_about_the_middle(ellipsoid, ndim):
    nucleus = ellipsoid((0,) * ndim, (9, 4, 4)[:ndim], bend=0.3)
    for along in np.linspace(-1, 1, 5):
        point = np.zeros(ndim)
        point[:2] = 9 * along, 0.3 * 9 * (along**2 - 1 / 3)
        assert nucleus.level(point) == pytest.approx(abs(along))


@pytest.mark.parametrize("bend", [-0.3, 0.1, 0.35])
def test_bending_leaves_the_size_and_nearly_the_middle(ellipsoid, bend):
    box, inside = footprint(ellipsoid((40, 40), (20, 8), bend=bend), (80, 80), (1.0, 1.0))
    assert inside.sum() == pytest.approx(np.pi * 20 * 8, rel=0.01)
    middle = np.argwhere(inside).mean(0) + [s.start + 0.5 for s in box]
    assert middle == pytest.approx([40, 40], abs=0.8)


@pytest.mark.parametrize("ndim", [2, 3])
def test_the_box_holds_all_of_a_nucleus_however_bent_and_wavy(ellipsoid, ndim):
    shape, spacing, rng = (48,) * ndim, (1.0,) * ndim, generator(0)
    for _ in range(12):
        nucleus = ellipsoid(
            rng.uniform(12, 36, ndim), np.sort(rng.uniform(4, 12, ndim))[::-1],
            rotation=orthogonal(rng.normal(size=(ndim, ndim))),
            waves=rng.normal(size=(3, ndim)) * 2.5, phases=rng.uniform(0, 6, 3),
            amplitudes=rng.uniform(0, 0.12, 3), bend=rng.uniform(-0.35, 0.35),
        )  # fmt: skip
        box, inside = footprint(nucleus, shape, spacing)
        grid = np.stack(np.meshgrid(*[np.arange(48) + 0.5] * ndim, indexing="ij"))
        offset = grid.reshape(ndim, -1) - nucleus.centre[:, None]
        whole = (nucleus.level(offset) <= 1).reshape(shape)
        covered = np.zeros(shape, bool)
        covered[box] = inside
        assert np.array_equal(covered, whole)
