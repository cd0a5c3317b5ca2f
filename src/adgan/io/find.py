"""Find image files from folders, file names and globs, and name their outputs."""

import glob
import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from adgan.errors import AdganError
from adgan.io.image import stem
from adgan.io.ome_zarr import LABELS, SUFFIX, images_in, is_zarr
from adgan.system.text import component

SUFFIXES = frozenset({".tif", ".tiff", ".png", ".jpg", ".jpeg", ".lsm", ".czi", ".nd2", ".lif"})
RESULTS = ("segment.json", "run.json")
"""Files that mark a folder as a result of this program, whose images are not inputs."""
EXTRAS = ("confidence", "overlay", "probability", "rois", "series", "tables")
"""Sub-folders of a results folder without label maps."""

Names = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


@dataclass(frozen=True)
class Found:
    """An image file and the name of its outputs, which is its path below the given folder."""

    path: Path
    name: str


def find_images(
    sources: Names, include: Sequence[str] = (), exclude: Sequence[str] = ()
) -> list[Path]:
    """List image files, each once, in natural order (``img2`` before ``img10``).

    Parameters
    ----------
    sources, include, exclude
        As for :func:`adgan.io.find.find_named`.

    Returns
    -------
    list of Path
        At least one.

    Raises
    ------
    AdganError
        If a source does not exist or contains no image file.
    """
    return [found.path for found in _find(sources, include, exclude)]


def find_named(
    sources: Names, include: Sequence[str] = (), exclude: Sequence[str] = ()
) -> list[Found]:
    """List image files with distinct names.

    Parameters
    ----------
    sources
        One or several folders (searched by suffix, without hidden files), files (with any
        suffix) and globs. Sub-folders are searched if the folder itself contains no image, or if
        a pattern to include has a slash; results of this program are ignored.
    include
        Patterns such as ``*_DAPI.tif`` or ``*/w1/*``; a file's name, or its path below the
        folder, must match one of them (default: all files).
    exclude
        Patterns that neither may match.

    Returns
    -------
    list of Found
        In natural order. Names are stems, with the sub-folder in front, ``A01/img``. Two names
        are equal only if a folder contains both ``img.tif`` and ``img.png``.

    Raises
    ------
    AdganError
        If a source does not exist or contains no image file.
    """
    found = _find(sources, include, exclude)
    if len({one.name for one in found}) < len(found):
        top = Path(os.path.commonpath([one.path.absolute().parent for one in found]))
        found = [Found(one.path, _under(top, one.path.absolute())) for one in found]
    return found


def natural(text: str) -> list[tuple[int, int, str]]:
    """Return a sorting key that compares runs of digits as numbers.

    Parameters
    ----------
    text
        A file name or path.
    """
    parts = re.findall(r"\d+|\D+", text)
    return [(0, int(p), p) if p.isdecimal() else (1, 0, p) for p in parts]


def _find(sources: Names, include: Sequence[str], exclude: Sequence[str]) -> list[Found]:
    given = [sources] if isinstance(sources, (str, os.PathLike)) else list(sources)
    if not given:
        raise AdganError("no images given: name a folder, files or a glob")
    found: dict[Path, Found] = {}
    deep, seen = any("/" in pattern for pattern in include), 0
    for source in given:
        for top, path in _expand(os.fspath(source), deep):
            seen += 1
            if _wanted(top, path, include, exclude):
                found.setdefault(path.resolve(), Found(path, _under(top, path)))
    if not found:
        patterns = [*(f"`include={p}`" for p in include), *(f"`exclude={p}`" for p in exclude)]
        raise AdganError(
            f"none of {seen} images matches {' '.join(patterns)}: change these patterns"
        )
    return sorted(found.values(), key=lambda one: natural(str(one.path)))


def _wanted(top: Path, path: Path, include: Sequence[str], exclude: Sequence[str]) -> bool:
    place = path.relative_to(top).as_posix()

    def matches(pattern: str) -> bool:
        return fnmatch(path.name, pattern) or fnmatch(place, pattern)

    return (not include or any(map(matches, include))) and not any(map(matches, exclude))


def _under(top: Path, path: Path) -> str:
    place = path.relative_to(top)
    *folders, last = place.parts
    if is_zarr(path):
        # A label map has the name of its image; the names of stores omit their suffix.
        inner = place.parts[:-2] if place.parts[-2:-1] == (LABELS,) else place.parts
        return "/".join(stem(Path(p)) if p.endswith(SUFFIX) else component(p) for p in inner)
    return "/".join([*map(component, folders), stem(Path(last))])


def _expand(source: str, deep: bool) -> Iterator[tuple[Path, Path]]:
    """Yield the images of a source, each with the folder to which its name is relative."""
    if not source:
        raise AdganError("the name of the images is empty: name a folder; '.' is the current one")
    try:
        path = Path(source).expanduser()
    except RuntimeError as error:
        raise AdganError(
            f"{source}: this machine has no such user; write the full path of the folder"
        ) from error
    try:
        if is_zarr(path):
            yield from ((path.parent, image) for image in images_in(path))
            return
        if path.is_dir():
            yield from ((path, p) for p in _images_of(f"folder {path}", _entries(path, deep)))
            return
        if path.exists():
            yield path.parent, path
            return
    except OSError as error:
        raise AdganError(
            f"{path} cannot be read ({error.strerror or error}): check its permissions"
        ) from error
    if not glob.has_magic(source):
        raise AdganError(f"{path} does not exist: check the name")
    plain = [part for part in path.parts if not glob.has_magic(part)]
    top = Path(*path.parts[: next(i for i, p in enumerate(path.parts) if p not in plain)])
    entries = [Path(p) for p in glob.glob(str(path), recursive=True)]
    yield from ((top, p) for p in _images_of(source, entries))


def _entries(folder: Path, deep: bool) -> list[Path]:
    """List a folder, and its sub-folders if it contains no image itself or `deep` is True."""
    here = list(folder.iterdir())
    if not deep and any(map(_is_image, here)):
        return here
    own = EXTRAS if _is_result(folder) else ()
    below = [p for p in here if _is_open(p) and p.name not in own]
    within = [p for part in below for p in _walk(part)]
    return here + within if deep or any(map(_is_image, within)) else here


def _walk(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir():
        if _is_open(entry):
            yield from _walk(entry)
        else:
            yield entry


def _is_open(path: Path) -> bool:
    """Return True if a sub-folder is searched for images."""
    shown = path.is_dir() and not path.name.startswith(".")
    return shown and not is_zarr(path) and not _is_result(path)


def _is_result(folder: Path) -> bool:
    return any((folder / name).is_file() for name in RESULTS)


def _is_image(path: Path) -> bool:
    if path.name.startswith("."):
        return False
    return is_zarr(path) or (path.suffix.lower() in SUFFIXES and path.is_file())


def _images_of(source: str, entries: list[Path]) -> list[Path]:
    """Keep the visible image files; if there are none, the error says what was found instead."""
    images = [p for p in entries if _is_image(p)]
    if images:
        return [p for i in images for p in (images_in(i) if is_zarr(i) else [i])]
    shown = [p for p in entries if not p.name.startswith(".")]
    kinds = Counter("folder" if p.is_dir() else p.suffix.lower() or "no suffix" for p in shown)
    held = ", ".join(f"{n} {kind}" for kind, n in kinds.most_common(4)) or "nothing"
    raise AdganError(
        f"{source}: no image found (content: {held}): "
        f"name a folder or files with the suffix {', '.join(sorted(SUFFIXES))}, or OME-Zarr"
    )
