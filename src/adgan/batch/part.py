"""A part of an image set, for independent jobs that share the work."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, TypeVar

from adgan.errors import AdganError

T = TypeVar("T")


@dataclass(frozen=True)
class Part:
    """The number of this part, counted from 1, and the number of parts."""

    number: int
    of: int

    @classmethod
    def read(cls, text: str) -> Self:
        """Parse ``I/N``.

        Raises
        ------
        AdganError
            If it is not a valid part.
        """
        number, slash, of = text.partition("/")
        if slash and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of):
            return cls(int(number), int(of))
        raise AdganError(f"`part={text}` is not a valid part: give I/N, such as 1/8 to 8/8")

    def take(self, items: Sequence[T]) -> Sequence[T]:
        """Return the items of this part; neighbours, such as frames of a file, stay together."""
        start, stop = (n * len(items) // self.of for n in (self.number - 1, self.number))
        return items[start:stop]
