"""Distribute work over a Dask cluster: one task per image, or per block of a large image.

What all tasks share, such as a model, is sent to each worker once, as a plugin. Workers that join
later, or replace a killed one, get it too, and no shared disk is needed for it.
"""

import logging
import os
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import dask
from distributed import Client, Future, KilledWorker, LocalCluster, as_completed, get_worker
from distributed.diagnostics.plugin import WorkerPlugin

from adgan.batch.manifest import Manifest, Row
from adgan.errors import AdganError, ImageError
from adgan.io import Entry, Skipped
from adgan.system.heap import release_late


@dataclass(frozen=True)
class ClusterLimits:
    """How far tasks may try a cluster, and how long it is waited for.

    Parameters
    ----------
    deaths
        Number of workers that a task may kill before it is skipped, on a cluster started here.
    tasks
        Number of submitted tasks per thread: keeps threads busy without queueing many tasks.
    timeout
        Time for a scheduler to answer, and to have its first worker, in seconds.
    """

    deaths: int = 3
    tasks: int = 4
    timeout: int = 60


LIMITS = ClusterLimits()
LOCAL = {
    "distributed.scheduler.allowed-failures": LIMITS.deaths - 1,
    # A worker has no waiting tasks: they would be blamed for its death, too.
    "distributed.scheduler.worker-saturation": 1.0,
    # On a busy machine, a killed worker restarts more slowly than Dask waits by default.
    "distributed.deploy.lost-worker-timeout": "1 hour",
}

A = TypeVar("A")
R = TypeVar("R")


class Carried(WorkerPlugin):
    """A function that is sent to each worker and that tasks call by its name.

    Parameters
    ----------
    name
        Unique name.
    function
        Must be serialisable.
    """

    def __init__(self, name: str, function: Callable[..., Any]):
        self.name = name
        self.function = function
        self.place = os.getcwd()

    def setup(self, worker: Any) -> None:
        """Change to the folder to which paths are relative, and undo Dask's setting of the heap."""
        release_late()
        if os.path.isdir(self.place):
            os.chdir(self.place)


def call(name: str, argument: Any) -> Any:
    """Call a function that was sent to this worker."""
    plugin = get_worker().plugins[name]
    assert isinstance(plugin, Carried), "tasks call only functions that were sent"
    return plugin.function(argument)


@contextmanager
def cluster(workers: int | str) -> Iterator[Client]:
    """Start a cluster of processes on this machine, or connect to a running one.

    Parameters
    ----------
    workers
        Number of single-threaded processes to start here, which end with the ``with`` statement, or
        address of a running scheduler, such as ``tcp://10.0.0.1:8786``.

    Raises
    ------
    AdganError
        If no scheduler answers at the address, or it has no workers.
    """
    place = workers if isinstance(workers, str) else "this machine"
    with ExitStack() as stack:
        try:
            if isinstance(workers, str):
                client = Client(workers, timeout=LIMITS.timeout, set_as_default=False)
            else:
                stack.enter_context(dask.config.set(LOCAL))
                made = LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    dashboard_address="127.0.0.1:0",  # the default port, 8787, may be in use
                    silence_logs=logging.CRITICAL,
                )
                stack.callback(made.close)
                client = Client(made, set_as_default=False)
            stack.callback(client.close)
            client.wait_for_workers(1, timeout=LIMITS.timeout)
        except (OSError, ValueError) as error:  # a timeout is an OSError
            raise AdganError(
                f"no scheduler with workers answers at {place} ({error}): "
                "start it and its workers, or check the address"
            ) from error
        yield client


@contextmanager
def carried(client: Client, function: Callable[[A], R]) -> Iterator[Callable[[A], Future]]:
    """Send a function to all workers, and yield a function that submits calls of it."""
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
    """Return the number of tasks that are submitted at a time."""
    threads = sum(client.nthreads().values())
    return LIMITS.tasks * max(1, threads)


def spread(
    client: Client,
    do: Callable[[Entry], tuple[Row, R | None]],
    entries: Sequence[Entry],
    manifest: Manifest | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> Iterator[tuple[Row, R | None]]:
    """Process each image on any free worker.

    If a worker is killed, others repeat its tasks. An image that repeatedly kills workers is
    skipped.

    Parameters
    ----------
    client
        The client of the cluster.
    do
        Reads, processes and writes one image; must be serialisable.
    entries, manifest, progress
        As for :func:`adgan.batch.loop.work_through`.

    Yields
    ------
    row, result
        One pair per image, in the order of completion.

    Raises
    ------
    AdganError
        If a task fails for a reason other than its image, such as a full disk.
    """
    every, done = sum(entry.size for entry in entries), 0
    waiting = iter(entries)
    at_work: dict[Future, Entry] = {}
    with carried(client, do) as submit:
        if progress and entries:
            progress(0.0, entries[0].name)
        finished = as_completed(loop=client.loop)

        def send(number: int) -> None:
            for entry in islice(waiting, number):
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


def _taken(future: Future, entry: Entry) -> tuple[Row, Any]:
    try:
        return future.result()
    except KilledWorker as error:
        return Row.of_skipped(Skipped(entry.path, entry.name, str(_killed(entry, error)))), None


def _killed(entry: Entry, error: KilledWorker) -> ImageError:
    return ImageError(
        f"{entry.path} was skipped because several workers died while processing it "
        f"(the last was {error.last_worker.address}): give them more memory, or leave it out"
    )


def spread_blocks(client: Client, entry: Entry) -> Callable[..., Iterator[Any]]:
    """Return a function that maps another over the blocks of one large image, in order.

    See :func:`adgan.segmentation.blocks.segment_blocks`.
    """

    def each(function: Callable[[A], R], items: Iterable[A]) -> Iterator[R]:
        with carried(client, function) as submit:
            coming, left = deque[Future](), iter(items)
            coming.extend(map(submit, islice(left, room(client))))
            while coming:
                future = coming.popleft()
                try:
                    result = future.result()
                except KilledWorker as error:
                    raise _killed(entry, error) from error
                future.release()
                coming.extend(map(submit, islice(left, 1)))
                yield result

    return each
