"""Reading ahead: what comes next is read while what was read is worked on."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

A = TypeVar("A")
B = TypeVar("B")


def ahead(
    items: Iterable[A], read: Callable[[A], B], small: Callable[[A], bool] = lambda _: True
) -> Iterator[tuple[A, Callable[[], B]]]:
    """Yield items, each with a function that gives what was read of it.

    Parameters
    ----------
    items
        What to read, in this order.
    read
        Called in a thread of its own, for one item at a time.
    small
        Whether an item is so small that it may be held beside the one before.

    Yields
    ------
    item, result
        The function gives what `read` returned, or raises what it raised.
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
