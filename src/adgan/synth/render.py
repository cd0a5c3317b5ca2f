"""Render a scene as a label map; no random numbers are drawn."""

import numpy as np

from adgan.synth.footprint import levels
from adgan.synth.scene import Scene


def render(scene: Scene) -> np.ndarray:
    """Render a scene as a label map.

    A pixel covered by several nuclei gets the label of the one in which it lies deepest, so that
    overlapping nuclei meet in a line between them.

    Parameters
    ----------
    scene
        Scene from :func:`adgan.synth.scene.sample_scene`.

    Returns
    -------
    numpy.ndarray
        uint16 of ``scene.shape``; 0 is background, label ``k`` is ``scene.nuclei[k - 1]``. A
        nucleus that covers no pixel centre in the image has no pixels.
    """
    labels = np.zeros(scene.shape, np.uint16)
    depth = np.full(scene.shape, 1.0)
    for label, nucleus in enumerate(scene.nuclei, start=1):
        box, level = levels(nucleus, scene.shape, scene.spacing)
        wins = level <= depth[box]
        labels[box][wins] = label
        depth[box][wins] = level[wins]
    return labels
