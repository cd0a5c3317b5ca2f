import numpy as np
import pytest

from adgan.errors import AdganError
from adgan.labels.outlines import trace


def corners(ring):
    return [tuple(point) for point in ring.tolist()]


def test_a_pixel_is_the_square_from_its_index_to_the_next():
    (outline,) = trace(np.pad([[7]], ((2, 1), (3, 1))))
    assert (outline.label, outline.plane) == (7, 0)
    (((ring),),) = outline.polygons
    assert corners(ring) == [(3, 2), (4, 2), (4, 3), (3, 3)]


def test_a_hole_is_an_inner_ring_and_runs_the_other_way():
    (outline,) = trace(np.array([[1, 1, 1], [1, 0, 1], [1, 1, 1]]))
    ((outer, hole),) = outline.polygons
    assert corners(outer) == [(0, 0), (3, 0), (3, 3), (0, 3)]
    assert sorted(corners(hole)) == [(1, 1), (1, 2), (2, 1), (2, 2)]
    assert area(outer) == 9
    assert area(hole) == -1


def test_pieces_that_meet_at_a_corner_only_are_two_polygons():
    (outline,) = trace(np.array([[4, 0], [0, 4]]))
    assert [len(polygon) for polygon in outline.polygons] == [1, 1]


def test_a_hole_that_meets_the_outside_at_a_corner_stays_a_hole():
    (outline,) = trace(np.array([[1, 1, 1, 1], [1, 0, 1, 1], [1, 1, 0, 1], [1, 1, 1, 0]]))
    ((outer, *holes),) = outline.polygons
    assert [area(hole) for hole in holes] == [-1, -1]
    assert len(set(corners(outer))) == len(outer)


def test_outlines_come_plane_by_plane_then_by_label():
    labels = np.zeros((3, 4, 4), np.uint16)
    labels[0, 0, 3], labels[0, 3, 0], labels[2, 1, 1] = 9, 300, 2
    assert [(o.plane, o.label) for o in trace(labels)] == [(0, 9), (0, 300), (2, 2)]
    assert trace(np.zeros((4, 4), int)) == []


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint32, np.int64, np.uint64])
def test_any_integer_type_and_memory_order_is_traced(dtype):
    labels = np.asfortranarray(np.array([[1, 1, 2], [0, 1, 2]], dtype))[:, ::-1]
    assert [o.label for o in trace(labels)] == [1, 2]


def test_floats_are_refused():
    with pytest.raises(AdganError, match="whole numbers"):
        trace(np.ones((3, 3)))


def area(ring):
    x, y = ring.T
    return (x * np.roll(y, -1) - np.roll(x, -1) * y).sum() / 2
