"""Filled outlines are the label map, and are valid polygons, whatever the map."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from skimage.draw import polygon2mask

from adgan.labels.outlines import trace

MAPS = arrays(
    np.uint8, array_shapes(min_dims=2, max_dims=3, max_side=9), elements=st.integers(0, 3)
)


@given(MAPS)
@settings(max_examples=150, deadline=None)
def test_filling_the_outlines_gives_the_map_back(labels):
    filled = np.zeros_like(labels).reshape(-1, *labels.shape[-2:])
    for outline in trace(labels):
        for polygon in outline.polygons:
            inside = np.zeros(labels.shape[-2:], bool)
            for ring in polygon:  # a ring inside a ring takes away
                inside ^= polygon2mask(inside.shape, ring[:, ::-1] - 0.5)
            assert not filled[outline.plane][inside].any()
            filled[outline.plane][inside] = outline.label
    np.testing.assert_array_equal(filled.reshape(labels.shape), labels)


@given(MAPS)
@settings(max_examples=150, deadline=None)
def test_rings_are_simple_turn_at_every_corner_and_know_their_side(labels):
    for outline in trace(labels):
        for polygon in outline.polygons:
            for index, ring in enumerate(polygon):
                assert len({tuple(point) for point in ring.tolist()}) == len(ring)
                along = np.roll(ring, -1, axis=0) - ring
                turns = along * np.roll(along, 1, axis=0)
                assert (turns == 0).all() and ((along == 0).sum(axis=1) == 1).all()
                x, y = ring.T
                area = (x * np.roll(y, -1) - np.roll(x, -1) * y).sum()
                assert (area > 0) == (index == 0)
