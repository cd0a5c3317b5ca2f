"""Blocks of what reads a true map: each nucleus comes out whole, once."""

from dataclasses import dataclass

import numpy as np
import pytest

from adgan.instances.regions import components
from adgan.labels.labelmap import regions
from adgan.metrics import count_overlap
from adgan.metrics.matching import expected_f1
from adgan.segmentation.blocks import cut_blocks, one_block, segment_blocks
from adgan.segmentation.canvas import Canvas
from adgan.segmentation.windows import WindowResult
from adgan.synth.samples import simulated_sample


@dataclass
class Truth:
    """Gives the true nuclei of a window, those at its rim cut, each block a little otherwise."""

    labels: np.ndarray
    overlap: tuple
    near: tuple
    shifted: bool = False
    components = False

    @property
    def shape(self):
        return self.labels.shape

    def segment(self, window):
        part = self.labels[window]
        if self.shifted and sum(w.start for w in window) % 2:
            part = np.concatenate([0 * part[..., :1], part[..., :-1]], axis=-1)
        names = regions(part).labels
        own = np.searchsorted(np.concatenate([[0], names]), part).astype(np.uint32)
        confidence = np.linspace(0.5, 1, len(names))
        soft = (part > 0).astype(np.float32)
        return WindowResult(
            own, soft, confidence, {"certainty": confidence}, missed=4.0, stability=0.9
        )


@pytest.fixture(scope="module", params=["nuclei2d", "nuclei3d"])
def truth(request):
    ((_, labels, _),) = simulated_sample(request.param, images=1)
    labels = labels.astype(np.uint32)
    shifts = [np.where(labels, labels + k * labels.max(), 0) for k in range(3)]
    return np.concatenate(shifts, axis=-1)


def cut(known, pixels, drawn=None, adds=(), watch=None):
    tiles = cut_blocks(known.shape, known.overlap, pixels)
    canvas = Canvas(np.zeros(known.shape, np.uint32), drawn, list(adds))
    found = segment_blocks(known, tiles, canvas, watch)
    return tiles, canvas.labels, found


@pytest.mark.parametrize("share", [0.5, 0.2])
def test_nuclei_come_out_whole_and_once(truth, share):
    overlap = tuple(min(n // 2, 70) for n in truth.shape)
    known = Truth(truth, overlap, (1.0,) * truth.ndim)
    drawn, blocks, shares = np.zeros(truth.shape, np.float32), [], []
    tiles, labels, found = cut(
        known, share * truth.size, drawn=drawn, adds=[blocks.append], watch=shares.append
    )
    assert len(tiles) > 1 and shares[-1] == 1 and len(shares) == len(tiles)
    table = count_overlap(labels, truth)
    assert (table.iou == 1).all() and found.count == len(np.unique(truth)) - 1
    assert set(np.unique(labels)) == set(range(found.count + 1))
    np.testing.assert_array_equal(drawn, truth > 0)
    assert len(np.concatenate(found.confidences)) == found.count
    assert found.count == sum(b.labels.max() for b in blocks)
    judged = found.confidence()
    assert judged.image == pytest.approx(0.9 * expected_f1(judged.nuclei, found.missed))
    assert found.missed == pytest.approx(
        4 * sum(np.prod([b - a for a, b in t.core]) / np.prod(t.size) for t in tiles)
    )
    for block in blocks:  # what a block gave lies in the map under its own numbers
        mine = block.labels > 0
        np.testing.assert_array_equal(
            labels[block.window][mine], block.labels[mine] + block.first - 1
        )


def test_blocks_that_differ_by_a_pixel_give_nothing_twice_and_leave_nothing_out(truth):
    overlap = tuple(min(n // 2, 70) for n in truth.shape)
    known = Truth(truth, overlap, (2.0,) * truth.ndim, shifted=True)
    _, labels, found = cut(known, 0.2 * truth.size)
    table = count_overlap(labels, truth)
    assert abs(found.count - (len(np.unique(truth)) - 1)) <= 1
    assert np.count_nonzero(table.iou > 0.5) >= 0.97 * found.count


def test_an_image_that_fits_is_one_block():
    assert len(cut_blocks((300, 400), (50, 50), 120_000)) == 1
    (one,) = cut_blocks((10, 400), (50, 50), 4_000)
    assert one.window == (slice(0, 10), slice(0, 400))


def test_blocks_are_no_larger_than_asked_for():
    for tile in cut_blocks((3000, 8000), (200, 200), 1e6):
        assert 0.3e6 < np.prod(tile.size) <= 1e6


def test_one_block_gives_its_nuclei_as_they_are(truth):
    known = Truth(truth, (1,) * truth.ndim, (1.0,) * truth.ndim)
    every = tuple(slice(0, n) for n in truth.shape)
    blocks, shares = [], []
    canvas = Canvas(np.zeros(truth.shape, np.uint32), adds=[blocks.append])
    found = segment_blocks(known, [one_block(truth.shape)], canvas, shares.append)
    alone = known.segment(every)
    np.testing.assert_array_equal(canvas.labels, alone.labels)
    assert found.count == alone.labels.max() and len(blocks) == 1 and not shares
    assert found.confidence().missed == 4 and np.array_equal(
        found.confidence().nuclei, alone.confidence
    )


def test_blocks_of_a_mask_are_joined_before_it_falls_into_components(truth):
    known = Truth(truth, tuple(min(n // 2, 30) for n in truth.shape), (1.0,) * truth.ndim)
    known.components = True
    tiles, labels, found = cut(known, 0.2 * truth.size)
    np.testing.assert_array_equal(labels, components(truth > 0))
    assert len(tiles) > 1 and found.confidence() is None
