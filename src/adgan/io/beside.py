"""Masks and thumbnails among the images of a folder, recognised by their file names."""

import re
from collections.abc import Iterable

from adgan.io.find import Found

MASK_OR_THUMBNAIL = re.compile(
    r"(^|[_\-. ])(masks?|labels?|seg|truth|outlines?|thumb(nail)?s?)$", re.IGNORECASE
)
"""Usual endings of the names of masks and thumbnails, and of folders that contain them."""


def likely_beside(found: Iterable[Found]) -> list[str]:
    """Return one line about files that look like masks or thumbnails, or no line."""
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
    """Return the pattern that excludes a file whose name or folder says mask or thumbnail."""
    *folders, last = one.name.split("/")
    if tail := MASK_OR_THUMBNAIL.search(last):
        return f"*{tail.group()}.*"
    named = next((folder for folder in folders if MASK_OR_THUMBNAIL.search(folder)), None)
    return named and f"*{named}/*"
