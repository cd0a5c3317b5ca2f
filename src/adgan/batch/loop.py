"""The loop over images: read each one, process it, and record it in the manifest."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from adgan.batch.manifest import Manifest, Row
from adgan.errors import AdganError, ImageError
from adgan.io import Entry, Skipped, ahead

READ_AHEAD_BYTES_MAX = 2**28
"""Largest image in bytes that is read while the previous one is processed."""

T = TypeVar("T")
R = TypeVar("R")
Progress = Callable[[float, str], None]
Do = Callable[[Entry, T, Callable[[float], None]], tuple[Row, R]]


def work_through(
    read: Callable[[Entry], T],
    entries: Sequence[Entry],
    do: Do[T, R],
    manifest: Manifest | None = None,
    progress: Progress | None = None,
) -> Iterator[tuple[Row, R | None]]:
    """Process each image, and skip those that cannot be read.

    Parameters
    ----------
    read
        Reads one image, in a background thread.
    entries
        The images to process.
    do
        Called with the description of an image, what was read, and a function to report the
        finished fraction of it; returns a row of the manifest and a result. If it raises
        :class:`ImageError`, the image is skipped.
    manifest
        Gets the row of an image after `do` has written all of its files.
    progress
        Called with the finished fraction of all pixels and the name of the image.

    Yields
    ------
    row, result
        One pair per image; the result is None if the image was skipped.
    """
    every, done = sum(entry.size for entry in entries), 0
    if progress and entries:
        progress(0.0, entries[0].name)
    for entry, taken in ahead(entries, read, lambda e: e.nbytes <= READ_AHEAD_BYTES_MAX):

        def shown(share: float, entry: Entry = entry, done: int = done) -> None:
            if progress:
                progress((done + share * entry.size) / every, entry.name)

        result = None
        try:
            try:
                image = taken()
            except AdganError as error:
                raise ImageError(str(error)) from error
            row, result = do(entry, image, shown)
            del image  # frees it before the next one is taken
        except ImageError as error:
            row = Row.of_skipped(Skipped(entry.path, entry.name, str(error)))
        if manifest:
            manifest.add(row)
        done += entry.size
        if progress:
            progress(done / every, entry.name)
        yield row, result
