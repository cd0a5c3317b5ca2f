"""A sequence that holds nothing: each item is made when it is asked for."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, overload

T = TypeVar("T", covariant=True)


class Lazy(Sequence[T], Generic[T]):
    """Items by number, for functions that look at one after the other.

    Parameters
    ----------
    length
        How many there are.
    make
        Makes an item, each time it is asked for.
    """

    def __init__(self, length: int, make: Callable[[int], T]):
        self.length = length
        self.make = make

    def __len__(self) -> int:
        """Return how many items there are."""
        return self.length

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> "Lazy[T]": ...

    def __getitem__(self, index: int | slice) -> "T | Lazy[T]":
        """Make one item, or stand for some."""
        numbers = range(self.length)[index]
        if isinstance(numbers, range):
            some = numbers
            return Lazy(len(some), lambda i: self.make(some[i]))
        return self.make(numbers)
