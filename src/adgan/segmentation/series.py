"""Write the label maps of a time series as one stack, and with Cell Tracking Challenge names.

Trackers read either one TIFF of all frames, or a folder ``NAME_RES`` with ``mask000.tif``,
``mask001.tif`` and so on (https://celltrackingchallenge.net). Labels of different frames are not
related; linking them is the task of the tracker.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np

from adgan.errors import AdganError
from adgan.io import Collection, Entry, Skipped, natural, read_labels, write_labels
from adgan.io.write import write_stack

SERIES_LABEL_MAX = np.iinfo(np.uint16).max
"""Largest label that the Cell Tracking Challenge allows."""


@dataclass(frozen=True)
class Series:
    """A time series.

    Attributes
    ----------
    name
        Name of its file or folder, with its sub-folder in front, if any.
    frames
        Its frames in order; None for one that cannot be used.
    """

    name: str
    frames: Sequence[Entry | None]

    @property
    def known(self) -> Entry:
        """The first frame that can be used."""
        return next(frame for frame in self.frames if frame)


def find_series(collection: Collection) -> list[Series]:
    """Return the time series of a set: the frames of a file, or the files of a folder in order.

    Parameters
    ----------
    collection
        The images, with time series read as separate images.

    Raises
    ------
    AdganError
        If images in a folder differ in size, or no folder or file contains several frames.
    """
    members: list[Entry | Skipped] = [*collection.entries, *collection.skipped]
    found = []
    for (_, name), group in groupby(sorted(members, key=_key), key=_key_of_series):
        frames = [one if isinstance(one, Entry) else None for one in group]
        known = [frame for frame in frames if frame]
        if len(frames) < 2 or not known:
            continue
        odd = next((frame for frame in known if frame.shape != known[0].shape), None)
        if odd:
            raise AdganError(
                f"{known[0].path} and {odd.path} differ in size and are not a time series: "
                "name only the files of one series, or leave out `series=True`"
            )
        found.append(Series(name, frames))
    if not found:
        raise AdganError("no file or folder contains several frames: leave out `series=True`")
    return found


def _key(one: Entry | Skipped) -> tuple[tuple[str, str], list[tuple[int, int, str]], int]:
    return _key_of_series(one), natural(str(one.path)), one.part if isinstance(one, Entry) else 0


def _key_of_series(one: Entry | Skipped) -> tuple[str, str]:
    """Return the common key of the frames of a series, and its name."""
    if isinstance(one, Entry) and one.parts > 1:
        name = one.name.rpartition("_t")[0]
        return f"{one.path}\n{name}", name
    folder, _, _ = one.name.rpartition("/")
    return str(one.path.parent), folder or one.path.resolve().parent.name


def write_series(folder: Path, series: Series, place: Callable[[Entry], Path]) -> None:
    """Write the label maps of a series as ``NAME.tif`` and as ``NAME_RES/mask000.tif``, ...

    Parameters
    ----------
    folder
        Output folder.
    series
        The series; frames that cannot be used get an empty label map.
    place
        Returns the path of an image's label map.

    Raises
    ------
    AdganError
        If a file cannot be written, or a frame has more labels than the challenge allows.
    """
    masks = folder / f"{series.name}_RES"
    masks.mkdir(parents=True, exist_ok=True)
    digits = 3 if len(series.frames) <= 1000 else 4
    for number, labels in enumerate(_maps(series, place)):
        path = masks / f"mask{number:0{digits}d}.tif"
        if labels.max(initial=0) > SERIES_LABEL_MAX:
            raise AdganError(
                f"{path} would contain labels above {SERIES_LABEL_MAX}, which trackers refuse"
            )
        write_labels(path, labels, series.known.spacing, "uint16")
    shape = (len(series.frames), *series.known.shape)
    write_stack(folder / f"{series.name}.tif", _maps(series, place), shape, series.known.spacing)


def _maps(series: Series, place: Callable[[Entry], Path]) -> Iterator[np.ndarray]:
    """Read the label maps one at a time."""
    for frame in series.frames:
        path = place(frame) if frame else None
        if path is None or not path.exists():
            yield np.zeros(series.known.shape, np.uint16)
        else:
            yield read_labels(path).pixels
