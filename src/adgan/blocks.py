"""A large volume segmented block by block: bounded memory, no seams.

Blocks overlap by several nuclei. Intensities and the network's statistics are those of the whole,
so that a place comes out alike in every block. A nucleus is taken, whole, from the block in whose
core its middle lies; what an earlier block has given already is left out.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import ndimage

from adgan.auto.trust import expected_f1
from adgan.build import build_parts
from adgan.checkpoint import Model
from adgan.confidence import Confidence, judge, look_again
from adgan.data.parts import Parts, Window
from adgan.data.scale import rescale, working_shape
from adgan.decode import decode, mean_radius
from adgan.instances.regions import components
from adgan.io import Sized
from adgan.methods.adgan import IMAGE
from adgan.moments import Moments, measure_moments, to_steps, whole_steps
from adgan.peak import ask, available
from adgan.recipe import Recipe
from adgan.tiling import Tile, plan_tiles
from adgan.translate import translate

LARGE = 2**25
"""Voxels beyond which a volume is cut, and of a block, overlap and all, where memory allows it."""
SMALLEST = 2**20
"""Voxels that a block has anyway."""
BYTES = 64
"""Memory that decoding takes for each voxel of a block."""
JUDGING = 32
"""The same of judging what was decoded."""
OVERLAP = 5.0
"""Of neighbouring blocks, in largest radii: a nucleus, and what its rim is measured on."""
NEAR = 0.25
"""Mean radii by which a middle may lie outside a core, as two blocks may differ that much."""

Watch = Callable[[float], None]


def block_size(voxels: int) -> int | None:
    """Return the voxels of the blocks that a volume is cut into, None where it stays whole.

    Where memory is short, more volumes are cut, into smaller blocks.
    """
    most = min(LARGE, int(min(available(), 2**60) / 2 / BYTES))
    return None if voxels <= most else max(SMALLEST, most)


def working_size(
    recipe: Recipe, shape: Sequence[int], spacing: Sequence[float] | None = None
) -> int:
    """Return the voxels of a volume at its own size or the working size, whichever is larger."""
    working = working_shape(shape, recipe.scales(spacing))
    return max(int(np.prod(shape)), int(np.prod(working)))


@dataclass
class Found:
    """The nuclei so far: their map, how many, and what was judged of each."""

    labels: np.ndarray
    count: int = 0
    missed: float = 0.0
    reasons: dict[str, list[np.ndarray]] = field(default_factory=dict)

    def judged(self, sure: Confidence, taken: Sequence[int], share: float) -> None:
        """Add a block's confidence: that of the nuclei taken, and its share of those missed."""
        self.missed += share * sure.missed
        for name, values in sure.reasons.items():
            self.reasons.setdefault(name, []).append(values[np.array(taken, int) - 1])

    def confidence(self) -> Confidence:
        """Return the confidence of the whole."""
        reasons = {name: np.concatenate(values) for name, values in self.reasons.items()}
        nuclei = np.prod(list(reasons.values()), axis=0)
        return Confidence(expected_f1(nuclei, self.missed), nuclei, reasons, self.missed)


def segment_blocks(
    model: Model,
    pixels: np.ndarray,
    spacing: Sequence[float] | None = None,
    threshold: float | None = None,
    symmetries: bool = False,
    confidence: bool = False,
    drawn: np.ndarray | None = None,
    watch: Watch | None = None,
) -> tuple[np.ndarray, Confidence | None]:
    """Label the nuclei of a volume.

    Parameters
    ----------
    model, pixels, spacing, threshold, symmetries, confidence
        As for :func:`adgan.segment.segment_image`.
    drawn
        Filled with the network's mask, 0 to 1; float32 of the volume's shape.
    watch
        Called with the share that is done.

    Returns
    -------
    labels
        uint32 of the volume's shape, from 1 without gaps.
    confidence
        Where it was asked for.
    """
    recipe, generator = model.recipe, model.generator
    whole = build_parts(recipe, pixels, spacing)
    moments = whole_moments(model, whole)
    tiles = plan_blocks(recipe, pixels.shape, spacing)
    sides = zip(recipe.aspect, whole.scales, strict=True)
    near = [NEAR * mean_radius(recipe) / side / scale for side, scale in sides]
    found = Found(np.zeros(pixels.shape, np.uint32))
    for number, tile in enumerate(tiles, start=1):
        window = whole.aligned(tile.window)
        part, under = whole.prepare(window), whole.under(window)
        made = translate(generator, part.seen, IMAGE, symmetries=symmetries, moments=moments)
        soft = (made + 1) / 2
        labels = decode(recipe, part, soft, threshold)
        core = whole.under(tuple(slice(*ends) for ends in tile.core))
        inner = tuple(
            slice(c.start - u.start, c.stop - u.start) for c, u in zip(core, under, strict=True)
        )
        if drawn is not None:
            drawn[core] = np.clip(rescale(soft, labels.shape), 0, 1)[inner]
        if recipe.task == "semantic":
            found.labels[core] = labels[inner] > 0
        else:
            taken = take(labels, found, under, inner, near)
            if confidence:
                others = look_again(model, part, moments)
                sure = judge(model, part, soft, others, labels, threshold)
                found.judged(sure, taken, labels[inner].size / labels.size)
        if watch:
            watch(number / len(tiles))
    if recipe.task == "semantic":
        return components(found.labels), None
    return found.labels, found.confidence() if confidence else None


