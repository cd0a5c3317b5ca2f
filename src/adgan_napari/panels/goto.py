"""Move the camera to a nucleus."""

from typing import Any

import numpy as np

from adgan_napari.review import Review

NUCLEUS_SCREEN_PIXELS = 120
"""Size of the nucleus on the screen, in screen pixels."""
EXTENT_MINIMUM_PIXELS = 24
"""Smallest extent that is shown, in image pixels, so that small nuclei have some surroundings."""


def go_to(viewer: Any, layer: Any, label: int) -> bool:
    """Show a nucleus in the middle of the canvas, in its frame and plane.

    Parameters
    ----------
    viewer, layer
        The viewer and the label layer.
    label
        Label of the nucleus.

    Returns
    -------
    bool
        False if there is no such nucleus.
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
    least = np.maximum(extent, EXTENT_MINIMUM_PIXELS)
    sides = [least[axis] * abs(layer.scale[axis]) for axis in shown if axis >= 0]
    viewer.scene.camera.zoom = NUCLEUS_SCREEN_PIXELS / max(sides)
    return True
