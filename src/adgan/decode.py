"""The network's output becomes labels: what is a nucleus, where it ends, which pixels are one.

Everything at the working scale, but for the rims and the last watershed, which run at the
image's own. Any rank.
"""

from collections.abc import Sequence

import numpy as np
from scipy import ndimage

from adgan import labelmap
from adgan.data.intensity import toned
from adgan.data.prepare import Prepared
from adgan.data.scale import nearest, rescale
from adgan.instances.basins import find_basins
from adgan.instances.bends import cut_bent
from adgan.instances.boundary import divide, signed_depth, snap
from adgan.instances.regions import components, grow, tidy
from adgan.instances.shape import merge_fragments
from adgan.instances.visible import calmed, find_faint, noise_level
from adgan.recipe import Recipe

THRESHOLD = {"semantic": 0.5, "edge": 0.25, "dome": 0.25}
"""Probability at which a mask of each kind turns into nucleus. The rim is then snapped to the
light, so that it hardly matters where nuclei stand clear; in haze a lower one takes in too much."""
LEAST = 0.15
"""Least area or volume of a nucleus, as a share of the smallest the run was made for."""
LEAST_CUT = 0.05
"""The same for a nucleus cut by the frame."""
ROUNDS = (1, 2)
"""The rim may move out from where it was last put, so that half a dim nucleus grows whole: rounds
in which the light is measured anew, for each move."""
LEVEL = {2: 0.47, 3: 0.56}
"""Share of the step of light at which rims lie."""
TONE = {2: 1.0, 3: 0.3}
"""Power to which brightened intensities are taken before rims are looked for. Between the nuclei of
volumes lies anything from darkness to haze: near a logarithm, a rim is at a ratio of the light."""
HOLE = 0.15
"""Area or volume up to which a hole in the mask is filled, as a share of a mean nucleus."""
HEIGHT = 0.01
"""Least depth of a dip at which the relief is cut; too many cuts are mended by shape."""
SMOOTHING = 0.1
"""Standard deviation by which the relief is smoothed, in radii."""


def decode(
    recipe: Recipe, image: Prepared, soft: np.ndarray, threshold: float | None = None
) -> np.ndarray:
    """Turn the soft mask of one image into its label map.

    Parameters
    ----------
    recipe
        The run's settings, for sizes and the task.
    image
        The image that the network saw.
    soft
        The network's output at the working scale, 0 to 1.
    threshold
        Probability from which a pixel may be nucleus; that of :data:`THRESHOLD` when absent.

    Returns
    -------
    numpy.ndarray
        uint32, of the image's own shape: a label per nucleus, or a component for the semantic
        task, from 1 without gaps.
    """
    if threshold is None:
        threshold = THRESHOLD[recipe.scene.mask]
    mask = find_mask(recipe, image, soft >= threshold)
    labels = components(mask) if recipe.task == "semantic" else split(recipe, image, mask, soft)
    small, number = nearest(labels, soft.shape), int(labels.max(initial=0))
    radius, noise = recipe.working_radius(recipe.scene.mean_radius), noise_level(image.working)
    faint = find_faint(small, image.working, radius, noise, recipe.aspect, number)
    if len(faint):
        labels[np.isin(labels, faint)] = 0
    return finish(recipe, labels, shares_of(recipe, image))


def find_mask(recipe: Recipe, image: Prepared, coarse: np.ndarray) -> np.ndarray:
    """Snap a coarse mask at the working scale to the image at its own.

    Returns
    -------
    numpy.ndarray
        Boolean, of the image's own shape.
    """
    radius, aspect = recipe.working_radius(recipe.scene.mean_radius), recipe.aspect
    radii = [radius / side for side in aspect]
    hole = HOLE * ball(radius, aspect)
    level, tone = LEVEL[coarse.ndim], TONE[coarse.ndim]
    light = toned(image.working, tone)
    for rounds in ROUNDS[:-1]:
        threshold, depth = snap(light, coarse, radius, hole, level, rounds, aspect)
        coarse = coarse | divide(light, threshold, depth, hole, radii)
    threshold, depth = snap(light, coarse, radius, hole, level, ROUNDS[-1], aspect)
    shape = image.pixels.shape
    zoom = image.pixels.size / coarse.size
    calm = calmed(image.full, SMOOTHING * radius / recipe.scale, shares_of(recipe, image))
    full = [r * n / m for r, n, m in zip(radii, shape, coarse.shape, strict=True)]
    calm = toned(calm, tone)
    return divide(calm, rescale(threshold, shape), rescale(depth, shape), hole * zoom, full)


def split(recipe: Recipe, image: Prepared, mask: np.ndarray, soft: np.ndarray) -> np.ndarray:
    """Split touching nuclei: cut wherever the relief dips, then mend by shape.

    The relief is the depth in the mask, in radii, plus the network's output and the brightness.
    Cut at every small dip it falls into fragments, of which those are joined whose union looks
    like one nucleus.

    Parameters
    ----------
    recipe
        The run's settings, for sizes.
    image
        The image, for its brightness.
    mask
        Boolean, of the image's own shape.
    soft
        The network's output at the working scale, 0 to 1.

    Returns
    -------
    numpy.ndarray
        uint32, of the image's own shape.
    """
    radius, aspect = recipe.working_radius(recipe.scene.mean_radius), recipe.aspect
    sigmas = [SMOOTHING * radius / side for side in aspect]
    small = rescale(mask.astype(np.float32), soft.shape) >= 0.5
    depth = np.maximum(signed_depth(small, aspect), 0) / radius
    brightness = (image.working + 1) / 2
    depth = ndimage.gaussian_filter(depth, sigmas)
    relief = (depth + ndimage.gaussian_filter(soft + brightness, sigmas)) / 2
    nucleus = ball(radius, aspect)
    fragments = cut_bent(find_basins(relief, small, HEIGHT), LEAST * nucleus)
    nuclei = merge_fragments(fragments, brightness, depth, nucleus)
    full = np.where(mask, nearest(nuclei, mask.shape), 0)
    return grow(rescale(relief, mask.shape), full, mask)


def finish(
    recipe: Recipe, labels: np.ndarray, shares: tuple[float, ...] | None = None
) -> np.ndarray:
    """Fill holes, drop specks relative to the sizes of a run, and number from 1.

    Parameters
    ----------
    recipe
        The run's settings.
    labels
        Integer map ``(Z) Y X``.
    shares
        Sides of its pixels, see :meth:`adgan.recipe.Recipe.shares`; the run's when absent.
    """
    smallest = recipe.scene.radius[0] * np.sqrt(1 - recipe.scene.eccentricity[1] ** 2)
    size = ball(smallest, shares or recipe.shares())
    return tidy(labels, LEAST * size, LEAST_CUT * size)


def shares_of(recipe: Recipe, image: Prepared) -> tuple[float, ...]:
    """Return the sides of an image's own pixels in the pixels that sizes refer to."""
    pairs = zip(image.scales, recipe.aspect, strict=True)
    return tuple(scale * side / recipe.scale for scale, side in pairs)


def ball(radius: float, sides: Sequence[float]) -> float:
    """Return the area of a disc or the volume of a ball in pixels of such sides."""
    return float(labelmap.ball(radius, len(sides)) / np.prod(sides))
