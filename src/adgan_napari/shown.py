"""How label maps are shown: over their image, coloured by confidence."""

from typing import Any

import numpy as np

from adgan_napari.review import Review

CONFIDENCE_COLUMN = "confidence"
"""Column of a layer's features with the confidence, beside ``index``, the label."""
ABOUT = "adgan"
"""Key in a layer's metadata under which the plugin stores its own entries."""


def placed(layer: Any, offset: Any = None) -> dict[str, Any]:
    """Return the settings with which a new layer lies over an existing one.

    Parameters
    ----------
    layer
        Layer of the image.
    offset
        First pixel along each axis, if the new layer covers only a part.
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


def features(confidence: dict[int, float]) -> dict[str, list[Any]]:
    """Return the features of a label layer; napari shows those of the nucleus under the mouse."""
    return {"index": [0, *confidence], CONFIDENCE_COLUMN: [np.nan, *confidence.values()]}


def confidences(layer: Any) -> dict[int, float]:
    """Return the confidence by label from a layer's features; empty if there is none."""
    table = layer.features
    if CONFIDENCE_COLUMN not in table or "index" not in table:
        return {}
    pairs = zip(table["index"].tolist(), table[CONFIDENCE_COLUMN].tolist(), strict=True)
    return {int(label): float(value) for label, value in pairs if label and value == value}


def palette(review: Review) -> dict[int | None, Any]:
    """Return the colour of each label for napari's direct colormap; None is for other labels."""
    numbers = {*review.confidence, *review.accepted}
    colours: dict[int | None, Any] = {n: np.append(review.colour(n), 1.0) for n in numbers}
    return {None: np.append(review.colour(0), 1.0), 0: np.zeros(4), **colours}
