"""The loop over images, on this machine or over the workers of a cluster."""

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
def cluster_of(workers: int | None, scheduler: str | None) -> Iterator[Any]:
    """Give a cluster where one is asked for, else None.

    Raises
    ------
    AdganError
        If nobody answers, or dask.distributed is missing.
    """
    if not (workers or scheduler):
        yield None
        return
    try:
        from adgan.batch.cluster import cluster
    except ImportError as error:
        raise AdganError(
            f"workers need dask.distributed ({error}): pip install 'adgan[dask]'"
        ) from error
    with cluster(workers, scheduler) as client:
        yield client


def work_on(
    job: Job,
    collection: Collection,
    entries: Sequence[Entry],
    manifest: Manifest | None,
    progress: Progress | None,
    client: Any,
) -> Iterator[tuple[Row, Segmented | None]]:
    """Do all images here; on a cluster an image per task, and each large one a block per task.

    Parameters
    ----------
    job
        What is done to each.
    collection, entries
        The images, and those of them that are to be done.
    manifest, progress
        As for :func:`adgan.batch.loop.work_through`.
    client
        Of the cluster, if there is one.
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
