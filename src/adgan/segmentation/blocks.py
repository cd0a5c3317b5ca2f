"""Segment an image block by block, with any model: bounded memory, no seams.

Blocks overlap by several nuclei, and the result at a pixel does not depend on its block. Each
nucleus is taken as a whole from the block whose core contains its centre, unless an earlier block
has provided it. An image that fits into memory is one block.
"""

import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from scipy import ndimage

from adgan.image.tiling import Tile, plan_tiles
from adgan.instances.regions import components
from adgan.segmentation.canvas import Assembled, Canvas, PixelStore, Taken
from adgan.segmentation.windows import Watch, Window, WindowResult, WindowSegmenter

Each = Callable[[Callable[[Window], WindowResult], Iterable[Window]], Iterable[WindowResult]]
"""Applies a function to many windows and yields the results in order: :func:`map`, or a function
that distributes them over machines."""


def cut_blocks(shape: Sequence[int], overlap: Sequence[int], pixels: float) -> list[Tile]:
    """Cut an image into blocks of about `pixels` pixels, as close to cubes as possible."""
    sides, left, shared = [0] * len(shape), pixels, list(overlap)
    for done, axis in enumerate(np.argsort(shape)):
        length = shape[axis]
        most = min(length, max(int(left ** (1 / (len(shape) - done))), 2 * shared[axis]))
        count = 1 if most == length else math.ceil((length - shared[axis]) / (most - shared[axis]))
        sides[axis] = math.ceil((length + (count - 1) * shared[axis]) / count)  # none too large
        left /= sides[axis]
    return plan_tiles(shape, sides, [min(o, s - 1) for o, s in zip(shared, sides, strict=True)])


def one_block(shape: Sequence[int]) -> Tile:
    """Return the block that covers a whole image."""
    whole = tuple(shape)
    return Tile((0,) * len(whole), whole, tuple((0, n) for n in whole))


def segment_blocks(
    image: WindowSegmenter,
    tiles: Sequence[Tile],
    canvas: Canvas,
    watch: Watch | None = None,
    each: Each = map,
) -> Assembled:
    """Segment an image, block by block.

    Parameters
    ----------
    image
        Segments any window of the image.
    tiles
        Its blocks, see :func:`cut_blocks`.
    canvas
        Filled with labels from 1 without gaps.
    watch
        Called with the finished fraction, if there are several blocks.
    each
        Applies the segmentation to the blocks.
    """
    done = Assembled(parts=image.components and len(tiles) > 1)
    results = each(image.segment, [tile.window for tile in tiles])
    for number, (tile, seen) in enumerate(zip(tiles, results, strict=True), start=1):
        core = tuple(slice(*ends) for ends in tile.core)
        if canvas.drawn is not None and seen.probability is not None:
            canvas.drawn[core] = seen.probability[tile.inner]
        if done.parts:
            canvas.labels[core] = seen.labels[tile.inner] > 0
        else:
            if tile.size == image.shape:  # a single block needs no merging
                canvas.labels[tile.window] = seen.labels
                count = int(seen.labels.max(initial=0))
                taken = Taken(tile.window, seen.labels, 1, seen.confidence, seen.reasons, count)
            else:
                taken = take(seen, canvas.labels, done.count, tile, image.near)
            done.count += taken.count
            share = math.prod(b - a for a, b in tile.core) / seen.labels.size
            done.judged(seen, taken, share)
            canvas.add(taken)
        if watch and len(tiles) > 1:
            watch(number / len(tiles))
    if done.parts:
        every = (slice(None),) * len(image.shape)
        canvas.labels[every] = components(canvas.labels[every])
    return done


def take(
    seen: WindowResult, labels: PixelStore, count: int, tile: Tile, near: Sequence[float]
) -> Taken:
    """Copy the nuclei that belong to a block into a map that already contains `count` nuclei."""
    first, names = count + 1, []
    given = np.array(labels[tile.window])
    own = np.zeros(seen.labels.shape, np.uint32)
    for name, box in enumerate(ndimage.find_objects(seen.labels.astype(np.int32)), start=1):
        if box is None:
            continue
        inside = seen.labels[box] == name
        places = np.nonzero(inside)
        middle = [b.start + p.mean() for b, p in zip(box, places, strict=True)]
        ends = zip(middle, tile.inner, near, strict=True)
        if not all(c.start - far <= m < c.stop + far for m, c, far in ends):
            continue
        free = inside & (given[box] == 0)
        if 2 * np.count_nonzero(free) <= len(places[0]):
            continue  # an earlier block has provided it
        names.append(name)
        given[box][free] = count + len(names)
        own[box][free] = len(names)
    if names:
        labels[tile.window] = given
    kept = seen.keeping(own, np.array(names, int) - 1)
    return Taken(tile.window, own, first, kept.confidence, kept.reasons, len(names))
