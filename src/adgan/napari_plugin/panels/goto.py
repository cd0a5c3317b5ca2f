"""The camera brought to a nucleus."""

from typing import Any

import numpy as np

from adgan.napari_plugin.review import Review

WIDE = 120
"""Screen pixels that a nucleus takes after the camera went to it."""
SMALL = 24
"""Image pixels that count at least as its size, so that its surroundings are seen too."""


def go_to(viewer: Any, layer: Any, label: int) -> bool:
    """Show a nucleus in the middle of the canvas, and its plane and frame.

    Parameters
    ----------
    viewer, layer
        The window, and the label layer in it.
    label
        Of the nucleus.

    Returns
    -------
    bool
        Whether it is there.
    """
    place = Review(np.asarray(layer.data), {}).place(label)
    if place is None:
        return False
    middle, extent = place
    world = np.asarray(layer.data_to_world(middle), float)
    behind = viewer.dims.ndim - len(world)  # axes that the layer does not have come first
    for axis, value in enumerate(world):
        viewer.dims.set_point(axis + behind, value)
    shown = [axis - behind for axis in viewer.dims.displayed]
    centre = [world[axis] if axis >= 0 else 0.0 for axis in shown]
    viewer.scene.camera.center = tuple([0.0] * (3 - len(centre)) + centre)
    least = np.maximum(extent, SMALL)
    sides = [least[axis] * abs(layer.scale[axis]) for axis in shown if axis >= 0]
    viewer.scene.camera.zoom = WIDE / max(sides)
    return True
