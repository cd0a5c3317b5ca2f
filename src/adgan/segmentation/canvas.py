"""Where the results of one image go, and what is known of its nuclei, block after block."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from adgan.confidence import Confidence
from adgan.metrics.expected import expected_f1
from adgan.segmentation.windows import Window, WindowResult


class PixelStore(Protocol):
    """Pixels that are read and written by window: an array, in memory or on the disk."""

    def __getitem__(self, window: Window, /) -> np.ndarray:
        """Return a window."""

    def __setitem__(self, window: Window, values: np.ndarray, /) -> None:
        """Fill a window."""


@dataclass(frozen=True)
class Taken:
    """The nuclei that an image got from one block.

    Attributes
    ----------
    window
        Where they lie in the image.
    labels
        Of the window, numbered from 1 as they were taken; what other blocks gave is 0.
    first
        Number that the first of them has in the image.
    sure, reasons
        As in :class:`WindowResult`, of these alone.
    count
        How many they are.
    """

    window: Window
    labels: np.ndarray
    first: int
    sure: np.ndarray | None
    reasons: dict[str, np.ndarray]
    count: int


@dataclass
class Canvas:
    """Where the results of one image go while it is segmented.

    Attributes
    ----------
    labels
        The label map; zeros before.
    drawn
        The soft mask, where it is asked for.
    adds
        Called with the nuclei that each block gave, to write what is asked for of them.
    """

    labels: PixelStore
    drawn: PixelStore | None = None
    adds: list[Callable[[Taken], None]] = field(default_factory=list)

    def add(self, taken: Taken) -> None:
        """Write what one block gave."""
        for add in self.adds:
            add(taken)


@dataclass
class Assembled:
    """The nuclei so far: how many, and what was judged of each.

    ``parts`` says that blocks hold parts of a mask, of which none can be judged.
    """

    parts: bool = False
    count: int = 0
    missed: float = 0.0
    sure: list[np.ndarray] = field(default_factory=list)
    reasons: dict[str, list[np.ndarray]] = field(default_factory=dict)
    steady: list[tuple[float, int]] = field(default_factory=list)

    def judged(self, seen: WindowResult, taken: Taken, share: float) -> None:
        """Add a block's confidence: that of the nuclei taken, and its share of those missed."""
        self.missed += share * seen.missed
        if taken.sure is not None:
            self.sure.append(taken.sure)
            self.steady.append((seen.steady, len(taken.sure)))
        for name, values in taken.reasons.items():
            self.reasons.setdefault(name, []).append(values)

    def confidence(self) -> Confidence | None:
        """Return what was judged of all nuclei, and the expected F1 of the image."""
        if self.parts:
            return None
        reasons = {name: np.concatenate(values) for name, values in self.reasons.items()}
        nuclei = np.concatenate(self.sure) if self.sure else np.zeros(0)
        # The mean over all nuclei of how steady each block was.
        weight = sum(number for _, number in self.steady)
        steady = sum(factor * n for factor, n in self.steady) / weight if weight else 1.0
        return Confidence(steady * expected_f1(nuclei, self.missed), nuclei, reasons, self.missed)
