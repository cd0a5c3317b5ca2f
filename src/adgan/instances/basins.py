"""Watershed by steepest ascent: divide a mask among the maxima of a relief, in 2D or 3D.

Every pixel belongs to the maximum that steepest ascent leads it to. Maxima that rise little above
the pass to a higher one are then joined to it, the highest passes first; the h-maxima remain. The
first step works on whole arrays, the second on the few passes. There is no queue of pixels, as in a
watershed by flooding.
"""

import itertools

import numpy as np


def find_basins(
    relief: np.ndarray, mask: np.ndarray, height: float, least: float = -np.inf
) -> np.ndarray:
    """Divide a mask among the maxima that rise at least `height` above the pass to a higher one.

    Parameters
    ----------
    relief
        Float ``(Z) Y X``, high in the middle of nuclei.
    mask
        Boolean, True in nuclei.
    height
        The h of h-maxima, in units of the relief.
    least
        Smallest height of a maximum. The pixels of a lower one go to the neighbour with the highest
        pass.

    Returns
    -------
    numpy.ndarray
        uint32 label map, labels from 1 without gaps. It is 0 outside the mask and in components
        whose highest maximum is below `least`; every other component has at least one label.
    """
    inside = np.pad(mask, 1).ravel()
    pixels = np.flatnonzero(inside)
    values = np.pad(relief.astype(np.float32, copy=False), 1).ravel()
    values[~inside] = -np.inf
    places = np.zeros(len(inside), np.int32)
    places[pixels] = np.arange(len(pixels), dtype=np.int32)
    steps = _steps(mask.shape)
    tops = _ascend(values, pixels, places, steps)
    is_summit = tops == np.arange(len(tops))
    summits, basins = np.flatnonzero(is_summit), (np.cumsum(is_summit) - 1)[tops]
    places[pixels] = basins  # from here on the basin of each pixel
    passes = _find_passes(values, pixels, places, steps)
    kept = _joined(values[pixels[summits]], *passes, height, least)
    labels = np.zeros(len(inside), np.uint32)
    labels[pixels] = kept[basins]
    whole = labels.reshape([n + 2 for n in mask.shape])
    return whole[(slice(1, -1),) * mask.ndim].copy()


def _steps(shape: tuple[int, ...]) -> list[int]:
    """Return the offsets in the padded, flat image to later neighbours, including diagonal ones."""
    strides = np.cumprod([1, *(n + 2 for n in shape[:0:-1])])[::-1]
    around = itertools.product((-1, 0, 1), repeat=len(shape))
    return [step for step in (int(np.dot(a, strides)) for a in around) if step > 0]


def _ascend(
    values: np.ndarray, pixels: np.ndarray, places: np.ndarray, steps: list[int]
) -> np.ndarray:
    """Return for each pixel the index in `pixels` of the maximum that it leads to."""
    highest, leads = values[pixels], pixels.copy()
    for step in (*steps, *(-step for step in steps)):
        beside = values[pixels + step]
        # Of equal pixels the later one counts as higher, so that plateaus lead to one maximum.
        better = beside >= highest if step > 0 else beside > highest
        highest = np.where(better, beside, highest)
        leads = np.where(better, pixels + step, leads)
    tops = places[leads]
    while not np.array_equal(further := tops[tops], tops):
        tops = further
    return tops


def _find_passes(
    values: np.ndarray, pixels: np.ndarray, basins: np.ndarray, steps: list[int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return pairs of neighbouring basins and their highest pass, in descending order.

    Lower passes between the same basins cannot join anything that the highest does not.
    """
    parts = []
    for step in steps:
        other = pixels + step
        edge = (basins[pixels] != basins[other]) & (values[other] > -np.inf)
        one, other = pixels[edge], other[edge]
        low = np.minimum(values[one], values[other])
        parts.append((basins[one], basins[other], low))
    one, other, low = (np.concatenate(part) for part in zip(*parts, strict=True))
    order = np.argsort(-low, kind="stable")
    pair = one[order].astype(np.int64) * (int(basins.max()) + 1) + other[order]
    highest = order[np.sort(np.unique(pair, return_index=True)[1])]
    return one[highest], other[highest], low[highest]


def _joined(
    peaks: np.ndarray,
    one: np.ndarray,
    other: np.ndarray,
    low: np.ndarray,
    height: float,
    least: float,
) -> np.ndarray:
    """Join low maxima to higher ones; return the new label of each basin, or 0 for no nucleus."""
    parent = list(range(len(peaks)))

    def root(basin: int) -> int:
        while parent[basin] != basin:
            parent[basin] = basin = parent[parent[basin]]
        return basin

    top = peaks.tolist()
    for a, b, pass_ in zip(one.tolist(), other.tolist(), low.tolist(), strict=True):
        lower, higher = sorted((root(a), root(b)), key=lambda basin: top[basin])
        if lower != higher and (top[lower] - pass_ < height or top[lower] < least):
            parent[lower] = higher
    roots = np.array([root(basin) for basin in range(len(peaks))], np.int64)
    kept = np.zeros(len(peaks), bool)
    kept[roots] = True  # a root is the highest of its maxima
    kept &= peaks >= least
    return (np.cumsum(kept) * kept)[roots].astype(np.uint32)
