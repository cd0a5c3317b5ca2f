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

THRESHOLD = {"semantic": 0.5, "edge": 0.25, "dome": 0.25}
"""Foreground probability threshold by kind of mask. Boundaries are then adjusted to the
intensities, so the threshold hardly matters for isolated nuclei; in haze, a lower one includes too
much."""
NUCLEUS_SIZE_MIN_FRACTION = 0.15
"""Smallest area or volume of a nucleus, as a fraction of the smallest simulated nucleus."""
CUT_NUCLEUS_SIZE_MIN_FRACTION = 0.05
"""The same for a nucleus at the image border."""
INTENSITY_ROUNDS = (1, 2)
"""Number of rounds that measure the intensities again, for each of two boundary adjustments; the
second starts from the first, so that a half-detected dim nucleus is completed."""
BOUNDARY_LEVEL_FRACTION = {2: 0.47, 3: 0.56}
"""Position of a boundary between the intensities of background (0) and nucleus (1)."""
INTENSITY_POWER = {2: 1.0, 3: 0.3}
"""Power applied to normalised intensities before boundaries are found. In volumes, the background
ranges from dark to hazy: a small power, close to a logarithm, makes boundaries depend on ratios."""
HOLE_SIZE_MAX_FRACTION = 0.15
"""Largest area or volume of a hole to fill, as a fraction of a mean nucleus."""
RELIEF_DIP_MIN = 0.01
"""Smallest depth of a dip at which the relief is cut; excess cuts are merged by shape."""
RELIEF_SIGMA_RADII = 0.1
"""Standard deviation of the smoothing of the relief, in radii."""


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
        Foreground probability threshold (default: from :data:`THRESHOLD`).

    Returns
    -------
    numpy.ndarray
        uint32, of the original shape: one label per nucleus, or per connected component for the
        semantic task, from 1 without gaps.
    """
    if threshold is None:
        threshold = THRESHOLD[recipe.scene.mask]
    mask = find_mask(recipe, image, soft >= threshold)
    labels = components(mask) if recipe.task == "semantic" else split(recipe, image, mask, soft)
    small, number = nearest(labels, soft.shape), int(labels.max(initial=0))
    grid, noise = build_grid(recipe), noise_level(image.working)
    faint = find_faint(small, image.working, grid, noise, number)
    if len(faint):
        labels[np.isin(labels, faint)] = 0
    return finish(recipe, labels, sides_of(recipe, image))


def find_mask(recipe: Recipe, image: Prepared, coarse: np.ndarray) -> np.ndarray:
    """Adjust a coarse mask at the working scale to the intensities at the original scale.

    Returns
    -------
    numpy.ndarray
        Boolean, of the original shape.
    """
    grid = build_grid(recipe)
    radii = grid.pixels(1.0)
    hole = HOLE_SIZE_MAX_FRACTION * grid.nucleus
    level, tone = BOUNDARY_LEVEL_FRACTION[coarse.ndim], INTENSITY_POWER[coarse.ndim]
    light = toned(image.working, tone)
    for rounds in INTENSITY_ROUNDS[:-1]:
        threshold, depth = snap(light, coarse, grid, hole, level, rounds)
        coarse = coarse | divide(light, threshold, depth, hole, radii)
    threshold, depth = snap(light, coarse, grid, hole, level, INTENSITY_ROUNDS[-1])
    shape = image.pixels.shape
    zoom = image.pixels.size / coarse.size
    most = RELIEF_SIGMA_RADII * grid.radius / recipe.scale
    calm = denoised(image.full, most, sides_of(recipe, image))
    full = [r * n / m for r, n, m in zip(radii, shape, coarse.shape, strict=True)]
    calm = toned(calm, tone)
    return divide(calm, rescale(threshold, shape), rescale(depth, shape), hole * zoom, full)


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
    grid = build_grid(recipe)
    sigmas = grid.pixels(RELIEF_SIGMA_RADII)
    small = rescale(mask.astype(np.float32), soft.shape) >= 0.5
    depth = np.maximum(signed_depth(small, grid.sides), 0) / grid.radius
    brightness = (image.working + 1) / 2
    depth = ndimage.gaussian_filter(depth, sigmas)
    relief = (depth + ndimage.gaussian_filter(soft + brightness, sigmas)) / 2
    fragments = cut_bent(
        find_basins(relief, small, RELIEF_DIP_MIN), NUCLEUS_SIZE_MIN_FRACTION * grid.nucleus
    )
    nuclei = merge_fragments(fragments, brightness, depth, grid.nucleus)
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
        Relative pixel sides, see :meth:`adgan.recipe.recipe.Recipe.shares` (default: those of the
        run).
    """
    smallest = recipe.scene.radius[0] * np.sqrt(1 - recipe.scene.eccentricity[1] ** 2)
    size = Grid(sides or recipe.shares(), smallest).nucleus
    return tidy(labels, NUCLEUS_SIZE_MIN_FRACTION * size, CUT_NUCLEUS_SIZE_MIN_FRACTION * size)


def sides_of(recipe: Recipe, image: Prepared) -> tuple[float, ...]:
    """Return the sides of an image's pixels relative to the pixel that nucleus sizes refer to."""
    pairs = zip(image.scales, recipe.aspect, strict=True)
    return tuple(scale * side / recipe.scale for scale, side in pairs)
