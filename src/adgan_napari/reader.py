"""Read OME-Zarr for napari: images and label maps with their scale, loaded as they are shown."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from adgan.errors import AdganError
from adgan.io.ome_zarr import LABELS, attributes, images_in, is_zarr
from adgan.io.scenes import damage, reader

LayerData = tuple[Any, dict[str, Any], str]


def get_reader(path: str | list[str]) -> Callable[[str | list[str]], list[LayerData]] | None:
    """Return the reader of a path, or None if it is not OME-Zarr; the interface of npe2."""
    paths = [path] if isinstance(path, str) else path
    return read if all(is_zarr(Path(one)) for one in paths) else None


def read(path: str | list[str]) -> list[LayerData]:
    """Read stores as layers, label maps above their images.

    Raises
    ------
    AdganError
        If a store is empty or damaged, or if zarr is not installed.
    """
    paths = [path] if isinstance(path, str) else path
    return [layer for one in paths for group in images_in(Path(one)) for layer in _layers(group)]


def _layers(group: Path) -> list[LayerData]:
    """Return the layer of an image or label map, followed by those of its label maps."""
    held = attributes(group / LABELS).get(LABELS, []) if is_zarr(group / LABELS) else []
    return [_layer(group), *(_layer(group / LABELS / name) for name in held)]


def _layer(group: Path) -> LayerData:
    zarr = reader("zarr", "zarr", group)
    with damage(group):
        about = attributes(group)
        first = about["multiscales"][0]
        levels = [zarr.open_array(group / d["path"], mode="r") for d in first["datasets"]]
        axes = [a if isinstance(a, dict) else {"name": a} for a in first["axes"]]
        scale = np.ones(len(axes))
        for step in first["datasets"][0].get("coordinateTransformations", []):
            scale *= step.get("scale", 1.0)
        kept = [i for i, axis in enumerate(axes) if axis.get("type") != "channel"]
        kind = "labels" if "image-label" in about else "image"
        name = group.parent.parent.name if kind == "labels" else group.name
        settings: dict[str, Any] = {
            "name": f"{name} {group.name}" if kind == "labels" else name,
            "scale": scale[kept].tolist(),
            "axis_labels": [str(axes[i]["name"]) for i in kept],
            "units": [str(axes[i].get("unit") or "pixel") for i in kept],
            "multiscale": len(levels) > 1,
        }
    if len(kept) < len(axes):
        (channel,) = set(range(len(axes))) - set(kept)
        settings["channel_axis"] = channel
        if kind == "labels":
            raise AdganError(f"{group} is a label map with channels: leave it out")
    return (levels if len(levels) > 1 else levels[0]), settings, kind
