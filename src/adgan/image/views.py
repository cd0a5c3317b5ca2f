"""The symmetries of the plane, under which an image can be viewed."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class View:
    """A symmetry of the last two axes: quarter turns, then optionally a flip."""

    quarters: int
    flip: bool

    def apply(self, array: np.ndarray) -> np.ndarray:
        """Transform an array ``(Z) Y X``."""
        turned = np.rot90(array, self.quarters, axes=(-2, -1))
        return turned[..., ::-1] if self.flip else turned

    def undo(self, array: np.ndarray) -> np.ndarray:
        """Transform an array ``(Z) Y X`` back."""
        unflipped = array[..., ::-1] if self.flip else array
        return np.rot90(unflipped, -self.quarters, axes=(-2, -1))

    def undo_ways(self, ways: np.ndarray) -> np.ndarray:
        """Transform a vector field back: both the positions and the directions of vectors.

        Parameters
        ----------
        ways
            ``ndim (Z) Y X``, one component per axis.
        """
        back = self.undo(ways).copy()
        y, x = back[-2].copy(), back[-1].copy()
        if self.flip:
            x = -x
        for _ in range(self.quarters):
            y, x = x, -y
        back[-2], back[-1] = y, x
        return back


VIEWS = tuple(View(quarters, flip) for quarters in range(4) for flip in (False, True))
"""The eight symmetries of the plane; the first changes nothing."""
PLAIN, HALF_TURN = VIEWS[:1], (VIEWS[0], VIEWS[4])
"""The original image alone, and together with its rotation by 180 degrees."""
