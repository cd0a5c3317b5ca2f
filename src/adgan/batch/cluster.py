"""Work spread over the workers of a Dask cluster: a task an image, or a task a block of one.

What the tasks have in common, such as a model, travels once to each worker, as a plugin: workers
that join later, or anew after one was killed, get it as well, and need no disk shared for it.
"""

import logging
import os
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

import dask
from distributed import Client, Future, KilledWorker, LocalCluster, as_completed, get_worker
from distributed.diagnostics.plugin import WorkerPlugin

from adgan.batch.manifest import Manifest, Row
from adgan.errors import AdganError, ImageError
from adgan.io import Entry, Skipped

KILLS = 3
"""Workers that a task may kill before it is left out, on a cluster that is made here."""
LOCAL = {
    "distributed.scheduler.allowed-failures": KILLS - 1,
    # A worker holds no task but those that it works on, else these were blamed for its death, too.
    "distributed.scheduler.worker-saturation": 1.0,
    # One that was killed takes longer to start anew on a busy machine than Dask waits for it.
    "distributed.deploy.lost-worker-timeout": "1 hour",
}
AHEAD = 4
"""Tasks that wait for each thread of the workers, so that none is idle and few are held."""
PATIENCE = 60
"""Seconds until a scheduler answers, or has its first worker."""

A = TypeVar("A")
R = TypeVar("R")


class Carried(WorkerPlugin):
    """A function that each worker holds, and that tasks call by its name.

    Parameters
    ----------
    name
        Of its own.
    function
        Travels in bytes.
    """

    def __init__(self, name: str, function: Callable[..., Any]):
        self.name = name
        self.function = function
        self.place = os.getcwd()

    def setup(self, worker: Any) -> None:
        """Go to the folder that paths are told from."""
        if os.path.isdir(self.place):
            os.chdir(self.place)


def call(name: str, argument: Any) -> Any:
    """Call a function that this worker holds."""
    plugin = get_worker().plugins[name]
    assert isinstance(plugin, Carried), "only such are called"
    return plugin.function(argument)


@contextmanager
def cluster(workers: int | None, scheduler: str | None) -> Iterator[Client]:
    """Give a cluster: processes on this machine, or one that runs already.

    Parameters
    ----------
    workers
        Processes of one thread each that are started here, and end with the statement.
    scheduler
        Address of a scheduler, such as ``tcp://10.0.0.1:8786``; in place of `workers`.

    Raises
    ------
    AdganError
        If nobody answers there, or no worker comes.
    """
    with ExitStack() as stack:
        try:
            if scheduler:
                client = Client(scheduler, timeout=PATIENCE, set_as_default=False)
            else:
                stack.enter_context(dask.config.set(LOCAL))
                made = LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    dashboard_address="127.0.0.1:0",  # else 8787, which may be taken
                    silence_logs=logging.CRITICAL,
                )
                stack.callback(made.close)
                client = Client(made, set_as_default=False)
            stack.callback(client.close)
            client.wait_for_workers(1, timeout=PATIENCE)
        except (OSError, ValueError) as error:  # a timeout is the first of them
            raise AdganError(
                f"no scheduler with workers answers at {scheduler or 'this machine'} ({error}): "
                "start them, or check the address"
            ) from error
        yield client


@contextmanager
def carried(client: Client, function: Callable[[A], R]) -> Iterator[Callable[[A], Future]]:
    """Have all workers hold a function, and give what submits a call of it."""
    name = f"adgan-{uuid.uuid4().hex[:8]}"
    client.register_plugin(Carried(name, function), name=name)

    def submit(argument: A) -> Future:
        return client.submit(call, name, argument, key=f"{name}-{uuid.uuid4().hex}", pure=False)

    try:
        yield submit
    finally:
        if client.status == "running":
            client.unregister_worker_plugin(name)


def room(client: Client) -> int:
    """Return how many tasks are submitted at a time."""
    threads = sum(client.nthreads().values())
    return AHEAD * max(1, threads)


def spread(
    client: Client,
    do: Callable[[Entry], tuple[Row, R | None]],
    entries: Sequence[Entry],
    manifest: Manifest | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> Iterator[tuple[Row, R | None]]:
    """Do something to each image, on whatever worker is free.

    A worker that is killed costs its tasks alone, which others do. An image that kills one worker
    after the other is left out.

    Parameters
    ----------
    client
        Of the cluster.
    do
        Reads an image, does all that is to be done and writes it; travels in bytes.
    entries, manifest, progress
        As for :func:`adgan.batch.loop.work_through`.

    Yields
    ------
    row, result
        One an image, in the order in which they are done.

    Raises
    ------
    AdganError
        What a task raises that is no image's fault, such as a full disk.
    """
    every, done = sum(entry.size for entry in entries), 0
    waiting = iter(entries)
    at_work: dict[Future, Entry] = {}
    with carried(client, do) as submit:
        if progress and entries:
            progress(0.0, entries[0].name)
        finished = as_completed(loop=client.loop)

        def send(number: int) -> None:
            for entry in _first(waiting, number):
                future = submit(entry)
                at_work[future] = entry
                finished.add(future)

        send(room(client))
        for future in finished:
            entry = at_work.pop(future)
            row, result = _taken(future, entry)
            future.release()
            send(max(0, room(client) - len(at_work)))
            if manifest:
                manifest.add(row)
            done += entry.size
            if progress:
                progress(done / every, entry.name)
            yield row, result


def _first(items: Iterator[A], number: int) -> Iterator[A]:
    for _, item in zip(range(number), items, strict=False):
        yield item


def _taken(future: Future, entry: Entry) -> tuple[Row, Any]:
    try:
        return future.result()
    except KilledWorker as error:
        return Row.of_skipped(Skipped(entry.path, entry.name, str(_killed(entry, error)))), None


def _killed(entry: Entry, error: KilledWorker) -> ImageError:
    return ImageError(
        f"{entry.path} was left out, as one worker after the other died of it "
        f"(the last was {error.last_worker.address}): give them more memory, or leave it out"
    )


def spread_blocks(client: Client, entry: Entry) -> Callable[..., Iterator[Any]]:
    """Return what applies a function to the blocks of one large image, in order.

    See :func:`adgan.segmentation.blocks.segment_blocks`.
    """

    def each(function: Callable[[A], R], items: Iterable[A]) -> Iterator[R]:
        with carried(client, function) as submit:
            coming, left = deque[Future](), iter(items)
            coming.extend(map(submit, _first(left, room(client))))
            while coming:
                future = coming.popleft()
                try:
                    result = future.result()
                except KilledWorker as error:
                    raise _killed(entry, error) from error
                future.release()
                coming.extend(map(submit, _first(left, 1)))
                yield result

    return each
