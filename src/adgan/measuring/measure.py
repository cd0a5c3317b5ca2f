"""Measurements with one row per nucleus: size, shape, position and intensity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from adgan.errors import AdganError
from adgan.labels.hull import solidity
from adgan.labels.labelmap import Regions, radius_of, regions

BATCH_PIXELS = 2**22
"""Approximate number of nuclear pixels measured at once, at 100 bytes of memory each."""


@dataclass(frozen=True)
class Table:
    """Named columns of equal length; a table without rows still has its header.

    Attributes
    ----------
    columns : dict of str to array, (N,)
        In the order of writing.
    """

    columns: dict[str, NDArray[np.generic]]

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(next(iter(self.columns.values())))

    def __getitem__(self, name: str) -> NDArray[np.generic]:
        """Return one column."""
        return self.columns[name]

    @property
    def rows(self) -> list[dict[str, int | float]]:
        """The rows as plain Python numbers."""
        values = zip(*(column.tolist() for column in self.columns.values()), strict=True)
        return [dict(zip(self.columns, row, strict=True)) for row in values]


def measure(
    labels: ArrayLike,
    intensity: ArrayLike | None = None,
    spacing: Sequence[float] | None = None,
    channel_names: Sequence[str] | None = None,
    extra: Mapping[str, Mapping[int, float]] | None = None,
) -> Table:
    """Measure every nucleus of a label map.

    Parameters
    ----------
    labels : array of int, (Y, X) or (Z, Y, X)
        0 is background; a label is one nucleus, which may be in several pieces.
    intensity : array, (Y, X) or (Z, Y, X), or (C, Y, X) or (C, Z, Y, X), optional
        The image or its channels.
    spacing : sequence of float, optional
        Micrometres from pixel to pixel along each axis of `labels`.
    channel_names : sequence of str, optional
        One name per channel, used in the column names.
    extra : mapping of str to (mapping of int to float), optional
        Further columns, by label; missing labels get NaN.

    Returns
    -------
    Table
        One row per label, ascending, and these columns, in this order ("um" is micrometres):

        ``label``
            As in the map.
        ``area_px`` and ``area_um2``, or ``volume_voxels`` and ``volume_um3`` in 3D
            Number of pixels, and the physical size if `spacing` is given.
        ``equivalent_diameter_U``
            Diameter of the disc or ball of the same size.
        ``major_axis_U``, ``middle_axis_U`` (3D), ``minor_axis_U``
            Full axes of the ellipse or ellipsoid with the same second moments. A pixel is a box,
            not a point, so that no axis is 0.
        ``eccentricity`` (2D)
            Eccentricity of that ellipse: 0 for a circle, towards 1 for a line.
        ``elongation``
            Major axis over minor axis, >= 1.
        ``solidity``
            Fraction of the convex hull that the nucleus fills, 0 to 1 (`adgan.labels.hull`).
        ``centroid_z_px`` (3D), ``centroid_y_px``, ``centroid_x_px``, then ``centroid_z_um``, ...
            The centre of the first pixel is at 0; in um if `spacing` is given.
        ``bbox_z_start`` (3D), ``bbox_y_start``, ``bbox_x_start``, ``bbox_z_stop``, ...
            First pixel and one past the last.
        ``touches_border``
            1 if a pixel is on the image border (including first and last slice), otherwise 0.
        ``intensity_mean``, ``intensity_median``, ``intensity_sd``, ``intensity_sum``
            ``intensity_NAME_mean`` for named channels, ``intensity_0_mean`` for several unnamed
            ones. sd is the population standard deviation (divided by N).
        The names in `extra`
            In their order.

        U is px or um. Lengths in um are included if `spacing` is given and are measured in physical
        space, as are eccentricity and elongation. Lengths in px are included unless the spacing
        differs between axes, which would make them meaningless.

    Raises
    ------
    AdganError
        If `labels` is not a label map, or another argument does not match it.
    """
    found = regions(labels)
    ndim = len(found.shape)
    steps = _check_spacing(spacing, ndim)
    channels = _channels(intensity, channel_names, np.shape(labels))
    parts = [_columns(part, steps, channels) for part in found.parts(BATCH_PIXELS)]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    for name, by_label in (extra or {}).items():
        if name in columns:
            raise AdganError(f"the table already has a column {name!r}: rename the extra column.")
        columns[name] = np.array([by_label.get(label, np.nan) for label in found.labels.tolist()])
    return Table(columns)


def _columns(
    found: Regions,
    steps: NDArray[np.float64] | None,
    channels: Mapping[str, NDArray[np.generic]],
) -> dict[str, NDArray[np.generic]]:
    """Measure some of the nuclei."""
    coordinates = np.stack(np.unravel_index(found.pixels, found.shape), axis=1)
    columns: dict[str, NDArray[np.generic]] = {"label": found.labels}
    columns |= _size(found, steps)
    columns |= _shape(found, coordinates, steps)
    columns["solidity"] = solidity(found, coordinates)
    columns |= _place(found, coordinates, steps)
    for name, channel in channels.items():
        columns |= _intensity(found, name, channel)
    return columns


def _check_spacing(spacing: Sequence[float] | None, ndim: int) -> NDArray[np.float64] | None:
    if spacing is None:
        return None
    steps = np.asarray(spacing, dtype=np.float64)
    if steps.shape != (ndim,) or not (np.isfinite(steps).all() and (steps > 0).all()):
        raise AdganError(
            f"the spacing {tuple(spacing)} does not match: give {ndim} positive numbers, "
            "the micrometres from pixel to pixel along each axis."
        )
    return steps


def _channels(
    intensity: ArrayLike | None, names: Sequence[str] | None, shape: tuple[int, ...]
) -> dict[str, NDArray[np.generic]]:
    """Return the channels by the prefix of their column names."""
    if intensity is None:
        return {}
    image = np.asarray(intensity)
    single = image.ndim == len(shape)
    channels = image[None] if single else image
    if channels.shape[1:] != shape:
        raise AdganError(
            f"the image has the shape {image.shape}, but its label map has {shape}: pair each map "
            "with the image that was segmented."
        )
    if names is None:
        names = [""] if single else [str(index) for index in range(len(channels))]
    if len(names) != len(channels) or len(set(names)) != len(names):
        raise AdganError(
            f"{len(channels)} channels cannot have the names {list(names)}: give each its own name."
        )
    return {
        f"intensity_{name}_" if name else "intensity_": channel
        for name, channel in zip(names, channels, strict=True)
    }


def _size(found: Regions, steps: NDArray[np.float64] | None) -> dict[str, NDArray[np.generic]]:
    pixels, physical = {2: ("area_px", "area_um2"), 3: ("volume_voxels", "volume_um3")}[
        len(found.shape)
    ]
    columns: dict[str, NDArray[np.generic]] = {pixels: found.sizes}
    if steps is not None:
        columns[physical] = found.sizes * steps.prod()
    return columns


def _shape(
    found: Regions, coordinates: NDArray[np.int64], steps: NDArray[np.float64] | None
) -> dict[str, NDArray[np.generic]]:
    ndim = len(found.shape)
    covariance = _covariance(found, coordinates)
    units: dict[str, NDArray[np.float64]] = {}
    if steps is None or np.allclose(steps, steps[0]):
        units["px"] = np.ones(ndim)
    if steps is not None:
        units["um"] = steps
    columns: dict[str, NDArray[np.generic]] = {}
    names = ("major", "minor") if ndim == 2 else ("major", "middle", "minor")
    for unit, scale in units.items():
        volume = found.sizes * scale.prod()
        columns[f"equivalent_diameter_{unit}"] = 2 * radius_of(volume, ndim)
        # The variance of a solid ellipsoid along a semi-axis a is a^2 / (ndim + 2).
        variances = np.linalg.eigvalsh(covariance * np.outer(scale, scale))
        axes = 2 * np.sqrt((ndim + 2) * variances[:, ::-1])
        columns |= {f"{name}_axis_{unit}": axes[:, i] for i, name in enumerate(names)}
    if ndim == 2:
        columns["eccentricity"] = np.sqrt(np.maximum(1 - (axes[:, 1] / axes[:, 0]) ** 2, 0))
    columns["elongation"] = axes[:, 0] / axes[:, -1]
    return columns


def _covariance(found: Regions, coordinates: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the second central moments divided by the size, (N, ndim, ndim), in square pixels."""
    centred = coordinates - found.per_pixel(_centroid(found, coordinates))
    ndim = len(found.shape)
    covariance = np.empty((found.labels.size, ndim, ndim))
    for i in range(ndim):
        for j in range(i, ndim):
            products = np.add.reduceat(centred[:, i] * centred[:, j], found.starts)
            covariance[:, i, j] = covariance[:, j, i] = products / found.sizes
    return covariance + np.eye(ndim) / 12  # the moments of a pixel as a unit box


