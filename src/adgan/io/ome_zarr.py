"""Read OME-Zarr 0.4 and 0.5, with zarr: images, plates and their labels."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from adgan.errors import AdganError
from adgan.io.codecs import check_zarr
from adgan.io.raw import Raw
from adgan.io.scenes import Scene, choose, damage, reader
from adgan.io.spacing import length_of
from adgan.recipe.settings import read_json

SUFFIX = ".zarr"
LABELS = "labels"
"""Group of an image that contains its label maps."""
METADATA = ("zarr.json", ".zattrs", ".zgroup")
"""Metadata files of a group, in Zarr 3 and Zarr 2."""


def is_zarr(path: Path) -> bool:
    """Return True if a folder is a group of a Zarr store."""
    return path.is_dir() and any((path / name).is_file() for name in METADATA)


def attributes(group: Path) -> dict[str, Any]:
    """Return the OME-Zarr attributes of a group; empty if it has none.

    Raises
    ------
    AdganError
        If the metadata file is damaged.
    """
    try:
        if (group / "zarr.json").is_file():
            whole = read_json(group / "zarr.json")
            return dict(whole.get("attributes", {}).get("ome", {}))
        if (group / ".zattrs").is_file():
            return read_json(group / ".zattrs")
    except (AdganError, ValueError, TypeError, AttributeError) as error:
        raise AdganError(f"{group} is damaged: copy it again") from error
    return {}


def images_in(group: Path) -> list[Path]:
    """Return the images of a store: itself, the fields of a plate, or the series of a file.

    For a store with label maps and no image, return the label maps.

    Raises
    ------
    AdganError
        If it contains none, or if its metadata are damaged or point outside of it.
    """
    with damage(group):
        found = list(_images_in(group))
    if not found:
        raise AdganError(f"{group} is not an OME-Zarr image or plate: leave it out")
    top = os.path.normpath(group)
    if not all(Path(os.path.normpath(path)).is_relative_to(top) for path in found):
        raise AdganError(f"{group} refers to images outside of it: leave it out")
    return found


def _images_in(group: Path) -> Iterator[Path]:
    about = attributes(group)
    if "multiscales" in about:
        yield group
    elif "plate" in about:
        for well in about["plate"]["wells"]:
            yield from _images_in(group / well["path"])
    elif "well" in about:
        yield from (group / field["path"] for field in about["well"]["images"])
    elif "bioformats2raw.layout" in about:
        series = attributes(group / "OME").get("series")
        numbers = (p.name for p in group.iterdir() if p.name.isdecimal())
        yield from (group / name for name in series or sorted(numbers, key=int))
    elif LABELS in about:
        yield from (group / name for name in about[LABELS])
    elif is_zarr(group / LABELS):
        yield from _images_in(group / LABELS)


def described_by(group: Path) -> list[Path]:
    """Return the metadata files of an image and its levels, without those of its label maps."""
    names = (*METADATA, ".zarray")
    levels = (p for p in group.iterdir() if p.is_dir() and p.name != LABELS)
    return [f for g in (group, *levels) for name in names if (f := g / name).is_file()]


def read_zarr(path: Path, scene: int | None = None, header: bool = False) -> Raw:
    """Decode the full-resolution level of an image.

    Parameters
    ----------
    path
        The group of one image, see :func:`images_in`.
    scene, header
        As for :func:`adgan.io.scenes.choose`; the group contains one image.

    Raises
    ------
    AdganError
        If the store is damaged, or zarr is missing.
    """
    with damage(path):
        (first, *_) = attributes(path)["multiscales"]
        level = first["datasets"][0]
        array = open_level(path)
        axes = [axis if isinstance(axis, dict) else {"name": axis} for axis in first["axes"]]
        letters = "".join(str(axis["name"]).upper() for axis in axes)
        sides = np.ones(len(axes))
        for step in [
            *level.get("coordinateTransformations", []),
            *first.get("coordinateTransformations", []),
        ]:
            sides *= step.get("scale", 1.0)
        spacing = {
            letter: float(side) * length
            for letter, side, axis in zip(letters, sides, axes, strict=True)
            if letter in "ZYX" and (length := length_of(str(axis.get("unit", ""))))
        }
        scenes = [
            Scene(
                letters, array.shape, np.dtype(array.dtype), spacing, lambda: np.asarray(array[:])
            )
        ]
        return choose(scenes, path, scene, header)


def _metadata_of(array: Path) -> dict[str, Any]:
    """Return the metadata of an array, in Zarr 3 or Zarr 2."""
    third = array / "zarr.json"
    return read_json(third if third.is_file() else array / ".zarray")


def open_level(path: Path) -> Any:
    """Open the full-resolution level of an image, whose windows are read on access.

    Raises
    ------
    AdganError
        If zarr is missing.
    """
    zarr = reader("zarr", "zarr", path)
    (first, *_) = attributes(path)["multiscales"]
    level = path / first["datasets"][0]["path"]
    check_zarr(path, _metadata_of(level))
    return zarr.open_array(level, mode="r")
