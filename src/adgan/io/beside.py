"""Masks and thumbnails that lie beside images, told by their names."""

import re
from collections.abc import Iterable

from adgan.io.find import Found

BESIDE = re.compile(
    r"(^|[_\-. ])(masks?|labels?|seg|truth|outlines?|thumb(nail)?s?)$", re.IGNORECASE
)
"""Ends of names that people give to masks and thumbnails, and to folders of them."""


def likely_beside(found: Iterable[Found]) -> list[str]:
    """Say which files look like masks or thumbnails that lie beside images, a line or none."""
    found = list(found)
    beside = [(one, part) for one in found if (part := _beside(one))]
    if not beside or len(beside) == len(found):
        return []
    one, pattern = beside[0]
    return [
        f"{len(beside)} of {len(found)} files look like masks or thumbnails ({one.path}): leave "
        f"them out with `exclude='{pattern}'`"
    ]


def _beside(one: Found) -> str | None:
    """Return the pattern that leaves out what is called a mask or thumbnail, or lies in such."""
    *folders, last = one.name.split("/")
    if tail := BESIDE.search(last):
        return f"*{tail.group()}.*"
    named = next((folder for folder in folders if BESIDE.search(folder)), None)
    return named and f"*{named}/*"
