"""How label maps are shown: in their image's place, coloured by how sure each nucleus is."""

from typing import Any

import numpy as np

from adgan.napari_plugin.review import Review

SURE = "confidence"
"""Column of a layer's features, beside ``index``, the label."""
ABOUT = "adgan"
"""Key of a layer's metadata for what the plugin remembers of it."""


def placed(layer: Any, offset: Any = None) -> dict[str, Any]:
    """Return the settings with which another layer lies where one does.

    Parameters
    ----------
    layer
        Of the image.
    offset
        First pixel along each axis, where the other is a part of it.
    """
    translate = np.asarray(layer.translate, float)
    if offset is not None:
        translate = translate + np.asarray(layer.scale) * np.asarray(offset)
    return {
        "scale": layer.scale,
        "translate": translate,
        "rotate": layer.rotate,
        "shear": layer.shear,
        "affine": layer.affine,
        "units": layer.units,
        "axis_labels": layer.axis_labels,
    }


def features(sure: dict[int, float]) -> dict[str, list[Any]]:
    """Return the features of a label layer: napari shows those of the nucleus pointed at."""
    return {"index": [0, *sure], SURE: [np.nan, *sure.values()]}


def sureness(layer: Any) -> dict[int, float]:
    """Return the confidence by label that a layer's features tell; empty where they do not."""
    table = layer.features
    if SURE not in table or "index" not in table:
        return {}
    pairs = zip(table["index"].tolist(), table[SURE].tolist(), strict=True)
    return {int(label): float(value) for label, value in pairs if label and value == value}


def palette(review: Review) -> dict[int | None, Any]:
    """Return the colours of a label map's nuclei, for napari's direct colormap; None is others."""
    numbers = {*review.sure, *review.accepted}
    colours: dict[int | None, Any] = {n: np.append(review.colour(n), 1.0) for n in numbers}
    return {None: np.append(review.colour(0), 1.0), 0: np.zeros(4), **colours}
