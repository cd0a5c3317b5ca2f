"""A set of images that are described first and read one at a time, so that few are held."""

import hashlib
import math
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from adgan.errors import AdganError
from adgan.io.axes import Outline
from adgan.io.find import Found, Names, find_named, likely_beside
from adgan.io.folder import check_rank, check_spacing_of, check_voxels
from adgan.io.image import Image, check_pixels, check_range
from adgan.io.lazy import Lazy
from adgan.io.ome_zarr import described_by, is_zarr
from adgan.io.outside import fill_outside
from adgan.io.read import Scene, outline_images, part_names, read_images, read_labels
from adgan.io.spacing import check_spacing
from adgan.io.stack import read_stack, slices_of
from adgan.io.windows import Windowed, glimpses, open_windows
from adgan.text import component

SHOWN = 3
"""Files that a note names."""
GLIMPSE = {2: 1024, 3: 160}
"""Pixels an axis of the part of a large image that is looked at."""


@dataclass(frozen=True)
class Entry:
    """One image that was described and not read.

    Attributes
    ----------
    path
        The file, or the folder of slices.
    name
        The stem of every file written for it, a sub-folder in front where there is one.
    shape, dtype, spacing
        Of its pixels, as :class:`adgan.io.Image` has them.
    stamp
        Says whether the file is still the one that it was: its size and time, or a hash.
    windows
        Gives what reads windows of it; None where it must be read whole.
    large
        Whether it is never to be read whole.
    """

    path: Path
    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    spacing: tuple[float, ...] | None
    stamp: str
    load: Callable[[], list[Image]] = field(repr=False, compare=False)
    part: int = 0
    parts: int = 1
    windows: Callable[[], Windowed | None] = field(default=lambda: None, repr=False, compare=False)
    large: bool = field(default=False, compare=False)

    @property
    def size(self) -> int:
        """Number of pixels."""
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes of the pixels."""
        return self.size * self.dtype.itemsize


@dataclass(frozen=True)
class Skipped:
    """A file that cannot be used, and why."""

    path: Path
    name: str
    reason: str


class Collection:
    """Images that belong together.

    Parameters
    ----------
    entries
        Those that can be used, as far as their headers tell.
    skipped
        Those that cannot.
    notes
        What is to be said of them, a line each.
    """

    def __init__(
        self, entries: Sequence[Entry], skipped: Sequence[Skipped] = (), notes: Sequence[str] = ()
    ):
        self.entries = list(entries)
        self.skipped = list(skipped)
        self.notes = list(notes)
        self._lock = threading.Lock()
        self._last: tuple[object, list[Image]] = (None, [])

    def __len__(self) -> int:
        """Return how many images can be used."""
        return len(self.entries)

    @property
    def paths(self) -> list[Path]:
        """The files, those that cannot be used too."""
        return [one.path for one in self.entries] + [one.path for one in self.skipped]

    @property
    def images(self) -> Lazy[Image]:
        """The images, each read when it is asked for."""
        return Lazy(len(self), lambda i: self.read(self.entries[i]))

    @property
    def pixels(self) -> Lazy[np.ndarray]:
        """Their pixels alone, each read when it is asked for."""
        return Lazy(len(self), lambda i: self.read(self.entries[i]).pixels)

    def read(self, entry: Entry) -> Image:
        """Read one image; a file of many frames is held until another is read, an only one too.

        Raises
        ------
        AdganError
            If it cannot be read, has infinite pixels or values beyond all limits, or is no longer
        what was described.
        """
        image = self._read(entry)
        if image.pixels.shape != entry.shape:
            raise AdganError(f"{entry.path} has changed while it was worked on: start again")
        image = fill_outside(replace(image, name=entry.name, spacing=entry.spacing))
        check_range(image)
        return image

    def look(self, entry: Entry) -> Image:
        """Read one image, of a large one the part of :data:`GLIMPSE` in which most happens.

        Raises
        ------
        AdganError
            As :meth:`read`.
        """
        if not entry.large:
            return self.read(entry)
        source = self.open(entry)
        (window,) = glimpses(source, 1, GLIMPSE[len(entry.shape)])
        image = fill_outside(Image(entry.path, source[window], entry.spacing, entry.name))
        check_range(image)
        return image

    @staticmethod
    def open(entry: Entry) -> Windowed:
        """Open a large image, to read windows of it.

        Raises
        ------
        AdganError
            If it is no longer what was described.
        """
        source = entry.windows()
        if source is None or source.shape != entry.shape:
            raise AdganError(f"{entry.path} has changed while it was worked on: start again")
        return source

    def _read(self, entry: Entry) -> Image:
        if entry.parts == 1 and len(self) > 1:
            return entry.load()[0]
        with self._lock:
            if self._last[0] is not entry.load:
                self._last = (None, [])  # before the next file is decoded beside it
                self._last = (entry.load, entry.load())
            return self._last[1][entry.part]

    def read_some(self, numbers: Iterable[int]) -> tuple[list[Image], list[Skipped]]:
        """Read some images, of large ones a part; those left out that are blank or no good.

        Parameters
        ----------
        numbers
            Of their entries.

        Returns
        -------
        images
            Those with something to see.
        skipped
            The others.
        """
        images, bad = [], []
        for number in numbers:
            entry = self.entries[number]
            try:
                image = self.look(entry)
                check_pixels(image)
            except AdganError as error:
                bad.append(Skipped(entry.path, entry.name, str(error)))
            else:
                images.append(image)
        return images, bad

    def without(self, skipped: Sequence[Skipped]) -> "Collection":
        """Return the collection with some images found to be of no use."""
        if not skipped:
            return self
        names = {one.name for one in skipped}
        kept = [entry for entry in self.entries if entry.name not in names]
        return Collection(kept, [*self.skipped, *skipped], self.notes)

    def proven(
        self, read: Callable[[Entry], Any] | None = None, every: bool = False
    ) -> "Collection":
        """Return the collection without images whose pixels turn out to be no good.

        Parameters
        ----------
        read
            Reads an image and what belongs to it; :meth:`look` when absent.
        every
            Whether each image is read, and not only as many as it takes to find a good one.

        Raises
        ------
        AdganError
            If no image can be used.
        """
        bad = []
        for entry in self.entries:
            try:
                (read or self.look)(entry)
            except AdganError as error:
                bad.append(Skipped(entry.path, entry.name, str(error)))
            else:
                if not every:
                    break
        return self.without(bad).require()

    def require(self, strict: bool = False) -> "Collection":
        """Return the collection, or refuse it.

        Parameters
        ----------
        strict
            Whether a single image that cannot be used is one too many.

        Raises
        ------
        AdganError
            If no image can be used, or, where it is strict, not every one: naming them all.
        """
        bad = self.skipped
        if bad and (strict or not self.entries):
            if len(bad) == 1:
                raise AdganError(bad[0].reason)
            total = len(bad) + len(self)
            reasons = "; ".join(one.reason for one in bad)
            raise AdganError(f"{len(bad)} of {total} images cannot be used: {reasons}")
        return self


def describe_files(
    sources: Names,
    channel: int | None = None,
    frames: bool = False,
    spacing: tuple[float, ...] | None = None,
    stack: bool = False,
    *,
    axes: str | None = None,
    scene: Scene = None,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    rank: int | None = None,
    labels: bool = False,
) -> Collection:
    """Describe the images of files by their headers, without reading their pixels.

    Parameters
    ----------
    sources, include, exclude
        As for :func:`adgan.io.find.find_named`.
    channel, frames, axes, scene
        As for :func:`adgan.io.read_images`.
    spacing
        Micrometres per axis, in place of what the files say.
    stack
        Whether the 2D images of a folder are the slices of one volume.
    rank
        Number of axes that images must have, 2 or 3; files of another are skipped. When absent
        all must have the same.
    labels
        Whether they are label maps.

    Returns
    -------
    Collection
        Files that cannot be used are skipped, with the reason.

    Raises
    ------
    AdganError
        If nothing is found; if 2D and 3D are mixed, or only some of the volumes state a voxel
        size; if the spacing does not fit.
    """
    found = find_named(sources, include, exclude)
    entries: list[Entry] = []
    skipped: list[Skipped] = []
    guessed: list[str] = []
    if stack:
        stacks = slices_of([one.path for one in found])
        found = [Found(folder, component(folder.resolve().name)) for folder in stacks]
    for one in found:
        try:
            if stack:
                described = _describe_stack(one, stacks[one.path], channel)
            else:
                described, pages = _describe_file(one, channel, frames, axes, scene, labels)
                guessed += [f"{one.path} ({pages} pages)"] * bool(pages)
            for entry in described:
                if spacing is not None:
                    check_spacing(spacing, len(entry.shape))
                    entry = replace(entry, spacing=tuple(spacing))
                check_spacing_of(entry)
                if rank is not None and len(entry.shape) != rank:
                    raise other_rank(entry, rank)
                entries.append(entry)
        except AdganError as error:
            skipped.append(Skipped(one.path, one.name, str(error)))
    if entries:
        check_rank(entries)
        check_voxels(entries)
    notes = [] if stack else likely_beside(found)
    if guessed and not labels:
        shown = ", ".join(guessed[:SHOWN]) + ", ..." * (len(guessed) > SHOWN)
        notes.append(
            f"pages that files do not name are taken for the slices of a volume: {shown}; "
            "`frames=True` or `axes=LETTERS` says otherwise"
        )
    return Collection(entries, skipped, notes)


def describe_arrays(
    arrays: Sequence[np.ndarray],
    spacing: tuple[float, ...] | None = None,
    rank: int | None = None,
) -> Collection:
    """Describe arrays ``(Z) Y X`` of one channel, named ``array_0000`` and so on.

    Parameters
    ----------
    arrays
        At least one.
    spacing, rank
        As for :func:`describe_files`.

    Raises
    ------
    AdganError
        If one has other axes or is not of numbers, ranks are mixed, or the spacing does not fit.
    """
    entries = []
    for k, array in enumerate(arrays):
        if array.ndim not in (2, 3) or array.dtype.kind not in "uif" or not array.size:
            raise AdganError(
                f"array {k} has shape {array.shape} and type {array.dtype}: "
                "give numbers with axes Y X or Z Y X"
            )
        if spacing is not None:
            check_spacing(spacing, array.ndim)
        name = f"array_{k:04d}"
        image = Image(Path(name), array, spacing, name)
        stamp = hashlib.sha256(np.ascontiguousarray(array).data).hexdigest()
        load: Callable[[], list[Image]] = partial(list, [image])
        entries.append(
            Entry(
                image.path,
                name,
                array.shape,
                array.dtype,
                spacing,
                stamp,
                load,
                windows=partial(np.asarray, array),
            )  # fmt: skip
        )
    skipped = [
        Skipped(entry.path, entry.name, str(other_rank(entry, rank)))
        for entry in entries
        if rank is not None and len(entry.shape) != rank
    ]
    if rank is None:
        check_rank(entries)
    return Collection(entries).without(skipped)


def _describe_file(
    found: Found, channel: int | None, frames: bool, axes: str | None, scene: Scene, labels: bool
) -> tuple[list[Entry], int]:
    """Return the images of one file, and its unnamed pages that are taken for slices."""
    entries: list[Entry] = []
    pages = 0
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
    """Return size and time of files; equal ones were most likely not touched."""
    held = [file for path in paths for file in (described_by(path) if is_zarr(path) else [path])]
    stats = [path.stat() for path in held]
    return f"{sum(s.st_size for s in stats)}-{max(s.st_mtime_ns for s in stats)}"


def other_rank(entry: Entry, rank: int) -> AdganError:
    """Return the error of an image that has not the rank that is worked with."""
    kinds = {2: "2D images", 3: "volumes"}
    found = len(entry.shape)
    return AdganError(
        f"{entry.path} has {found} axes and the recipe is for {kinds[rank]}: give such, or use a "
        f"run that was trained on {kinds.get(found, 'such images')}"
    )
