"""Windows of an array that is decoded in cells; the most recent cells are kept in memory."""

import itertools
import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class CellLimits:
    """How large cells are, and how many are kept.

    Parameters
    ----------
    side
        Approximate side of the cells that are decoded together for smaller windows, in pixels.
    memory
        Memory for decoded cells, in bytes.
    """

    side: int = 1024
    memory: int = 2**26


CELLS = CellLimits()


class Cells:
    """Windows of an array that is decoded in cells: small windows share the decoded cells.

    Parameters
    ----------
    array
        Has ``shape`` and ``chunks``, and is indexed by slices and numbers.
    """

    def __init__(self, array: Any):
        self.array = array
        self.sides = [
            min(n, -(-CELLS.side // c) * c) for n, c in zip(array.shape, array.chunks, strict=True)
        ]
        self.held: OrderedDict[tuple[int, ...], np.ndarray] = OrderedDict()

    def __getitem__(self, index: tuple[Any, ...]) -> np.ndarray:
        """Return a window; an axis indexed by a number is removed."""
        alone = tuple(i for i, one in enumerate(index) if not isinstance(one, slice))
        wide = [one if isinstance(one, slice) else slice(one, one + 1) for one in index]
        ranges = [range(*one.indices(n)) for one, n in zip(wide, self.array.shape, strict=True)]
        if max(self.array.chunks) == 1 or any(r.step > 1 for r in ranges):
            return np.asarray(self.array[index])
        if math.prod(map(len, ranges)) >= math.prod(self.sides):
            return np.asarray(self.array[index])
        whole = np.empty([len(r) for r in ranges], self.array.dtype)
        spans = [
            range(r.start // s, -(-r.stop // s)) for r, s in zip(ranges, self.sides, strict=True)
        ]
        for place in itertools.product(*spans):
            corner = [p * s for p, s in zip(place, self.sides, strict=True)]
            into, of = [], []
            for r, c, s in zip(ranges, corner, self.sides, strict=True):
                first, last = max(r.start, c), min(r.stop, c + s)
                into.append(slice(first - r.start, last - r.start))
                of.append(slice(first - c, last - c))
            whole[tuple(into)] = self._cell(place)[tuple(of)]
        return whole.squeeze(alone)

    @property
    def _nbytes(self) -> int:
        return sum(cell.nbytes for cell in self.held.values())

    def _cell(self, place: tuple[int, ...]) -> np.ndarray:
        if place not in self.held:
            index = tuple(slice(p * s, (p + 1) * s) for p, s in zip(place, self.sides, strict=True))
            self.held[place] = np.asarray(self.array[index])
            while len(self.held) > 1 and self._nbytes > CELLS.memory:
                self.held.popitem(last=False)
        self.held.move_to_end(place)
        return self.held[place]
