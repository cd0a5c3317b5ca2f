"""A sequence that stores nothing: each item is created on access."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, overload

T = TypeVar("T", covariant=True)


class Lazy(Sequence[T], Generic[T]):
    """Items created on access, for functions that use one after the other.

    Parameters
    ----------
    length
        Number of items.
    make
        Creates the item with a given index, at every access.
    """

    def __init__(self, length: int, make: Callable[[int], T]):
        self.length = length
        self.make = make

    def __len__(self) -> int:
        """Return the number of items."""
        return self.length

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> "Lazy[T]": ...

    def __getitem__(self, index: int | slice) -> "T | Lazy[T]":
        """Create one item, or return a lazy sequence of several."""
        numbers = range(self.length)[index]
        if isinstance(numbers, range):
            some = numbers
            return Lazy(len(some), lambda i: self.make(some[i]))
        return self.make(numbers)
