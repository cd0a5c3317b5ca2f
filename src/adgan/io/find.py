"""Find image files from folders, file names and globs."""

import glob
import os
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from adgan.errors import AdganError

SUFFIXES = frozenset({".tif", ".tiff", ".png", ".jpg", ".jpeg"})


def find_images(
    sources: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
) -> list[Path]:
    """List image files, each once, in natural order (``img2`` before ``img10``).

    Parameters
    ----------
    sources
        One or several folders (searched by suffix, not in sub-folders, hidden files left
        out), files (taken whatever their suffix) and globs.

    Returns
    -------
    list of Path
        At least one.

    Raises
    ------
    AdganError
        If a source does not exist or has no image file.
    """
    given = [sources] if isinstance(sources, (str, os.PathLike)) else list(sources)
    if not given:
        raise AdganError("no images given: name a folder, files or a glob")
    found: dict[Path, Path] = {}
    for source in given:
        for path in _expand(os.fspath(source)):
            found.setdefault(path.resolve(), path)
    return sorted(found.values(), key=lambda path: natural(str(path)))


def natural(text: str) -> list[tuple[int, int, str]]:
    """Return a sorting key in which runs of digits count as numbers.

    Parameters
    ----------
    text
        A file name or path.

    Returns
    -------
    list of tuple
    """
    parts = re.findall(r"\d+|\D+", text)
    return [(0, int(p), p) if p.isdecimal() else (1, 0, p) for p in parts]


def _expand(source: str) -> list[Path]:
    try:
        path = Path(source).expanduser()
    except RuntimeError as error:
        raise AdganError(f"{source} names no user of this machine: write the folder out") from error
    try:
        if path.is_dir():
            return _images_of(f"folder {path}", list(path.iterdir()))
        if path.exists():
            return [path]
    except OSError as error:
        raise AdganError(
            f"{path} cannot be read ({error.strerror or error}): check its rights"
        ) from error
    if glob.has_magic(source):
        return _images_of(source, [Path(p) for p in glob.glob(str(path), recursive=True)])
    raise AdganError(f"{path} does not exist: check the name")


def _images_of(source: str, entries: list[Path]) -> list[Path]:
    """Keep the visible image files; say what else there was if there are none."""
    shown = [p for p in entries if not p.name.startswith(".")]
    images = [p for p in shown if p.suffix.lower() in SUFFIXES and p.is_file()]
    if images:
        return images
    kinds = Counter("folder" if p.is_dir() else p.suffix.lower() or "no suffix" for p in shown)
    held = ", ".join(f"{n} {kind}" for kind, n in kinds.most_common(4)) or "nothing"
    raise AdganError(
        f"{source}: no image found (there is: {held}): "
        f"name a folder or files of {', '.join(sorted(SUFFIXES))}"
    )
