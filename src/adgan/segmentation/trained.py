"""A trained run behind the interface of a model for segmentation."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Self

import numpy as np
import torch

from adgan.builtin.measured_image import bytes_per_pixel
from adgan.builtin.reading import Reading
from adgan.errors import AdganError
from adgan.image.tiling import Tile
from adgan.io import Collection, Entry, Image
from adgan.models.build import build_handlings, build_parts
from adgan.models.segmenter import Segmenter
from adgan.recipe.recipe import Recipe
from adgan.runs.checkpoint import Model, fingerprint
from adgan.segmentation.blocks import cut_blocks, one_block
from adgan.segmentation.builtin_windows import BuiltInWindows
from adgan.segmentation.expect import plan_trained
from adgan.segmentation.models import Scan
from adgan.segmentation.options import AS_USUAL, SegmentOptions
from adgan.segmentation.run_windows import RunWindows
from adgan.segmentation.size import (
    block_size,
    needs_windows,
    pixel_bytes,
    pixels_compared,
    plan_blocks,
    working_size,
)
from adgan.segmentation.untrained import BuiltIn, built_in
from adgan.survey import handling as handlings
from adgan.survey.handling import Handling
from adgan.survey.inputs import describe_thin
from adgan.system.peak import available
from adgan.system.plan import Plan

PLACEHOLDER_SIDE_PIXELS = 16
"""Side of the blank image that replaces an unreadable one when all images are examined."""


class _Pixels(Sequence[np.ndarray]):
    """The pixels of a collection, each read on access; an unreadable image is blank."""

    def __init__(self, collection: Collection):
        self.collection = collection

    def __len__(self) -> int:
        return len(self.collection)

    def __getitem__(self, number: Any) -> Any:
        entry = self.collection.entries[number]
        try:
            return self.collection.read_sample(entry).pixels
        except AdganError:
            return np.zeros((PLACEHOLDER_SIDE_PIXELS,) * len(entry.shape), np.uint8)


@dataclass(frozen=True)
class Trained:
    """A :class:`adgan.segmentation.models.SegmentationModel`.

    Attributes
    ----------
    model
        The run, on the device to compute on.
    handlings
        Corrections for single images, by their names.
    """

    model: Model
    handlings: dict[str, Handling] = field(default_factory=dict)
    any_ndim = False

    @property
    def recipe(self) -> Recipe:
        """Settings of the run."""
        return self.model.recipe

    @property
    def device(self) -> torch.device:
        """Device of the run."""
        return next(self.model.generator.parameters()).device

    def fingerprint(self) -> str:
        """Return a hash of weights and settings."""
        return fingerprint(self.model)

    def on(self, device: torch.device) -> Self:
        """Move the networks to a device, and return the same model."""
        self.model.generator.to(device)
        return self

    def used_to(self, collection: Collection) -> Self:
        """Determine the corrections for each image; none for an image that cannot be read.

        All images are examined, even those of other parts and those segmented before, so that an
        image is handled in the same way in all parts.
        """
        pixels = _Pixels(collection)
        found, _ = build_handlings(self.recipe, pixels, self.model.usual_radius)
        names = [entry.name for entry in collection.entries]
        return replace(self, handlings=dict(zip(names, found, strict=True)))

    def handling(self, name: str) -> Handling:
        """Return the corrections for one image."""
        return self.handlings.get(name, Handling())

    def _bytes_each(self, ndim: int, options: SegmentOptions) -> float:
        """Return the memory per working pixel of a block, in bytes."""
        each = float(pixel_bytes(options.confidence))
        if self._votes or options.confidence:
            likely = Reading(2 * self.recipe.disc_radius, False, 1.0, 1.0, (1.0,) * ndim)
            each += bytes_per_pixel(likely)
        return each

    def is_large(self, entry: Entry, options: SegmentOptions) -> bool:
        """Return True if an image must be read, segmented and written by window."""
        if self.recipe.task == "semantic":  # its components need the whole mask
            return False
        held = entry.size * (options.held + entry.dtype.itemsize)
        if len(entry.shape) == 3 and held < available() / 2:
            return False  # segmented in blocks, too, but written like other volumes
        pixels = working_size(self.recipe, entry.shape, entry.spacing)
        return needs_windows(entry, pixels, self._bytes_each(len(entry.shape), options))

    def measure(self, scan: Scan, options: SegmentOptions) -> tuple[RunWindows, list[Tile]]:
        """Measure an image as a whole, and cut it into blocks."""
        pixels, spacing, large = scan.pixels, scan.spacing, scan.large
        recipe = self.recipe.magnified(scan.handling.factor)
        segmenter = Segmenter(recipe, self.model.generator, options.threshold, options.symmetries)
        image, shape, moments = build_parts(recipe, pixels, spacing), pixels.shape, None
        cut = len(shape) == 3 and block_size(working_size(recipe, shape, spacing))
        votes, confidence = self._votes, options.confidence
        theirs = self._built_in_view(recipe, scan) if votes or confidence else None
        if large or cut:
            moments = segmenter.statistics(image)
        windows = RunWindows(
            segmenter,
            image,
            moments,
            confidence,
            options.probability,
            voter=theirs if votes else None,
            usual=self.model.agreement,
            witness=theirs if confidence else None,
        )
        if moments is None:
            return windows, [one_block(shape)]
        windows = windows.compared()
        if not large:
            return windows, plan_blocks(recipe, shape, spacing)
        size = math.prod(shape)
        zoom = working_size(self.recipe, shape, spacing) / size
        most = block_size(size, zoom * self._bytes_each(len(shape), options))
        return windows, cut_blocks(shape, windows.overlap, most or size)

    @property
    def _votes(self) -> bool:
        return self.recipe.umpire and self.recipe.task == "instance"

    def _built_in_view(self, recipe: Recipe, scan: Scan) -> BuiltInWindows | None:
        """Return the built-in model's view of an image; None if it sees no nuclei."""
        model, student = self._built_in(recipe), self.model.student
        if student:
            student.module.to(self.device)
        known = replace(scan, spacing=scan.spacing or recipe.data.spacing)
        return model.measure_windows(known, AS_USUAL, student)

    def _built_in(self, recipe: Recipe) -> BuiltIn:
        """Return the built-in model on the device of the run; it tries the sizes of the run."""
        return replace(built_in(), device=self.device, usual=2 * recipe.disc_radius)

    def describe(self, entries: Sequence[Entry]) -> list[str]:
        """Return notes on corrected images, and on volumes with few planes for the networks."""
        told = handlings.describe(list(self.handlings.values()))
        return [*told, *describe_thin(self.recipe, entries)]

    def plan(
        self, entries: Sequence[Entry], probes: Sequence[Image], options: SegmentOptions
    ) -> Plan:
        """Return the expected time and memory, measured on parts of some images."""
        plan = plan_trained(self.model, entries, probes, options)
        if not self._votes:
            return plan
        voter = self._built_in(self.recipe)
        compared = partial(pixels_compared, self.recipe.tiling.block)
        return plan.then(voter.plan(entries, probes, options, compared))
