"""The interface of a model for segmentation, trained or built in, and its input."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import torch

from adgan.image.tiling import Tile
from adgan.io import Collection, Entry, Image, Windowed
from adgan.recipe.recipe import Recipe
from adgan.segmentation.options import SegmentOptions
from adgan.segmentation.windows import WindowSegmenter
from adgan.survey.handling import Handling
from adgan.system.plan import Plan


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


class SegmentationModel(Protocol):
    """A model and what it has measured on the images to segment."""

    @property
    def recipe(self) -> Recipe:
        """The settings, including how images are read."""

    @property
    def any_ndim(self) -> bool:
        """True if the model segments both images and volumes."""

    def fingerprint(self) -> str:
        """Return a hash of everything that determines the model's results."""

    def on(self, device: torch.device) -> Self:
        """Return the same model, computing on a device."""

    def used_to(self, collection: Collection) -> Self:
        """Return the same model adapted to the images of a set."""

    def handling(self, name: str) -> Handling:
        """Return the corrections for one image of the set, by its name."""

    def is_large(self, entry: Entry, options: SegmentOptions) -> bool:
        """Return True if an image must be read, segmented and written by window.

        Raises
        ------
        AdganError
            If there is not enough memory even for that.
        """

    def measure(
        self, scan: Scan, options: SegmentOptions
    ) -> tuple[WindowSegmenter, list[Tile]] | None:
        """Measure an image as a whole, and cut it into blocks.

        Parameters
        ----------
        scan
            The image.
        options
            The requested results.

        Returns
        -------
        tuple or None
            A segmenter of any window, and the blocks; None if the image shows no nuclei.
        """

    def describe(self, entries: Sequence[Entry]) -> list[str]:
        """Return notes on how images are handled, one per line."""

    def plan(
        self, entries: Sequence[Entry], probes: Sequence[Image], options: SegmentOptions
    ) -> Plan:
        """Return the expected time and memory, measured on parts of some images."""
