"""A scene becomes a label map: deterministic, any rank."""

import numpy as np

from adgan.synth.footprint import levels
from adgan.synth.scene import Scene


def render(scene: Scene) -> np.ndarray:
    """Render a scene as an instance map.

    A pixel that several nuclei cover goes to the one in which it lies deepest, so that
    overlapping nuclei meet in a line between them.

    Parameters
    ----------
    scene
        What :func:`adgan.synth.scene.sample_scene` drew.

    Returns
    -------
    numpy.ndarray
        uint16 of ``scene.shape``; 0 is background, label ``k`` is ``scene.nuclei[k - 1]``.
        A nucleus whose part within the frame covers no pixel centre has no pixels.
    """
    labels = np.zeros(scene.shape, np.uint16)
    depth = np.full(scene.shape, 1.0)
    for label, nucleus in enumerate(scene.nuclei, start=1):
        box, level = levels(nucleus, scene.shape, scene.spacing)
        wins = level <= depth[box]
        labels[box][wins] = label
        depth[box][wins] = level[wins]
    return labels
