"""Tissue: nuclei that fill the frame, side by side or over each other."""

import math

import cc3d
import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

from adgan.synth.details import Shapes
from adgan.synth.fields import smooth_field
from adgan.synth.knobs import Knobs
from adgan.synth.layouts import Placed
from adgan.synth.population import Population


def packed(
    rng: np.random.Generator, knobs: Knobs, population: Population, shape: tuple[int, ...]
) -> list[Placed]:
    """Fill the frame as tissue does.

    Seeds lie about evenly, each with a metric of its own that is stretched along a field of
    directions. Where nuclei lie side by side, a pixel goes to the seed that is nearest in its own
    metric (an anisotropic power diagram, Alpers et al. 2015,
    doi:10.1080/14786435.2015.1015469), and each reaches only so far: scenes range from ellipses
    that touch to cells that fill the plane. In a thick section, nuclei lie over each other, and
    each keeps its outline.
    """
    ndim, radius, limits = len(shape), population.radius, knobs.limits
    reach = rng.uniform(*knobs.reach)
    near, distance = _distances(rng, knobs, population, shape)
    open_space, lumen = rng.uniform(*knobs.lumen), np.zeros(shape, bool)
    if open_space > limits.least_lumen:
        field = smooth_field(rng, shape, rng.uniform(*knobs.shapes.lumen_grain) * radius)
        lumen = field < np.quantile(field, open_space)
    if rng.random() < knobs.chance.piled:
        return _piled(rng, knobs, near, distance, lumen)
    best = distance.argmin(1)
    rows = np.arange(len(best))
    labels = np.where(distance[rows, best] <= reach, near[rows, best] + 1, 0)
    labels = labels.reshape(shape).astype(np.uint32)
    # Whole nuclei stay or go: a lumen does not cut them.
    sizes = np.bincount(labels.ravel())
    cut = np.bincount(labels.ravel(), lumen.ravel())
    labels[(cut > sizes / 2)[labels]] = 0
    rounded = radius * rng.uniform(*knobs.rounded)
    least = limits.sliver * _ball(radius, ndim)
    gap = rng.uniform(*knobs.gap)
    # What a gap takes from each nucleus.
    margin = 0.5 * gap + limits.gap_edge if gap > limits.gap_edge else 0.0
    return _pieces(labels, margin, rounded, least)


