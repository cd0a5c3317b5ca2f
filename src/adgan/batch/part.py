"""A part of a set, for jobs that share the work without knowing each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, TypeVar

from adgan.errors import AdganError

T = TypeVar("T")


@dataclass(frozen=True)
class Part:
    """Which of so many parts, counted from 1."""

    number: int
    of: int

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the part that ``I/N`` names.

        Raises
        ------
        AdganError
            If it names none.
        """
        number, slash, of = text.partition("/")
        if slash and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of):
            return cls(int(number), int(of))
        raise AdganError(f"`part={text}` names no part: give I/N, such as 1/8 to 8/8")

    def take(self, items: Sequence[T]) -> Sequence[T]:
        """Return this part's items, neighbours together, as frames of one file are."""
        start, stop = (n * len(items) // self.of for n in (self.number - 1, self.number))
        return items[start:stop]
