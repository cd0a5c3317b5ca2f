"""Laws of basins, of growing and of tidying, for every relief and mask."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage
from skimage.morphology import reconstruction

from adgan.instances.basins import find_basins
from adgan.instances.regions import components, grow, tidy
from adgan.system.seeding import generator


@st.composite
def landscapes(draw):
    """A mask, and a relief on it whose values are all different."""
    ndim = draw(st.integers(2, 3))
    shape = tuple(draw(st.integers(1, 14 if ndim == 2 else 6)) for _ in range(ndim))
    rng = generator(draw(st.integers(0, 10**6)))
    mask = ndimage.gaussian_filter(rng.standard_normal(shape), draw(st.sampled_from([0, 1]))) > -0.1
    return rng.permutation(mask.size).reshape(shape).astype(np.float32), mask


@given(landscapes(), st.integers(1, 60))
def test_every_basin_has_one_of_the_h_maxima(landscape, height):
    relief, mask = landscape
    labels = find_basins(relief, mask, height)
    assert np.array_equal(labels > 0, mask)
    assert set(np.unique(labels[mask])) == set(range(1, labels.max() + 1))
    for label in range(1, int(labels.max()) + 1):
        assert components(labels == label).max() == 1
    # By the definition: what flooding from `height` below leaves dry by as much.
    land = np.where(mask, relief, -1000.0)
    flooded = reconstruction(land - height, land, footprint=np.ones((3,) * mask.ndim))
    maxima = components(mask & (land - flooded >= height))
    assert sorted(labels[maxima > 0]) == list(range(1, labels.max() + 1))


@given(landscapes(), st.integers(1, 20))
def test_growing_fills_the_mask_and_no_marker_is_lost(landscape, share):
    relief, mask = landscape
    markers = components(mask & (relief % 20 < share))
    labels = grow(relief, markers, mask)
    assert np.array_equal(labels > 0, mask)
    assert np.array_equal(labels[markers > 0], markers[markers > 0])
    assert labels.max() >= markers.max()


@given(landscapes(), st.integers(1, 12))
def test_tidied_labels_are_whole_and_large_enough(landscape, least):
    relief, mask = landscape
    labels = np.where(mask, relief.astype(int) % 4 + 1, 0)
    out = tidy(labels, least, least)
    count = int(out.max())
    assert set(np.unique(out)) <= set(range(count + 1))
    for label in range(1, count + 1):
        piece = out == label
        assert piece.sum() >= least
        assert ndimage.label(piece)[1] == 1
    assert np.array_equal(tidy(out, least, least), out)
