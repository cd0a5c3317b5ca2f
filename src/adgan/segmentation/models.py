"""What segmenting asks of a model, be it trained or built in."""

from collections.abc import Sequence
from typing import Protocol, Self

import torch

from adgan.auto.handling import Handling
from adgan.io import Collection, Entry, Image
from adgan.plan import Plan
from adgan.recipe import Recipe
from adgan.segmentation.options import Options
from adgan.segmentation.scan import Scan
from adgan.segmentation.windows import WindowSegmenter
from adgan.tiling import Tile


class SegmentationModel(Protocol):
    """A model with all that it knows of the images it is to segment."""

    @property
    def recipe(self) -> Recipe:
        """How images are read."""

    @property
    def any_ndim(self) -> bool:
        """Whether it segments images as well as volumes."""

    def fingerprint(self) -> str:
        """Return a hash of all that decides what the model finds."""

    def on(self, device: torch.device) -> Self:
        """Return the same model, computing on a device."""

    def used_to(self, collection: Collection) -> Self:
        """Return the same model once it has looked at the images of a set."""

    def handling(self, name: str) -> Handling:
        """Return what is to be done to one image of the set, by its name."""

    def is_large(self, entry: Entry, options: Options) -> bool:
        """Whether an image is to be read, segmented and written by window.

        Raises
        ------
        AdganError
            If memory is short even for that.
        """

    def measure(self, scan: Scan, options: Options) -> tuple[WindowSegmenter, list[Tile]] | None:
        """Measure an image as a whole, and cut it into blocks.

        Parameters
        ----------
        scan
            The image.
        options
            What is to be found.

        Returns
        -------
        tuple or None
            What segments any window of it, and its blocks; None where no nuclei stand out.
        """

    def describe(self, entries: Sequence[Entry]) -> list[str]:
        """Return lines on what is done to images."""

    def plan(self, entries: Sequence[Entry], probes: Sequence[Image], options: Options) -> Plan:
        """Return the time and memory to expect, from parts of some images."""