def _centroid(found: Regions, coordinates: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.add.reduceat(coordinates, found.starts, axis=0) / found.sizes[:, None]


def _place(
    found: Regions, coordinates: NDArray[np.int64], steps: NDArray[np.float64] | None
) -> dict[str, NDArray[np.generic]]:
    axes = "zyx"[-len(found.shape) :]
    centroid = _centroid(found, coordinates)
    start = np.minimum.reduceat(coordinates, found.starts, axis=0)
    stop = np.maximum.reduceat(coordinates, found.starts, axis=0) + 1
    columns: dict[str, NDArray[np.generic]] = {
        f"centroid_{axis}_px": centroid[:, i] for i, axis in enumerate(axes)
    }
    if steps is not None:
        columns |= {f"centroid_{axis}_um": (centroid * steps)[:, i] for i, axis in enumerate(axes)}
    columns |= {f"bbox_{axis}_start": start[:, i] for i, axis in enumerate(axes)}
    columns |= {f"bbox_{axis}_stop": stop[:, i] for i, axis in enumerate(axes)}
    outer = (start == 0) | (stop == np.array(found.shape))
    columns["touches_border"] = outer.any(axis=1).astype(np.int64)
    return columns


def _intensity(
    found: Regions, prefix: str, channel: NDArray[np.generic]
) -> dict[str, NDArray[np.generic]]:
    values = channel.ravel()[found.pixels].astype(np.float64)
    if not np.isfinite(values).all():
        raise AdganError(
            "the image has NaN or infinite pixels inside nuclei: replace them before measuring."
        )
    total = np.add.reduceat(values, found.starts)
    mean = total / found.sizes
    variance = np.add.reduceat((values - found.per_pixel(mean)) ** 2, found.starts) / found.sizes
    for start, size in zip(found.starts.tolist(), found.sizes.tolist(), strict=True):
        values[start : start + size].sort()
    low, high = found.starts + (found.sizes - 1) // 2, found.starts + found.sizes // 2
    return {
        f"{prefix}mean": mean,
        f"{prefix}median": (values[low] + values[high]) / 2,
        f"{prefix}sd": np.sqrt(variance),
        f"{prefix}sum": total,
    }
