"""A large image before its blocks: its values looked at once, and where it has none left out."""

from dataclasses import dataclass, replace

import numpy as np
from skimage.segmentation import clear_border

from adgan.errors import AdganError, ImageError
from adgan.io import Entry, Image, Windowed
from adgan.io.glimpses import slabs
from adgan.io.image import check_range
from adgan.io.windowed import Filled
from adgan.segmentation.windows import Window, WindowResult, WindowSegmenter, renumbered

SAMPLE = 2**20
"""Pixels from which the median is told that stands for those without a number."""


@dataclass(frozen=True)
class Inside:
    """A large image without nuclei where it has no pixels that are numbers.

    Attributes
    ----------
    image, pixels
        What segments it, and its pixels.
    whole
        Whether nuclei that the frame of the image cuts are left out, too.
    """

    image: WindowSegmenter
    pixels: Filled
    whole: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the image."""
        return self.image.shape

    @property
    def overlap(self) -> tuple[int, ...]:
        """Of neighbouring blocks."""
        return self.image.overlap

    @property
    def near(self) -> tuple[float, ...]:
        """How far middles may differ."""
        return self.image.near

    @property
    def components(self) -> bool:
        """Whether labels are components of a mask."""
        return self.image.components

    def segment(self, window: Window) -> WindowResult:
        """Find the nuclei of a window."""
        seen = self.image.segment(window)
        outside = self.pixels.outside(window)
        left = seen.labels if outside is None else np.where(outside, 0, seen.labels)
        if self.whole:
            left = clear_border(left, mask=self._off_frame(window))
        elif outside is None:
            return seen
        labels, stays = renumbered(left, int(seen.labels.max(initial=0)))
        sure = None if seen.sure is None else seen.sure[stays]
        reasons = {name: values[stays] for name, values in seen.reasons.items()}
        return replace(seen, labels=labels, sure=sure, reasons=reasons)

    def _off_frame(self, window: Window) -> np.ndarray:
        """Return which pixels of a window do not lie at the frame of the image."""
        inner = np.zeros([w.stop - w.start for w in window], bool)
        ends = zip(window, self.shape, strict=True)
        inner[tuple(slice(int(w.start == 0), -1 if w.stop == n else None) for w, n in ends)] = True
        return inner


def examine(entry: Entry, source: Windowed) -> tuple[float, float, float]:
    """Look at all pixels of a large image once.

    Returns
    -------
    low, high
        The least and the largest value.
    fill
        The median, for pixels without a number.

    Raises
    ------
    ImageError
        If pixels are infinite, or of values that 32 bits cannot tell apart.
    """
    lows, highs, some = [], [], []
    apart = max(1, entry.size // SAMPLE)
    for window in slabs(entry.shape):
        part = source[window].ravel()
        if part.dtype.kind == "f":
            part = part[~np.isnan(part)]
        if part.size:
            lows.append(part.min())
            highs.append(part.max())
            some.append(part[::apart])
    if not lows:
        return 0.0, 0.0, 0.0
    low, high = min(lows), max(highs)
    if not (np.isfinite(low) and np.isfinite(high)):
        raise ImageError(
            f"{entry.path} has pixels that are infinite: replace them with numbers, or with NaN "
            "where the image does not reach"
        )
    try:
        check_range(Image(entry.path, np.array([low, high]), entry.spacing, entry.name))
    except AdganError as error:
        raise ImageError(str(error)) from error
    return float(low), float(high), float(np.median(np.concatenate(some)))
