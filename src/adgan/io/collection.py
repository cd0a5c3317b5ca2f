"""A set of images that were described first and are read one at a time, so that few are held."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from adgan.errors import AdganError
from adgan.io.entry import Entry, Skipped
from adgan.io.glimpses import glimpses
from adgan.io.image import Image, check_pixels, check_range
from adgan.io.lazy import Lazy
from adgan.io.outside import fill_outside
from adgan.io.windowed import Windowed

GLIMPSE = {2: 1024, 3: 160}
"""Pixels an axis of the part of a large image that is looked at."""


class Collection:
    """Images that belong together.

    Parameters
    ----------
    entries
        Those that can be used, as far as their headers tell.
    skipped
        Those that cannot.
    notes
        What is to be said of them, a line each.
    """

    def __init__(
        self, entries: Sequence[Entry], skipped: Sequence[Skipped] = (), notes: Sequence[str] = ()
    ):
        self.entries = list(entries)
        self.skipped = list(skipped)
        self.notes = list(notes)
        self._lock = threading.Lock()
        self._last: tuple[object, list[Image]] = (None, [])

    def __len__(self) -> int:
        """Return how many images can be used."""
        return len(self.entries)

    @property
    def paths(self) -> list[Path]:
        """The files, those that cannot be used too."""
        return [one.path for one in self.entries] + [one.path for one in self.skipped]

    @property
    def images(self) -> Lazy[Image]:
        """The images, each read when it is asked for."""
        return Lazy(len(self), lambda i: self.read(self.entries[i]))

    @property
    def pixels(self) -> Lazy[np.ndarray]:
        """Their pixels alone, each read when it is asked for."""
        return Lazy(len(self), lambda i: self.read(self.entries[i]).pixels)

    def read(self, entry: Entry) -> Image:
        """Read one image; a file of many frames is held until another is read, an only one too.

        Raises
        ------
        AdganError
            If it cannot be read, has infinite pixels or values beyond all limits, or is no longer
            what was described.
        """
        image = self._read(entry)
        if image.pixels.shape != entry.shape:
            raise AdganError(f"{entry.path} has changed while it was worked on: start again")
        image = fill_outside(replace(image, name=entry.name, spacing=entry.spacing))
        check_range(image)
        return image

    def look(self, entry: Entry) -> Image:
        """Read one image, of a large one the part of :data:`GLIMPSE` in which most happens.

        Raises
        ------
        AdganError
            As :meth:`read`.
        """
        if not entry.large:
            return self.read(entry)
        source = self.open(entry)
        (window,) = glimpses(source, 1, GLIMPSE[len(entry.shape)])
        image = fill_outside(Image(entry.path, source[window], entry.spacing, entry.name))
        check_range(image)
        return image

    @staticmethod
    def open(entry: Entry) -> Windowed:
        """Open a large image, to read windows of it.

        Raises
        ------
        AdganError
            If it is no longer what was described.
        """
        source = entry.windows()
        if source is None or source.shape != entry.shape:
            raise AdganError(f"{entry.path} has changed while it was worked on: start again")
        return source

    def _read(self, entry: Entry) -> Image:
        if entry.parts == 1 and len(self) > 1:
            return entry.load()[0]
        with self._lock:
            if self._last[0] is not entry.load:
                self._last = (None, [])  # before the next file is decoded beside it
                self._last = (entry.load, entry.load())
            return self._last[1][entry.part]

    def read_some(self, numbers: Iterable[int]) -> tuple[list[Image], list[Skipped]]:
        """Read some images, of large ones a part; those left out that are blank or no good.

        Parameters
        ----------
        numbers
            Of their entries.

        Returns
        -------
        images
            Those with something to see.
        skipped
            The others.
        """
        images, bad = [], []
        for number in numbers:
            entry = self.entries[number]
            try:
                image = self.look(entry)
                check_pixels(image)
            except AdganError as error:
                bad.append(Skipped(entry.path, entry.name, str(error)))
            else:
                images.append(image)
        return images, bad

    def without(self, skipped: Sequence[Skipped]) -> "Collection":
        """Return the collection with some images found to be of no use."""
        if not skipped:
            return self
        names = {one.name for one in skipped}
        kept = [entry for entry in self.entries if entry.name not in names]
        return Collection(kept, [*self.skipped, *skipped], self.notes)

    def proven(
        self, read: Callable[[Entry], Any] | None = None, every: bool = False
    ) -> "Collection":
        """Return the collection without images whose pixels turn out to be no good.

        Parameters
        ----------
        read
            Reads an image and what belongs to it; :meth:`look` when absent.
        every
            Whether each image is read, and not only as many as it takes to find a good one.

        Raises
        ------
        AdganError
            If no image can be used.
        """
        bad = []
        for entry in self.entries:
            try:
                (read or self.look)(entry)
            except AdganError as error:
                bad.append(Skipped(entry.path, entry.name, str(error)))
            else:
                if not every:
                    break
        return self.without(bad).require()

    def require(self, strict: bool = False) -> "Collection":
        """Return the collection, or refuse it.

        Parameters
        ----------
        strict
            Whether a single image that cannot be used is one too many.

        Raises
        ------
        AdganError
            If no image can be used, or, where it is strict, not every one: naming them all.
        """
        bad = self.skipped
        if bad and (strict or not self.entries):
            if len(bad) == 1:
                raise AdganError(bad[0].reason)
            total = len(bad) + len(self)
            reasons = "; ".join(one.reason for one in bad)
            raise AdganError(f"{len(bad)} of {total} images cannot be used: {reasons}")
        return self
