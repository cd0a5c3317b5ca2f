"""The interface of one image, measured as a whole, any window of which can be segmented.

Intensities, scale and the network's statistics are measured once per image. The result at a pixel
does not depend on the window, so an image may be segmented as one window or as many.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from adgan.image.scale import Window

Watch = Callable[[float], None]


@dataclass(frozen=True)
class WindowResult:
    """The result of a model in one window of an image.

    Attributes
    ----------
    labels
        uint32, of the window's shape, labels from 1.
    probability
        Foreground probability, float32; None unless requested.
    confidence, reasons
        Probability of each nucleus to be correct, ``(N,)``, and the values that it is computed
        from; None and empty unless requested.
    missed
        Estimated number of missed nuclei.
    stability
        A factor of the expected F1, see
        :meth:`adgan.builtin.measured_image.MeasuredImage.stability`.
    """

    labels: np.ndarray
    probability: np.ndarray | None = None
    confidence: np.ndarray | None = None
    reasons: dict[str, np.ndarray] = field(default_factory=dict)
    missed: float = 0.0
    stability: float = 1.0

    def keeping(self, labels: np.ndarray, which: np.ndarray) -> "WindowResult":
        """Return the result with only some of the nuclei: their label map and their rows."""
        confidence = None if self.confidence is None else self.confidence[which]
        reasons = {name: values[which] for name, values in self.reasons.items()}
        return replace(self, labels=labels, confidence=confidence, reasons=reasons)


def renumbered(labels: np.ndarray, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Renumber the remaining labels of a label map from 1 without gaps.

    Parameters
    ----------
    labels
        Contains some of the labels 1 to `number`.
    number
        Number of labels before some were removed.

    Returns
    -------
    labels
        uint32 of the same shape, in the same order.
    stays
        Boolean ``(number,)``, True for each remaining label.
    """
    stays = np.bincount(labels.ravel(), minlength=number + 1) > 0
    stays[0] = False
    return (np.cumsum(stays) * stays).astype(np.uint32)[labels], stays[1:]


class WindowSegmenter(Protocol):
    """One image, measured as a whole, any window of which can be segmented."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the image, ``(Z) Y X``."""

    @property
    def near(self) -> tuple[float, ...]:
        """Largest distance in pixels between the centres that two blocks find for a nucleus."""

    @property
    def components(self) -> bool:
        """True if labels are the connected components of one mask instead of nuclei."""

    def segment(self, window: Window) -> WindowResult:
        """Find the nuclei of a window, with the same result as in the whole image."""