def _distances(
    rng: np.random.Generator, knobs: Knobs, population: Population, shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the seeds near each pixel, and how far each is in its own metric.

    Both ``(pixels, seeds)``; a nucleus of tissue has a radius of about 1 in its metric.
    """
    ndim, radius, shapes = len(shape), population.radius, knobs.shapes
    margin = 2 * radius
    extent = np.array(shape, float)
    number = math.prod((extent + 2 * margin).tolist()) / _ball(radius, ndim)
    number = max(2, int(number * rng.uniform(*shapes.seeded)))
    seeds = _spread(rng, shapes, number, extent + 2 * margin, radius) - margin
    scale = np.array([population.draw_radius(rng) for _ in seeds])
    scale = radius * (scale / radius) ** knobs.limits.competition
    flat = ndim == 3 and rng.random() < knobs.chance.flat
    metric = _metric(rng, shapes, -1.0 if flat else 1.0, population, seeds, scale, extent)

    warp = [
        rng.uniform(*shapes.warp) * radius * smooth_field(rng, shape, shapes.warp_grain * radius)
        for _ in range(ndim)
    ]
    grid = np.stack(
        [
            (np.arange(n) + 0.5).reshape([-1 if a == axis else 1 for a in range(ndim)]) + w
            for axis, (n, w) in enumerate(zip(shape, warp, strict=True))
        ],
        axis=-1,
    ).reshape(-1, ndim)
    near = cKDTree(seeds).query(grid, min(knobs.limits.competing, len(seeds)))[1]
    offset = grid[:, None] - seeds[near]
    distance = np.einsum("pkij,pkj->pki", metric[near], offset, optimize=False)
    distance = np.sqrt((distance**2).sum(-1))
    return near, distance


def _piled(
    rng: np.random.Generator,
    knobs: Knobs,
    near: np.ndarray,
    distance: np.ndarray,
    lumen: np.ndarray,
) -> list[Placed]:
    """Return nuclei of tissue that lie over each other, as a thick section shows them from above.

    Each keeps the outline of its own metric, those on top last.
    """
    reach, overlap = rng.uniform(*knobs.piled), rng.uniform(*knobs.piled_overlap)
    pixels, ranks = np.nonzero(distance <= reach)
    owners = near[pixels, ranks]
    order = np.argsort(owners, kind="stable")
    pixels, cuts = pixels[order], np.cumsum(np.bincount(owners))
    taken, placed = lumen.ravel(), []
    for own in rng.permutation(len(cuts)):
        inside = pixels[cuts[own - 1] if own else 0 : cuts[own]]
        if not len(inside) or np.count_nonzero(taken[inside]) > overlap * len(inside):
            continue
        taken[inside] = True
        where = np.unravel_index(inside, lumen.shape)
        box = tuple(slice(int(w.min()), int(w.max()) + 1) for w in where)
        own_map = np.zeros([side.stop - side.start for side in box], bool)
        own_map[tuple(w - side.start for w, side in zip(where, box, strict=True))] = True
        placed.append(Placed(box, own_map))
    return placed[::-1]


def _metric(
    rng: np.random.Generator,
    shapes: Shapes,
    sense: float,
    population: Population,
    seeds: np.ndarray,
    scale: np.ndarray,
    extent: np.ndarray,
) -> np.ndarray:
    """Return for each seed the matrix that makes its ellipsoid of equal size the unit ball.

    A `sense` of 1 gives long nuclei, of -1 flat ones.
    """
    ndim = seeds.shape[1]
    # A slow field of directions, as plane waves: neighbours point about the same way.
    waves = rng.normal(size=(ndim, 2, ndim)) * rng.uniform(*shapes.turning) / extent.max()
    phases = rng.uniform(0, 2 * math.pi, (ndim, 2))
    along = np.cos(np.einsum("awr,sr->saw", waves, seeds) + phases).sum(-1)
    along += rng.normal(size=along.shape) * rng.uniform(*shapes.disorder)
    along /= np.maximum(np.sqrt((along**2).sum(1, keepdims=True)), 1e-9)
    ratio = rng.uniform(1, population.elongation, len(seeds)) ** sense
    outer = along[:, :, None] * along[:, None, :]
    long, short = ratio ** ((ndim - 1) / ndim), ratio ** (-1 / ndim)
    eye = np.eye(ndim)
    stretch = outer / long[:, None, None] + (eye - outer) / short[:, None, None]
    return np.asarray(stretch / scale[:, None, None])


def _spread(
    rng: np.random.Generator, shapes: Shapes, number: int, extent: np.ndarray, radius: float
) -> np.ndarray:
    """Return points that keep about the distance of neighbouring nuclei (Poisson discs)."""
    drawn = rng.random((4 * number, len(extent))) * extent
    apart = rng.uniform(*shapes.apart) * radius
    tree, alive = cKDTree(drawn), np.ones(len(drawn), bool)
    for point, others in enumerate(tree.query_ball_point(drawn, apart)):
        if alive[point]:
            alive[others] = False
            alive[point] = True
    return drawn[alive]


def _ball(radius: float, ndim: int) -> float:
    return math.pi ** (ndim / 2) / math.gamma(ndim / 2 + 1) * radius**ndim


def _pieces(labels: np.ndarray, margin: float, rounded: float, least: float) -> list[Placed]:
    """Return connected pieces of at least so many pixels as nuclei.

    Their outlines are smoothed by `rounded`, and then they lose `margin` pixels on each side.
    """
    pieces = cc3d.connected_components(labels, connectivity=4 if labels.ndim == 2 else 6)
    placed = []
    for label, box in enumerate(ndimage.find_objects(pieces), start=1):
        if box is None:
            continue
        inside = np.pad(pieces[box] == label, 2)
        if np.count_nonzero(inside) < least:
            continue
        soft = ndimage.gaussian_filter(inside.astype(np.float32), rounded)
        inside &= soft > 0.5
        if margin:
            inside = ndimage.distance_transform_edt(inside) > margin
        inside = inside[(slice(2, -2),) * labels.ndim]
        if inside.any():
            placed.append(Placed(box, inside))
    return placed
