"""The data file of a benchmark: sets of images with their labels, split and sizes.

    sets:
      hela:
        images: hela/images           # folder, file or glob, from the data file's own folder
        labels: hela/labels           # label maps with the same names; some images may lack one
        ignore_border: 25             # width of the border that is not scored, in pixels
        radius: [13, 18]              # semi-major axes in pixels (default: estimated)
        count: [5, 40]                # nuclei per 256 x 256 pixels (64 x 128 x 128 voxels)
        spacing: [0.3, 0.3]           # pixel size (Z) Y X in micrometres (default: that of files)
        split: 0.5                    # fraction of labelled images that supervised systems learn

Only supervised systems see labels, and only those of the split; the other labels are for scoring.
Unsupervised systems see all images, with and without labels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, ConfigDict, Field, ValidationError

from adgan.errors import AdganError
from adgan.io import ReadOptions, find_images, load_images, read_labels, stem
from adgan.labels.labelmap import radius_of
from adgan.recipe.groups import Count, Micrometres, Radius, Settings
from adgan.recipe.recipe import faults_of
from adgan.recipe.settings import read_settings
from adgan.system.text import printable
from adgan_bench.names import pick


class SetSettings(Settings):
    """One set in the data file."""

    images: str = Field(description="folder, file or glob of the images")
    labels: str = Field(description="folder, file or glob of the label maps")
    ignore_border: int = Field(
        0, ge=0, le=10_000, description="width of the border that is not scored, in pixels"
    )
    radius: tuple[Radius, Radius] | None = Field(
        None, description="semi-major axis of the nuclei, in pixels"
    )
    count: tuple[Count, Count] | None = Field(
        None, description="nuclei per reference area or volume"
    )
    split: float = Field(0.5, ge=0, lt=1, description="fraction of labels for training")
    spacing: tuple[Micrometres, ...] | None = Field(
        None, description="pixel size (Z) Y X in micrometres, for volumes whose files lack it"
    )
    channel: int | None = Field(None, ge=0, le=9_999, description="channel to use, counted from 0")
    citation: str = Field("", description="what to cite, and the terms of use")


class DataFile(Settings):
    """The content of a data file."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    sets: dict[Annotated[str, AfterValidator(printable)], SetSettings] = Field(min_length=1)


@dataclass(frozen=True)
class Labelled:
    """An image ``(Z) Y X`` in its native dtype, and its true label map."""

    name: str
    pixels: np.ndarray
    truth: np.ndarray


@dataclass(frozen=True)
class DataSet:
    """One set with its images.

    ``images`` holds the pixels of all images, ``seen`` the labelled images for training, and
    ``held`` those that are scored, the same for every system. ``spacing`` is the pixel size along
    each axis in micrometres.
    """

    name: str
    settings: SetSettings
    images: list[np.ndarray]
    seen: list[Labelled]
    held: list[Labelled]
    spacing: tuple[float, ...] | None = None

    @property
    def ndim(self) -> int:
        """Number of axes, 2 or 3."""
        return self.images[0].ndim

    def scene(self) -> dict[str, Any]:
        """Return the sizes in the data file, as scene settings of a recipe."""
        stated = {"radius": self.settings.radius, "count": self.settings.count}
        return {name: value for name, value in stated.items() if value is not None}


def read_data(path: Path, root: Path | None = None, names: Sequence[str] = ()) -> list[DataSet]:
    """Read a data file and its sets.

    Parameters
    ----------
    path
        The data file, YAML or JSON.
    root
        Folder from which relative paths start (default: that of the data file).
    names
        Names of the sets to read (default: all).

    Returns
    -------
    list of DataSet

    Raises
    ------
    AdganError
        If the file is not a data file, lacks a set or a folder, or if labels and images do not
        match.
    """
    try:
        described = DataFile.model_validate(read_settings(path)).sets
    except ValidationError as error:
        raise AdganError(f"{path}: {faults_of(error)}") from error
    chosen = pick(names, described, f"set of {path}") if names else list(described)
    start = root or path.parent
    return [_read_set(name, described[name], start, path) for name in chosen]


def _read_set(name: str, settings: SetSettings, start: Path, source: Path) -> DataSet:
    try:
        options = ReadOptions(channel=settings.channel, spacing=settings.spacing)
        images = load_images(str(start / settings.images), options)
        by_name = {image.name: image.pixels for image in images}
        labelled = []
        for path in find_images(str(start / settings.labels)):
            if stem(path) not in by_name:
                raise AdganError(f"{path} has no image of its name in {start / settings.images}")
            truth, pixels = read_labels(path).pixels, by_name[stem(path)]
            if truth.shape != pixels.shape:
                raise AdganError(f"{path} has shape {truth.shape} and its image {pixels.shape}")
            labelled.append(Labelled(stem(path), pixels, truth))
    except AdganError as error:
        raise AdganError(f"set {name} of {source}: {error}") from error
    seen = round(settings.split * len(labelled))
    if settings.split and not 0 < seen < len(labelled):
        raise AdganError(
            f"set {name} of {source}: a split of {settings.split:g} of {len(labelled)} labelled "
            "images leaves none for training or none for scoring: give more labels, or split: 0"
        )
    every = [image.pixels for image in images]
    return DataSet(name, settings, every, labelled[:seen], labelled[seen:], images[0].spacing)


def median_diameter(truths: Sequence[np.ndarray], spacing: Sequence[float] | None = None) -> float:
    """Return the true median equivalent diameter of nuclei, for systems that need it.

    Parameters
    ----------
    truths
        Label maps, ``(Z) Y X``.
    spacing
        Voxel size along each axis, if it differs between axes.

    Returns
    -------
    float
        Diameter in pixels; with `spacing`, in pixels of the last axis. NaN if there are no nuclei.
    """
    sizes = np.concatenate([np.bincount(truth.ravel())[1:] for truth in truths])
    if not sizes.any():
        return float("nan")
    size = float(np.median(sizes[sizes > 0]))
    ndim = truths[0].ndim
    if spacing:
        size *= float(np.prod(spacing)) / spacing[-1] ** ndim
    return 2 * float(radius_of(size, ndim))
