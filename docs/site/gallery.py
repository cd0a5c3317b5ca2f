"""Draws the pictures of the gallery: ``gallery.py [FOLDER]``.

Every image is simulated, by a seed that stands here, and segmented by the built-in model.
"""

import sys
from pathlib import Path

import numpy as np
import PIL.Image

import adgan
from adgan.report.overlay import overlay
from adgan.report.pictures import show_as
from adgan.synth.knobs import Chances, Knobs
from adgan.synth.randomised import random_scene
from adgan.system.seeding import generator

NONE = Chances(
    wide=0, second=0, empty=0, packed=0, long=0, long_packed=0, lobed=0, mitotic=0, ghosts=0,
    cytoplasm=0, debris=0, stripes=0, coarse=0, saturated=0, jpeg=0, padded=0, cleaned=0, dark=0,
)  # fmt: skip
"""Nothing that is unusual."""


def chances(**some: float) -> Chances:
    """Return what is usual, and some of the rest."""
    return Chances(**{**vars(NONE), **some})


KINDS = {
    "scattered": Knobs(chance=chances(), radius=(11, 12), fill=(0.3, 0.4), contact=(0, 0.2)),
    "tissue": Knobs(chance=chances(packed=1), radius=(9, 10), overlap=(0, 0.1)),
    "noise": Knobs(chance=chances(), radius=(10, 11), fill=(0.3, 0.4), snr=(2.0, 2.2)),
    "mixed": Knobs(chance=chances(mitotic=1, debris=1, cytoplasm=1), radius=(10, 12)),
    "small": Knobs(chance=chances(), radius=(4, 4.5), fill=(0.3, 0.4)),
}
SIDE, SEED, COLOURS = 224, 4, 48


def pictures() -> dict[str, np.ndarray]:
    """Return the pictures by name, uint8 RGB: the image, and the outlines found in it."""
    drawn = {}
    for name, knobs in KINDS.items():
        scene = random_scene(generator(SEED, "gallery", name), (SIDE, SIDE), knobs)
        (found,) = adgan.segment(None, [scene.image])
        gray = show_as(scene.image, (SIDE, SIDE))
        none = np.zeros_like(found.labels)
        drawn[name] = np.hstack([overlay(gray, labels) for labels in (none, found.labels)])
    return drawn


if __name__ == "__main__":
    folder = Path(*sys.argv[1:] or [Path(__file__).parents[1] / "images" / "gallery"])
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures().items():
        few = PIL.Image.fromarray(picture).quantize(COLOURS)
        few.save(folder / f"{name}.png", optimize=True)
