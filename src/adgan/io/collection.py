"""A set of images, described by their headers and read one at a time to limit memory."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from adgan.errors import AdganError
from adgan.io.entry import Entry, Skipped
from adgan.io.glimpses import glimpses
from adgan.io.image import Image, check_pixels, check_range, fill_outside
from adgan.io.windowed import Windowed

GLIMPSE_SIDE_PIXELS = {2: 1024, 3: 160}
"""Side of the window that is examined instead of a large image, by number of axes."""


class Collection:
    """Images that belong together.

    Parameters
    ----------
    entries
        Images that can be used, according to their headers.
    skipped
        Files that cannot be used.
    notes
        Notes for the user, one line each.
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
        """The files, including those that cannot be used."""
        return [one.path for one in self.entries] + [one.path for one in self.skipped]

    def read(self, entry: Entry) -> Image:
        """Read one image.

        A file with many frames, or the only file, stays in memory until another one is read.

        Raises
        ------
        AdganError
            If it cannot be read, has infinite pixels or values outside
            :data:`adgan.io.image.FLOAT32_RANGE`, or no longer matches its description.
        """
        image = self._read(entry)
        if image.pixels.shape != entry.shape:
            raise AdganError(f"{entry.path} has changed during processing: start again")
        image = fill_outside(replace(image, name=entry.name, spacing=entry.spacing))
        check_range(image)
        return image

    def read_sample(self, entry: Entry) -> Image:
        """Read one image, or the window of a large image with the highest contrast.

        The side of the window is :data:`GLIMPSE_SIDE_PIXELS`.

        Raises
        ------
        AdganError
            As :meth:`read`.
        """
        if not entry.large:
            return self.read(entry)
        source = self.open(entry)
        (window,) = glimpses(source, 1, GLIMPSE_SIDE_PIXELS[len(entry.shape)])
        image = fill_outside(Image(entry.path, source[window], entry.spacing, entry.name))
        check_range(image)
        return image

    @staticmethod
    def open(entry: Entry) -> Windowed:
        """Open a large image, to read windows of it.

        Raises
        ------
        AdganError
            If it no longer matches its description.
        """
        source = entry.windows()
        if source is None or source.shape != entry.shape:
            raise AdganError(f"{entry.path} has changed during processing: start again")
        return source

    def _read(self, entry: Entry) -> Image:
        if entry.parts == 1 and len(self) > 1:
            return entry.load()[0]
        with self._lock:
            if self._last[0] is not entry.load:
                self._last = (None, [])  # frees the last file before the next one is decoded
                self._last = (entry.load, entry.load())
            return self._last[1][entry.part]

    def read_some(self, numbers: Iterable[int]) -> tuple[list[Image], list[Skipped]]:
        """Read some images as :meth:`read_sample` does, except blank and unusable ones.

        Parameters
        ----------
        numbers
            Indices of their entries.

        Returns
        -------
        images
            Images that can be used.
        skipped
            The others, with the reason.
        """
        images, bad = [], []
        for number in numbers:
            entry = self.entries[number]
            try:
                image = self.read_sample(entry)
                check_pixels(image)
            except AdganError as error:
                bad.append(Skipped(entry.path, entry.name, str(error)))
            else:
                images.append(image)
        return images, bad

    def without(self, skipped: Sequence[Skipped]) -> "Collection":
        """Return the collection with some more images skipped."""
        if not skipped:
            return self
        names = {one.name for one in skipped}
        kept = [entry for entry in self.entries if entry.name not in names]
        return Collection(kept, [*self.skipped, *skipped], self.notes)

    def proven(
        self, read: Callable[[Entry], Any] | None = None, every: bool = False
    ) -> "Collection":
        """Return the collection without images that fail when their pixels are read.

        Parameters
        ----------
        read
            Reads an image and any files that belong to it (default: :meth:`read_sample`).
        every
            If True, read every image; if False, stop at the first one that can be used.

        Raises
        ------
        AdganError
            If no image can be used.
        """
        bad = []
        for entry in self.entries:
            try:
                (read or self.read_sample)(entry)
            except AdganError as error:
                bad.append(Skipped(entry.path, entry.name, str(error)))
            else:
                if not every:
                    break
        return self.without(bad).require()

    def require(self, strict: bool = False) -> "Collection":
        """Return the collection if it can be used.

        Parameters
        ----------
        strict
            If True, one image that cannot be used is an error.

        Raises
        ------
        AdganError
            If no image can be used or, with `strict`, if any cannot; names each of them.
        """
        bad = self.skipped
        if bad and (strict or not self.entries):
            if len(bad) == 1:
                raise AdganError(bad[0].reason)
            total = len(bad) + len(self)
            reasons = "; ".join(one.reason for one in bad)
            raise AdganError(f"{len(bad)} of {total} images cannot be used: {reasons}")
        return self