def whole_moments(model: Model, whole: Parts) -> Moments:
    """Return the network's statistics over a volume, see :func:`measure_moments`."""

    def window_of(window: Window) -> np.ndarray:
        ends = zip(window, whole.shape, strict=True)
        return to_steps(whole.seen(tuple(slice(w.start, min(w.stop, n)) for w, n in ends)))

    return measure_moments(model.generator, whole_steps(whole.shape), window_of, IMAGE)


def plan_blocks(
    recipe: Recipe, shape: Sequence[int], spacing: Sequence[float] | None = None
) -> list[Tile]:
    """Cut a volume of so many voxels into blocks, as near to cubes as it allows.

    Returns
    -------
    list of Tile
        In working pixels.
    """
    working = working_shape(shape, recipe.scales(spacing))
    radius = recipe.working_radius(max(recipe.scene.radius))
    overlap = [int(np.ceil(OVERLAP * radius / side)) for side in recipe.aspect]
    voxels, sides = working_size(recipe, shape, spacing), [0] * len(working)
    left = (block_size(voxels) or voxels) * float(np.prod(working)) / voxels
    for done, axis in enumerate(np.argsort(working)):
        length, shared = working[axis], overlap[axis]
        most = min(length, max(int(left ** (1 / (len(working) - done))), 2 * shared))
        count = 1 if most == length else math.ceil((length - shared) / (most - shared))
        sides[axis] = math.ceil((length + (count - 1) * shared) / count)  # no larger than needed
        left /= sides[axis]
    overlap = [min(o, s - 1) for o, s in zip(overlap, sides, strict=True)]
    return plan_tiles(working, sides, overlap)


def check_room(recipe: Recipe, image: Sized, held_on: int) -> None:
    """Refuse an image that cannot be segmented in the memory that is free.

    Parameters
    ----------
    recipe
        The run's settings.
    image
        It need not be read yet.
    held_on
        Bytes a pixel that are held while it is segmented, its own and the label map's among them.

    Raises
    ------
    AdganError
        Saying how much is needed.
    """
    voxels = working_size(recipe, image.shape, image.spacing)
    at_once = block_size(voxels) if len(image.shape) == 3 else None
    needed = held_on * math.prod(image.shape) + BYTES * (at_once or voxels)
    ask(needed, f"segmenting {image.path}", "cut it into parts, or close other programs")


def take(
    labels: np.ndarray, found: Found, under: Window, core: Window, near: Sequence[float]
) -> list[int]:
    """Copy the nuclei of a block that are its own into the map, numbered after those there.

    Parameters
    ----------
    labels
        Of the block.
    found
        What earlier blocks gave; added to.
    under
        Where the block lies in the map.
    core
        Of the block, in its pixels.
    near
        Pixels by which the middle of a nucleus may lie outside the core, an axis.

    Returns
    -------
    list of int
        The block's labels that were taken, in the order of their new numbers.
    """
    given, taken = found.labels[under], []
    for name, box in enumerate(ndimage.find_objects(labels.astype(np.int32)), start=1):
        if box is None:
            continue
        inside = labels[box] == name
        middle = [
            b.start + places.mean() for b, places in zip(box, np.nonzero(inside), strict=True)
        ]
        ends = zip(middle, core, near, strict=True)
        if not all(c.start - far <= m < c.stop + far for m, c, far in ends):
            continue
        there = given[box]
        free = inside & (there == 0)
        if 2 * np.count_nonzero(free) <= np.count_nonzero(inside):
            continue  # another block has given it already
        found.count += 1
        there[free] = found.count
        taken.append(name)
    return taken
