"""The loop over images, on this machine or on the workers of a cluster."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from adgan.batch.loop import work_through
from adgan.batch.manifest import Manifest, Row
from adgan.errors import AdganError
from adgan.io import Collection, Entry, Image, Windowed
from adgan.segmentation.job import Job
from adgan.segmentation.result import Segmented

Progress = Callable[[float, str], None]


@contextmanager
def cluster_of(workers: int | str | None) -> Iterator[Any]:
    """Yield a cluster if one is requested, and otherwise None.

    Parameters
    ----------
    workers
        Number of processes to start, or address of a scheduler.

    Raises
    ------
    AdganError
        If no scheduler answers, or dask.distributed is missing.
    """
    if not workers:
        yield None
        return
    try:
        from adgan.batch.cluster import cluster
    except ImportError as error:
        raise AdganError(
            f"workers need the package dask.distributed ({error}): pip install 'adgan[dask]'"
        ) from error
    with cluster(workers) as client:
        yield client


def work_on(
    job: Job,
    collection: Collection,
    entries: Sequence[Entry],
    manifest: Manifest | None,
    progress: Progress | None,
    client: Any,
) -> Iterator[tuple[Row, Segmented | None]]:
    """Segment all images here, or on a cluster: one task per image, or per block of a large one.

    Parameters
    ----------
    job
        The work on each image.
    collection, entries
        All images, and those to segment.
    manifest, progress
        As for :func:`adgan.batch.loop.work_through`.
    client
        The client of the cluster, if there is one.
    """

    def read(entry: Entry) -> Image | Windowed:
        return collection.open(entry) if entry.large else collection.read(entry)

    if client is None:
        yield from work_through(read, entries, job.do, manifest, progress)
        return
    from adgan.batch.cluster import spread, spread_blocks

    every, before = sum(entry.size for entry in entries), 0

    def shown(share: float, name: str) -> None:
        if progress:
            progress((before + share * size) / every, name)

    small = [entry for entry in entries if not entry.large]
    size = sum(entry.size for entry in small)
    yield from spread(client, job.run, small, manifest, shown)
    for entry in entries:
        if entry.large:
            before, size = before + size, entry.size
            here = replace(job, each=spread_blocks(client, entry))
            yield from work_through(read, [entry], here.do, manifest, shown)
