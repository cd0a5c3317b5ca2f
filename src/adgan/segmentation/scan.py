"""The input of a model: one image and how it is handled."""

from collections.abc import Sequence
from dataclasses import dataclass

from adgan.io import Windowed
from adgan.survey.handling import Handling


@dataclass(frozen=True)
class Scan:
    """The input of a model: one image and how it is handled.

    Attributes
    ----------
    pixels
        ``(Z) Y X``; inverted already if `handling` says that nuclei are dark.
    spacing
        Pixel size in micrometres per axis; None if unknown.
    handling
        Corrections for this image, see :func:`adgan.models.build.build_handlings`.
    large
        True if the image stays on the disk and is read by window.
    """

    pixels: Windowed
    spacing: Sequence[float] | None = None
    handling: Handling = Handling()
    large: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the image, ``(Z) Y X``."""
        return self.pixels.shape
