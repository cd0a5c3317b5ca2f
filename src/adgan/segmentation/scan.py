"""One image as a model is given it."""

from collections.abc import Sequence
from dataclasses import dataclass

from adgan.auto.handling import Handling
from adgan.io import Windowed


@dataclass(frozen=True)
class Scan:
    """One image as a model is given it.

    Attributes
    ----------
    pixels
        ``(Z) Y X``, nuclei bright where `handling` said they are not.
    spacing
        Pixel size in micrometres per axis, where it is known.
    handling
        What this image alone needs, see :func:`adgan.build.build_handlings`.
    large
        Whether it stays on the disk.
    """

    pixels: Windowed
    spacing: Sequence[float] | None = None
    handling: Handling = Handling()
    large: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the image."""
        return self.pixels.shape
