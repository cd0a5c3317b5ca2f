"""Decode the network's output to labels: find the mask, its boundaries, and single nuclei.

Everything happens at the working scale, except boundaries and the last watershed, which use the
original scale. Works for images and volumes.
"""

import numpy as np
from scipy import ndimage

from adgan.image.intensity import toned
from adgan.image.prepare import Prepared
from adgan.image.scale import nearest, rescale
from adgan.instances.basins import find_basins
from adgan.instances.bends import cut_bent
from adgan.instances.boundary import divide, signed_depth, snap
from adgan.instances.regions import components, grow, tidy
from adgan.instances.shape import merge_fragments
from adgan.instances.visible import denoised, find_faint, noise_level
from adgan.labels.grid import Grid
from adgan.models.build import build_grid
from adgan.recipe.recipe import Recipe


def decode(
    recipe: Recipe, image: Prepared, soft: np.ndarray, threshold: float | None = None
) -> np.ndarray:
    """Decode the foreground probability of one image to its label map.

    Parameters
    ----------
    recipe
        The run's settings, for sizes and the task.
    image
        The prepared image.
    soft
        The network's output at the working scale, 0 to 1.
    threshold
        Foreground probability threshold (default: that of the kind of mask).

    Returns
    -------
    numpy.ndarray
        uint32, of the original shape: one label per nucleus, or per connected component for the
        semantic task, from 1 without gaps.
    """
    if threshold is None:
        threshold = threshold_of(recipe)
    mask = find_mask(recipe, image, soft >= threshold)
    labels = components(mask) if recipe.task == "semantic" else split(recipe, image, mask, soft)
    small, number = nearest(labels, soft.shape), int(labels.max(initial=0))
    grid, noise = build_grid(recipe), noise_level(image.working)
    faint = find_faint(small, image.working, grid, noise, recipe.decoding.visible, number)
    if len(faint):
        labels[np.isin(labels, faint)] = 0
    return finish(recipe, labels, sides_of(recipe, image))


def threshold_of(recipe: Recipe) -> float:
    """Return the foreground probability threshold of the kind of mask that is simulated."""
    threshold = recipe.decoding.threshold
    by_kind = {"semantic": threshold.semantic, "edge": threshold.edge, "dome": threshold.dome}
    return by_kind[recipe.scene.mask]


def find_mask(recipe: Recipe, image: Prepared, coarse: np.ndarray) -> np.ndarray:
    """Adjust a coarse mask at the working scale to the intensities at the original scale.

    Returns
    -------
    numpy.ndarray
        Boolean, of the original shape.
    """
    grid, how = build_grid(recipe), recipe.decoding.boundary
    radii = grid.pixels(1.0)
    hole = how.hole * grid.nucleus
    tone = how.power[coarse.ndim - 2]
    light = toned(image.working, tone)
    first, second = how.rounds
    threshold, depth = snap(light, coarse, grid, hole, first, how)
    coarse = coarse | divide(light, threshold, depth, hole, radii, how)
    threshold, depth = snap(light, coarse, grid, hole, second, how)
    shape = image.pixels.shape
    zoom = image.pixels.size / coarse.size
    noise, most = recipe.decoding.visible.noise, recipe.decoding.split.smoothing * grid.radius
    calm = denoised(image.full, noise, most / recipe.scale, sides_of(recipe, image))
    full = [r * n / m for r, n, m in zip(radii, shape, coarse.shape, strict=True)]
    calm = toned(calm, tone)
    return divide(calm, rescale(threshold, shape), rescale(depth, shape), hole * zoom, full, how)


def split(recipe: Recipe, image: Prepared, mask: np.ndarray, soft: np.ndarray) -> np.ndarray:
    """Split touching nuclei: cut at every dip of the relief, then merge fragments by shape.

    The relief is the depth in the mask, in radii, plus the network's output and the brightness.
    Cutting at every small dip gives fragments; they are merged if their union has the shape of one
    nucleus.

    Parameters
    ----------
    recipe
        The run's settings, for sizes.
    image
        The image, for its brightness.
    mask
        Boolean, of the original shape.
    soft
        The network's output at the working scale, 0 to 1.

    Returns
    -------
    numpy.ndarray
        uint32, of the original shape.
    """
    grid, how = build_grid(recipe), recipe.decoding
    sigmas = grid.pixels(how.split.smoothing)
    small = rescale(mask.astype(np.float32), soft.shape) >= 0.5
    depth = np.maximum(signed_depth(small, grid.sides), 0) / grid.radius
    brightness = (image.working + 1) / 2
    depth = ndimage.gaussian_filter(depth, sigmas)
    relief = (depth + ndimage.gaussian_filter(soft + brightness, sigmas)) / 2
    fragments = find_basins(relief, small, how.split.dip)
    if fragments.ndim == 2:
        fragments = cut_bent(fragments, how.smallest * grid.nucleus, how.split)
    nuclei = merge_fragments(fragments, brightness, depth, grid.nucleus, how.merge)
    full = np.where(mask, nearest(nuclei, mask.shape), 0)
    return grow(rescale(relief, mask.shape), full, mask)


def finish(
    recipe: Recipe, labels: np.ndarray, sides: tuple[float, ...] | None = None
) -> np.ndarray:
    """Fill holes, remove specks relative to the nucleus sizes of a run, and number from 1.

    Parameters
    ----------
    recipe
        The run's settings.
    labels
        Integer map ``(Z) Y X``.
    sides
        Relative pixel sides, see
        :meth:`adgan.recipe.recipe.Recipe.relative_spacing` (default: those of the run).
    """
    smallest = recipe.scene.radius[0] * np.sqrt(1 - recipe.scene.eccentricity[1] ** 2)
    size = Grid(sides or recipe.relative_spacing(), smallest).nucleus
    return tidy(labels, recipe.decoding.smallest * size, recipe.decoding.smallest_cut * size)


def sides_of(recipe: Recipe, image: Prepared) -> tuple[float, ...]:
    """Return the sides of an image's pixels relative to the pixel that nucleus sizes refer to."""
    pairs = zip(image.scales, recipe.working_spacing, strict=True)
    return tuple(scale * side / recipe.scale for scale, side in pairs)
