"""The loop over images: read one, do what is to be done, write down that it was."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from adgan.batch.manifest import Manifest, Row
from adgan.errors import AdganError, ImageError
from adgan.io import Entry, Skipped, ahead

SMALL = 2**28
"""Bytes of pixels up to which an image is read while the one before is worked on."""

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
    """Do something to each image, and go on where one cannot be read.

    Parameters
    ----------
    read
        Reads one image, in a thread of its own.
    entries
        Those to do.
    do
        Called with a description, what was read and a function to be told the share of it that
        is done; gives a row of the manifest and a result. An :class:`ImageError` skips the image.
    manifest
        Where rows are written, once all that `do` writes is.
    progress
        Called with the share of all pixels that is done and the name of the image.

    Yields
    ------
    row, result
        One an image; without a result where it was skipped.
    """
    every, done = sum(entry.size for entry in entries), 0
    if progress and entries:
        progress(0.0, entries[0].name)
    for entry, taken in ahead(entries, read, lambda e: e.nbytes <= SMALL):

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
            del image  # before the next one is taken
        except ImageError as error:
            row = Row.of_skipped(Skipped(entry.path, entry.name, str(error)))
        if manifest:
            manifest.add(row)
        done += entry.size
        if progress:
            progress(done / every, entry.name)
        yield row, result
