"""What every model offers: one image, measured as a whole, of which any window is segmented.

Intensities, scale and the network's statistics are measured once per image. What a place shows
does not depend on the window that it lies in, so that an image may be done as one window or as
many.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from adgan.data.scale import Window

Watch = Callable[[float], None]


@dataclass(frozen=True)
class WindowResult:
    """What a model finds in one window of an image.

    Attributes
    ----------
    labels
        uint32, of the window's shape, labels from 1.
    soft
        Foreground probability, float32; where it was asked for.
    sure, reasons
        Chance of each nucleus to be right, ``(N,)``, and what it is made of; where asked for.
    missed
        Nuclei that there seem to be beyond those.
    steady
        A factor of the expected F1, see :func:`adgan.builtin.segmenting.steadiness`.
    """

    labels: np.ndarray
    soft: np.ndarray | None = None
    sure: np.ndarray | None = None
    reasons: dict[str, np.ndarray] = field(default_factory=dict)
    missed: float = 0.0
    steady: float = 1.0


def renumbered(labels: np.ndarray, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Number what is left of a label map from 1 without gaps.

    Parameters
    ----------
    labels
        Some of the labels 1 to `number`.
    number
        Of labels before some were left out.

    Returns
    -------
    labels
        uint32 of the same shape, in the same order.
    stays
        Boolean ``(number,)``, which of them are left.
    """
    stays = np.bincount(labels.ravel(), minlength=number + 1) > 0
    stays[0] = False
    return (np.cumsum(stays) * stays).astype(np.uint32)[labels], stays[1:]


class WindowSegmenter(Protocol):
    """One image, measured as a whole, of which any window can be segmented."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the image, ``(Z) Y X``."""

    @property
    def overlap(self) -> tuple[int, ...]:
        """Pixels that neighbouring blocks share along each axis: twice the halo of a block."""

    @property
    def near(self) -> tuple[float, ...]:
        """Pixels per axis by which two blocks may differ on where a nucleus has its middle."""

    @property
    def components(self) -> bool:
        """Whether labels are the connected components of one mask, not nuclei."""

    def segment(self, window: Window) -> WindowResult:
        """Find the nuclei of a window, as the whole image would show them."""
