"""Writes label maps as OME-Zarr, into a store of their own or beside their image."""

import json
import os
import shutil
import uuid
from pathlib import Path
from typing import Any

import numpy as np

from adgan.io.atomic import atomic, cannot_write, to_disk
from adgan.io.extra import reader
from adgan.io.labels import whole_labels
from adgan.io.ome_zarr import LABELS, attributes

NAME = "nuclei"
"""Of a label map among those of an image."""
CHUNK = 512
"""Pixels along Y and X of a piece that is compressed by itself, and of the smallest level."""
PLANES = 16
"""The same along Z."""


def write_zarr_labels(
    store: Path, labels: np.ndarray, spacing: tuple[float, ...] | None = None
) -> None:
    """Write a label map, with smaller copies of it, as ``labels/nuclei`` of a store.

    Parameters
    ----------
    store
        A group of an OME-Zarr image, or one that is made, of version 0.5. What lies beside is
        left as it is, the version too.
    labels
        ``(Z) Y X`` whole numbers from 0.
    spacing
        Micrometres per axis, None when unknown.

    Raises
    ------
    AdganError
        If zarr is missing, labels are none, or on a full disk or missing rights.
    """
    zarr = reader("zarr", "zarr", store)
    labels = whole_labels(labels, store)
    version = 2 if (store / ".zgroup").is_file() else 3
    target = store / LABELS / NAME
    hidden = target.with_name(f".adgan-{uuid.uuid4().hex[:8]}")
    try:
        for group in (store, store / LABELS):
            group.mkdir(parents=True, exist_ok=True)
            _make_group(group, version)
        for left in target.parent.glob(".adgan-*"):  # of a process that was killed
            shutil.rmtree(left)
        levels = _levels(labels)
        held = zarr.open_group(hidden, mode="w", zarr_format=version)
        for number, level in enumerate(levels):
            chunks = (PLANES, CHUNK, CHUNK)[-level.ndim :]
            held.create_array(
                str(number),
                data=level,
                chunks=tuple(min(n, c) for n, c in zip(level.shape, chunks, strict=True)),
                chunk_key_encoding={"name": "v2" if version == 2 else "default", "separator": "/"},
                dimension_names="zyx"[-level.ndim :] if version == 3 else None,
            )
        about = _describe([level.shape for level in levels], spacing, version)
        if "multiscales" in attributes(store):
            about["image-label"] = {"source": {"image": "../../"}}
        held.attrs.update(about if version == 2 else {"ome": {"version": "0.5", **about}})
        to_disk(hidden)
        shutil.rmtree(target, ignore_errors=True)
        os.replace(hidden, target)
        names = [*attributes(store / LABELS).get(LABELS, [])]
        if NAME not in names:
            _tell(store / LABELS, {LABELS: [*names, NAME]}, version)
    except OSError as error:
        raise cannot_write(target, error) from error
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def _levels(labels: np.ndarray) -> list[np.ndarray]:
    """Return a map and every second pixel of it along Y and X, again until it is small."""
    levels = [labels]
    while max(levels[-1].shape[-2:]) > CHUNK:
        levels.append(levels[-1][..., ::2, ::2])
    return levels


def _describe(
    shapes: list[tuple[int, ...]], spacing: tuple[float, ...] | None, version: int
) -> dict[str, Any]:
    rank = len(shapes[0])
    unit = {"unit": "micrometer"} if spacing else {}
    whole = np.array(spacing or (1.0,) * rank)
    datasets = [
        {
            "path": str(number),
            "coordinateTransformations": [
                {"type": "scale", "scale": (whole * [1, 2**number, 2**number][-rank:]).tolist()}
            ],
        }
        for number in range(len(shapes))
    ]
    multiscale = {
        "name": NAME,
        "axes": [{"name": axis, "type": "space", **unit} for axis in "zyx"[-rank:]],
        "datasets": datasets,
    }
    if version == 2:
        multiscale["version"] = "0.4"
    return {"multiscales": [multiscale], "image-label": {}}


def _make_group(group: Path, version: int) -> None:
    if version == 2 and not (group / ".zgroup").exists():
        _write(group / ".zgroup", {"zarr_format": 2})
    if version == 3 and not (group / "zarr.json").exists():
        _write(group / "zarr.json", {"zarr_format": 3, "node_type": "group", "attributes": {}})


def _tell(group: Path, about: dict[str, Any], version: int) -> None:
    """Add to the attributes of a group; it is written whole or not at all."""
    if version == 2:
        path = group / ".zattrs"
        held = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        _write(path, held | about)
        return
    held = json.loads((group / "zarr.json").read_text(encoding="utf-8"))
    ome = {"version": "0.5"} | held["attributes"].get("ome", {}) | about
    _write(group / "zarr.json", held | {"attributes": held["attributes"] | {"ome": ome}})


def _write(path: Path, content: dict[str, Any]) -> None:
    with atomic(path) as temporary:
        temporary.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
