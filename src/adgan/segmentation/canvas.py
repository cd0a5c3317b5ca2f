"""Collect the results of one image, block after block."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from adgan.metrics.matching import expected_f1
from adgan.quality.confidence import Confidence
from adgan.segmentation.windows import Window, WindowResult


class PixelStore(Protocol):
    """Pixels that are read and written by window: an array in memory or on the disk."""

    def __getitem__(self, window: Window, /) -> np.ndarray:
        """Return a window."""

    def __setitem__(self, window: Window, values: np.ndarray, /) -> None:
        """Fill a window."""


@dataclass(frozen=True)
class Taken:
    """The nuclei of an image that come from one block.

    Attributes
    ----------
    window
        The window of the image that contains them.
    labels
        Label map of the window, from 1 in the order in which they were taken; nuclei from other
        blocks are 0.
    first
        Label of the first of these nuclei in the image.
    confidence, reasons
        As in :class:`WindowResult`, for these nuclei only.
    count
        Number of these nuclei.
    """

    window: Window
    labels: np.ndarray
    first: int
    confidence: np.ndarray | None
    reasons: dict[str, np.ndarray]
    count: int


@dataclass
class Canvas:
    """Receives the results of one image while it is segmented.

    Attributes
    ----------
    labels
        The label map, initially zeros.
    drawn
        The foreground probability, if requested.
    adds
        Called with the nuclei of each block, to write the requested files.
    """

    labels: PixelStore
    drawn: PixelStore | None = None
    adds: list[Callable[[Taken], None]] = field(default_factory=list)

    def add(self, taken: Taken) -> None:
        """Write the nuclei of one block."""
        for add in self.adds:
            add(taken)


@dataclass
class Assembled:
    """The nuclei so far: their number and their confidence.

    Attributes
    ----------
    parts
        True if blocks contain pieces of a mask instead of nuclei, so that no confidence can be
        estimated.
    count, missed
        Number of nuclei, and expected number of those that were missed.
    confidences, reasons
        Confidence of the nuclei of each block, and what it consists of, by name.
    stability
        Stability and number of nuclei of each block.
    """

    parts: bool = False
    count: int = 0
    missed: float = 0.0
    confidences: list[np.ndarray] = field(default_factory=list)
    reasons: dict[str, list[np.ndarray]] = field(default_factory=dict)
    stability: list[tuple[float, int]] = field(default_factory=list)

    def judged(self, seen: WindowResult, taken: Taken, share: float) -> None:
        """Add the confidence of the nuclei of a block, and its fraction of those missed."""
        self.missed += share * seen.missed
        if taken.confidence is not None:
            self.confidences.append(taken.confidence)
            self.stability.append((seen.stability, len(taken.confidence)))
        for name, values in taken.reasons.items():
            self.reasons.setdefault(name, []).append(values)

    def confidence(self) -> Confidence | None:
        """Return the confidence of all nuclei, and the expected F1 of the image."""
        if self.parts:
            return None
        reasons = {name: np.concatenate(values) for name, values in self.reasons.items()}
        nuclei = np.concatenate(self.confidences) if self.confidences else np.zeros(0)
        # Mean stability of the blocks, weighted by their numbers of nuclei.
        weight = sum(number for _, number in self.stability)
        stability = sum(factor * n for factor, n in self.stability) / weight if weight else 1.0
        return Confidence(
            stability * expected_f1(nuclei, self.missed), nuclei, reasons, self.missed
        )
