"""Simulated images for File > Open Sample, without their true labels."""

from typing import Any

import numpy as np

from adgan.synth.samples import simulated_sample

SERIES_FRAMES = 4
"""Number of frames of the sample series."""
LayerData = tuple[Any, dict[str, Any], str]


def image() -> list[LayerData]:
    """Return an image of nuclei, some of which touch."""
    return [_layer("nuclei", "nuclei2d", 1)]


def volume() -> list[LayerData]:
    """Return a volume whose plane distance is four times its pixel size."""
    return [_layer("nuclei in 3D", "nuclei3d", 1)]


def series() -> list[LayerData]:
    """Return several images as the frames of a series."""
    return [_layer("series of nuclei", "nuclei2d", SERIES_FRAMES)]


def _layer(name: str, sample: str, number: int) -> LayerData:
    drawn = simulated_sample(sample, number)
    spacing = drawn[0][2]
    pixels = np.stack([one for one, _, _ in drawn]) if number > 1 else drawn[0][0]
    ndim = len(spacing)
    about: dict[str, Any] = {
        "name": name,
        "scale": (1.0, *spacing) if number > 1 else spacing,
        "axis_labels": tuple("tzyx"[-ndim:] if number == 1 else "t" + "zyx"[-ndim:]),
        "units": (*(["pixel"] if number > 1 else []), *(["micrometer"] * ndim)),
    }
    return pixels, about, "image"
