"""A large image before it is cut into blocks: its value range, and its NaN pixels left out."""

from dataclasses import dataclass

import numpy as np
from skimage.segmentation import clear_border

from adgan.errors import AdganError, ImageError
from adgan.io import Entry, Image, Windowed
from adgan.io.glimpses import slabs
from adgan.io.image import check_range
from adgan.io.windowed import Filled
from adgan.segmentation.windows import Window, WindowResult, WindowSegmenter, renumbered

MEDIAN_SAMPLE_PIXELS = 2**20
"""Number of pixels from which the median, the fill value of NaN pixels, is estimated."""


@dataclass(frozen=True)
class Inside:
    """A large image without nuclei in its NaN pixels.

    Attributes
    ----------
    image, pixels
        Segments the image, and its pixels.
    whole
        If True, also leave out nuclei that touch the image border.
    """

    image: WindowSegmenter
    pixels: Filled
    whole: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the image, ``(Z) Y X``."""
        return self.image.shape

    @property
    def near(self) -> tuple[float, ...]:
        """Largest distance in pixels between the centres that two blocks find for a nucleus."""
        return self.image.near

    @property
    def components(self) -> bool:
        """True if labels are connected components of a mask."""
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
        return seen.keeping(*renumbered(left, int(seen.labels.max(initial=0))))

    def _off_frame(self, window: Window) -> np.ndarray:
        """Return a mask of the pixels of a window that are not on the image border."""
        inner = np.zeros([w.stop - w.start for w in window], bool)
        ends = zip(window, self.shape, strict=True)
        inner[tuple(slice(int(w.start == 0), -1 if w.stop == n else None) for w, n in ends)] = True
        return inner


def examine(entry: Entry, source: Windowed) -> tuple[float, float, float]:
    """Measure the value range of a large image in one pass over all pixels.

    Returns
    -------
    low, high
        The smallest and the largest value.
    fill
        The median, which replaces NaN.

    Raises
    ------
    ImageError
        If pixels are infinite, or as :func:`adgan.io.image.check_range`.
    """
    lows, highs, some = [], [], []
    apart = max(1, entry.size // MEDIAN_SAMPLE_PIXELS)
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
            "outside the imaged area"
        )
    try:
        check_range(Image(entry.path, np.array([low, high]), entry.spacing, entry.name))
    except AdganError as error:
        raise ImageError(str(error)) from error
    return float(low), float(high), float(np.median(np.concatenate(some)))
