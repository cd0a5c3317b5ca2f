"""The loop over images: read each one, process it, and record it in the manifest."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from adgan.batch.manifest import Manifest, Row
from adgan.errors import AdganError, ImageError
from adgan.io import Entry, Skipped

READ_AHEAD_BYTES_MAX = 2**28
"""Largest image in bytes that is read while the previous one is processed."""

Item = TypeVar("Item")
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


def ahead(
    items: Iterable[Item], read: Callable[[Item], T], small: Callable[[Item], bool] = lambda _: True
) -> Iterator[tuple[Item, Callable[[], T]]]:
    """Yield items, each with a function that returns what was read from it.

    The next item is read in the background while the current one is processed.

    Parameters
    ----------
    items
        The items to read, in this order.
    read
        Called in one background thread, for one item at a time.
    small
        Returns True for an item small enough to be in memory together with the one before it.

    Yields
    ------
    item, result
        ``result()`` returns what `read` returned, or raises what it raised.
    """
    with ThreadPoolExecutor(1) as pool:
        waiting: deque[tuple[Item, Future[T]]] = deque()

        def taken() -> tuple[Item, Callable[[], T]]:
            item, future = waiting.popleft()
            return item, future.result

        for item in items:
            if waiting and not small(item):
                yield taken()
            waiting.append((item, pool.submit(read, item)))
            if len(waiting) > 1:
                yield taken()
        while waiting:
            yield taken()
