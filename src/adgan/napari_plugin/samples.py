"""Simulated images for File > Open Sample: their true labels are known, and left out."""

from typing import Any

import numpy as np

from adgan.synth.samples import simulated_sample

FRAMES = 4
LayerData = tuple[Any, dict[str, Any], str]


def image() -> list[LayerData]:
    """Give one image of nuclei, some of which touch."""
    return [_layer("nuclei", "nuclei2d", 1)]


def volume() -> list[LayerData]:
    """Give one volume, its planes four times as far apart as its pixels are wide."""
    return [_layer("nuclei in 3D", "nuclei3d", 1)]


def series() -> list[LayerData]:
    """Give several images as the frames of a series."""
    return [_layer("series of nuclei", "nuclei2d", FRAMES)]


def _layer(name: str, sample: str, number: int) -> LayerData:
    drawn = simulated_sample(sample, number)
    spacing = drawn[0][2]
    pixels = np.stack([one for one, _, _ in drawn]) if number > 1 else drawn[0][0]
    rank = len(spacing)
    about: dict[str, Any] = {
        "name": name,
        "scale": (1.0, *spacing) if number > 1 else spacing,
        "axis_labels": tuple("tzyx"[-rank:] if number == 1 else "t" + "zyx"[-rank:]),
        "units": (*(["pixel"] if number > 1 else []), *(["micrometer"] * rank)),
    }
    return pixels, about, "image"
