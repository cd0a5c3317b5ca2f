"""Read ahead: the next item is read in the background while the current one is processed."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


def ahead(
    items: Iterable[A], read: Callable[[A], B], small: Callable[[A], bool] = lambda _: True
) -> Iterator[tuple[A, Callable[[], B]]]:
    """Yield items, each with a function that returns what was read from it.

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
        waiting: deque[tuple[A, Future[B]]] = deque()
        for item in items:
            if waiting and not small(item):
                yield _taken(waiting)
            waiting.append((item, pool.submit(read, item)))
            if len(waiting) > 1:
                yield _taken(waiting)
        while waiting:
            yield _taken(waiting)


def _taken(waiting: "deque[tuple[A, Future[B]]]") -> tuple[A, Callable[[], B]]:
    item, future = waiting.popleft()
    return item, future.result
