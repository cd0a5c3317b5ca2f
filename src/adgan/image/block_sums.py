"""Sums over blocks of pixels."""

from collections.abc import Sequence

import numpy as np


def block_sums(array: np.ndarray, blocks: Sequence[int]) -> np.ndarray:
    """Sum an array over blocks of pixels; the last blocks may be smaller."""
    for axis, block in enumerate(blocks):
        lines = np.moveaxis(array, axis, 0)
        sums = lines[::block].astype(np.float32)
        for k in range(1, block):
            part = lines[k::block]
            sums[: len(part)] += part
        array = np.moveaxis(sums, 0, axis)
    return array
