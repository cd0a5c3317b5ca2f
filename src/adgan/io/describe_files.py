"""Describe a set of images given as files, from their headers."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from adgan.errors import AdganError
from adgan.io.collection import Collection
from adgan.io.entry import Entry, Skipped, alone, other_ndim
from adgan.io.find import Found, Names, find_named
from adgan.io.folder import check_spacing_of, check_voxels, split_by_ndim
from adgan.io.image import Image
from adgan.io.ome_zarr import described_by, is_zarr
from adgan.io.options import AS_STORED, ReadOptions
from adgan.io.raw import Outline
from adgan.io.read import outline_images, part_names, read_images, read_labels, read_stack
from adgan.io.spacing import check_spacing
from adgan.io.windows import open_windows
from adgan.system.text import component

FILES_SHOWN_MAX = 3
"""Number of files that a note names."""
MASK_OR_THUMBNAIL = re.compile(
    r"(^|[_\-. ])(masks?|labels?|seg|truth|outlines?|thumb(nail)?s?)$", re.IGNORECASE
)
"""Usual endings of the names of masks and thumbnails, and of folders that contain them."""


def describe_files(
    sources: Names,
    options: ReadOptions = AS_STORED,
    *,
    ndim: int | None = None,
    labels: bool = False,
) -> Collection:
    """Describe the images of files by their headers, without reading their pixels.

    Parameters
    ----------
    sources
        As for :func:`adgan.io.find.find_named`.
    options
        How the files are read.
    ndim
        Required number of axes, 2 or 3; other images are skipped (default: that of most images,
        if the others are few).
    labels
        If True, the files are label maps.

    Returns
    -------
    Collection
        Files that cannot be used are skipped, with the reason.

    Raises
    ------
    AdganError
        If no file is found; if 2D and 3D are mixed, or only some of the volumes state a voxel
        size; if the spacing does not match.
    """
    found = find_named(sources, options.include, options.exclude)
    entries: list[Entry] = []
    skipped: list[Skipped] = []
    guessed: list[str] = []
    stacks: dict[Path, list[Path]] = {}
    if options.stack:  # the files of each folder, in the given order
        for one in found:
            stacks.setdefault(one.path.parent, []).append(one.path)
        found = [Found(folder, component(folder.resolve().name)) for folder in stacks]
    for one in found:
        try:
            if options.stack:
                described = _describe_stack(one, stacks[one.path], options.channel)
            else:
                described, pages = _describe_file(one, options, labels)
                guessed += [f"{one.path} ({pages} pages)"] * bool(pages)
            for entry in described:
                if options.spacing is not None:
                    check_spacing(options.spacing, len(entry.shape))
                    entry = replace(entry, spacing=tuple(options.spacing))
                check_spacing_of(entry)
                if ndim is not None and len(entry.shape) != ndim:
                    raise other_ndim(entry, ndim)
                entries.append(entry)
        except AdganError as error:
            skipped.append(Skipped(one.path, one.name, str(error)))
    if entries:
        entries, others = split_by_ndim(entries)
        skipped += [Skipped(one.path, one.name, str(alone(one))) for one in others]
        check_voxels(entries)
    notes = [] if options.stack else likely_beside(found)
    if guessed and not labels:
        shown = ", ".join(guessed[:FILES_SHOWN_MAX]) + ", ..." * (len(guessed) > FILES_SHOWN_MAX)
        notes.append(
            f"unnamed pages are read as the slices of a volume: {shown}; "
            "change that with `frames=True` or `axes=LETTERS`"
        )
    return Collection(entries, skipped, notes)


def _describe_file(found: Found, options: ReadOptions, labels: bool) -> tuple[list[Entry], int]:
    """Return the images of one file, and the number of unnamed pages that are read as slices."""
    entries: list[Entry] = []
    pages = 0
    channel, frames, axes, scene = options.channel, options.frames, options.axes, options.scene
    stamp = _stamp([found.path])
    for number, seen in outline_images(found.path, channel, frames, axes, scene, labels):
        if labels:
            load: Callable[[], list[Image]] = partial(_load_labels, found.path)
        else:
            load = partial(read_images, found.path, channel, frames, False, axes, number)
        names = part_names(found.name, number if scene == "all" else None, seen.frames)
        pages = max(pages, seen.guessed)
        opened = partial(open_windows, found.path, channel, frames, axes, number)
        entries += [
            replace(_entry(found, name, seen, stamp, load, k), windows=partial(opened, k))
            for k, name in enumerate(names)
        ]
    return entries, pages


def _load_labels(path: Path) -> list[Image]:
    return [read_labels(path)]


def _describe_stack(found: Found, slices: Sequence[Path], channel: int | None) -> list[Entry]:
    ((_, first),) = outline_images(slices[0], channel)
    seen = replace(first, shape=(len(slices), *first.shape), spacing=None)
    load = partial(read_stack, found.path, slices, channel)
    return [_entry(found, found.name, seen, _stamp(slices), load, 0)]


def _entry(
    found: Found, name: str, seen: Outline, stamp: str, load: Callable[[], list[Image]], part: int
) -> Entry:
    return Entry(
        found.path, name, seen.shape, seen.dtype, seen.spacing, stamp, load, part, seen.frames
    )


def _stamp(paths: Sequence[Path]) -> str:
    """Return the size and modification time of files, to detect changes."""
    held = [file for path in paths for file in (described_by(path) if is_zarr(path) else [path])]
    stats = [path.stat() for path in held]
    return f"{sum(s.st_size for s in stats)}-{max(s.st_mtime_ns for s in stats)}"


def likely_beside(found: Sequence[Found]) -> list[str]:
    """Return one line about files that look like masks or thumbnails, or no line."""
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
