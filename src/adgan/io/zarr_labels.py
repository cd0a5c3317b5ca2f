"""Write label maps as OME-Zarr, into a new store or the store of their image."""

import json
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from adgan.io.atomic import cannot_write, to_disk, write_json
from adgan.io.labels import whole_labels
from adgan.io.ome_zarr import LABELS, attributes
from adgan.io.scenes import reader

LABEL_MAP_NAME = "nuclei"
"""Name of the label map within the `labels` group of an image."""
CHUNK_SIDE_PIXELS = 512
"""Side of a chunk along Y and X, and largest side of the smallest level."""
CHUNK_PLANES = 16
"""Number of planes of a chunk along Z."""


def write_zarr_labels(
    store: Path, labels: np.ndarray, spacing: tuple[float, ...] | None = None
) -> None:
    """Write a label map, with lower-resolution levels, as ``labels/nuclei`` of a store.

    Parameters
    ----------
    store, spacing
        As for :func:`filled_zarr_labels`.
    labels
        ``(Z) Y X`` whole numbers from 0.

    Raises
    ------
    AdganError
        If the values are not labels, or as :func:`filled_zarr_labels`.
    """
    labels = whole_labels(labels, store)
    with filled_zarr_labels(store, labels.shape, labels.dtype.name, spacing) as array:
        array[...] = labels


@contextmanager
def filled_zarr_labels(
    store: Path, shape: tuple[int, ...], dtype: str, spacing: tuple[float, ...] | None = None
) -> Iterator[Any]:
    """Yield a label map of zeros to be filled by window, as ``labels/nuclei`` of a store.

    Once it is filled, lower-resolution levels are added, and it replaces an existing label map.

    Parameters
    ----------
    store
        The group of an OME-Zarr image, whose other content and version stay unchanged; if it does
        not exist, it is created with version 0.5.
    shape, dtype, spacing
        As for :func:`adgan.io.tiled.filled_tiff`, which yields and raises the same.
    """
    zarr = reader("zarr", "zarr", store)
    version = 2 if (store / ".zgroup").is_file() else 3
    target = store / LABELS / LABEL_MAP_NAME
    hidden = target.with_name(f".adgan-{uuid.uuid4().hex}")
    try:
        for group in (store, store / LABELS):
            group.mkdir(parents=True, exist_ok=True)
            _make_group(group, version)
        for left in target.parent.glob(".adgan-*"):  # left by a process that was killed
            shutil.rmtree(left)
        held = zarr.open_group(hidden, mode="w", zarr_format=version)
        levels = [_level(held, shape, dtype, version, 0)]
        yield levels[0]
        while max(levels[-1].shape[-2:]) > CHUNK_SIDE_PIXELS:
            sides = (*shape[:-2], *(-(-n // 2) for n in levels[-1].shape[-2:]))
            levels.append(_level(held, sides, dtype, version, len(levels)))
            _halve(levels[-2], levels[-1])
        about = _describe([level.shape for level in levels], spacing, version)
        if "multiscales" in attributes(store):
            about["image-label"] = {"source": {"image": "../../"}}
        held.attrs.update(about if version == 2 else {"ome": {"version": "0.5", **about}})
        to_disk(hidden)
        shutil.rmtree(target, ignore_errors=True)
        os.replace(hidden, target)
        names = [*attributes(store / LABELS).get(LABELS, [])]
        if LABEL_MAP_NAME not in names:
            _tell(store / LABELS, {LABELS: [*names, LABEL_MAP_NAME]}, version)
    except OSError as error:
        raise cannot_write(target, error) from error
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def _level(held: Any, shape: tuple[int, ...], dtype: str, version: int, number: int) -> Any:
    chunks = (CHUNK_PLANES, CHUNK_SIDE_PIXELS, CHUNK_SIDE_PIXELS)[-len(shape) :]
    return held.create_array(
        str(number),
        shape=shape,
        dtype=dtype,
        chunks=tuple(map(min, shape, chunks)),
        chunk_key_encoding={"name": "v2" if version == 2 else "default", "separator": "/"},
        dimension_names="zyx"[-len(shape) :] if version == 3 else None,
    )


def _halve(larger: Any, smaller: Any) -> None:
    """Fill a level with every second pixel of another along Y and X, chunk by chunk."""
    for place in np.ndindex(
        *(-(-n // c) for n, c in zip(smaller.shape, smaller.chunks, strict=True))
    ):
        window = tuple(
            slice(p * c, min((p + 1) * c, n))
            for p, c, n in zip(place, smaller.chunks, smaller.shape, strict=True)
        )
        above = (*window[:-2], *(slice(2 * w.start, 2 * w.stop) for w in window[-2:]))
        smaller[window] = larger[above][..., ::2, ::2]


def _describe(
    shapes: list[tuple[int, ...]], spacing: tuple[float, ...] | None, version: int
) -> dict[str, Any]:
    ndim = len(shapes[0])
    unit = {"unit": "micrometer"} if spacing else {}
    whole = np.array(spacing or (1.0,) * ndim)
    datasets = [
        {
            "path": str(number),
            "coordinateTransformations": [
                {"type": "scale", "scale": (whole * [1, 2**number, 2**number][-ndim:]).tolist()}
            ],
        }
        for number in range(len(shapes))
    ]
    multiscale = {
        "name": LABEL_MAP_NAME,
        "axes": [{"name": axis, "type": "space", **unit} for axis in "zyx"[-ndim:]],
        "datasets": datasets,
    }
    if version == 2:
        multiscale["version"] = "0.4"
    return {"multiscales": [multiscale], "image-label": {}}


def _make_group(group: Path, version: int) -> None:
    if version == 2 and not (group / ".zgroup").exists():
        write_json(group / ".zgroup", {"zarr_format": 2})
    if version == 3 and not (group / "zarr.json").exists():
        write_json(group / "zarr.json", {"zarr_format": 3, "node_type": "group", "attributes": {}})


def _tell(group: Path, about: dict[str, Any], version: int) -> None:
    """Add to the attributes of a group, atomically."""
    if version == 2:
        path = group / ".zattrs"
        held = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        write_json(path, held | about)
        return
    held = json.loads((group / "zarr.json").read_text(encoding="utf-8"))
    ome = {"version": "0.5"} | held["attributes"].get("ome", {}) | about
    write_json(group / "zarr.json", held | {"attributes": held["attributes"] | {"ome": ome}})
