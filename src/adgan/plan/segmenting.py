"""Time and memory of segmenting, from parts of up to three images."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial

import numpy as np

from adgan.blocks import (
    BYTES,
    JUDGING,
    block_size,
    plan_blocks,
    whole_moments,
    working_size,
)
from adgan.build import build_image, build_parts
from adgan.checkpoint import Model
from adgan.confidence import judge
from adgan.data.scale import working_shape
from adgan.decode import decode
from adgan.io import Image
from adgan.methods.adgan import IMAGE
from adgan.peak import Peak, held
from adgan.plan import Plan, Spent, plan_of
from adgan.recipe import Recipe
from adgan.report.pictures import data_uri
from adgan.report.trust import FIRST, trust_picture
from adgan.translate import NUMBERS, translate

SIDE = {2: 320, 3: 96}
"""Working pixels an axis of a part that is segmented, at most."""
SHARE = 0.1
"""Share of all pixels that the parts do not exceed, so that a probe is short beside the work."""
UNWATCHED = nullcontext()
LEAST = {2: 96, 3: 24}
"""Working pixels an axis that a part has anyway."""


def plan_segmenting(
    model: Model,
    images: Sequence[Image],
    threshold: float | None = None,
    symmetries: bool = False,
    confidence: bool = False,
    held_on: int = 0,
) -> Plan:
    """Segment parts of up to three images, and throw them away.

    Parameters
    ----------
    model
        On the device to use.
    images
        All that are to be segmented.
    threshold, symmetries, confidence
        As for :func:`adgan.segment.segment`.
    held_on
        Bytes a pixel that are held while an image is done in blocks, see :mod:`adgan.blocks`.
    """
    recipe = model.recipe
    sizes = [image.pixels.size for image in images]
    chosen = [images[i] for i in sorted({0, len(images) // 2, len(images) - 1})]
    parts = [_part(recipe, i, SHARE * sum(sizes) / len(chosen)) for i in chosen]
    segment = partial(
        _segment, model, threshold=threshold, symmetries=symmetries, confidence=confidence
    )
    before = held()
    # Watching memory takes time itself, and what a first pass sets up is no pace.
    watched = Peak(), Peak()
    segment(max(parts, key=lambda part: part.pixels.size), *watched)
    network, rest = (peak.most - before for peak in watched)
    probes = [Spent.on(partial(segment, part)) for part in parts]
    # What one pass of the network holds is bounded, see `translate`; the rest grows with the image.
    largest = max(part.pixels.size for part in parts)
    working = largest * float(np.prod(recipe.scales()))
    passes = max(1.0, NUMBERS / recipe.network.width / working)
    cuts = [_cut(recipe, image) for image in images]
    pairs = list(zip(sizes, cuts, strict=True))
    most = max([1.0, *(n / largest for n, (block, _) in pairs if block == n)])
    memory: float = max(network * min(most, passes), rest * most)
    # A part says too little of a block: most of what it holds is the same for all sizes.
    each = BYTES + JUDGING * confidence
    for n, (block, _) in pairs:
        if block < n:
            pieces = min(max(1.0, block / largest), passes)
            memory = max(memory, max(network * pieces, each * block) + held_on * n)
    work = sum(n * times for n, (_, times) in pairs)
    seconds = sum(spent.processor for spent in probes)
    seconds *= work / sum(part.pixels.size for part in parts)
    seconds += statistics(model, max(parts, key=lambda part: part.pixels.size), pairs)
    seconds += _page(images) if confidence else 0.0
    return plan_of(seconds, probes, before + memory, None)


def _segment(
    model: Model,
    part: Image,
    network: AbstractContextManager = UNWATCHED,
    rest: AbstractContextManager = UNWATCHED,
    *,
    threshold: float | None,
    symmetries: bool,
    confidence: bool,
) -> None:
    """Segment a part, within one context what the network does and within another all else."""
    recipe = model.recipe
    image = build_image(recipe, part.pixels, part.spacing)
    with network:
        soft = translate(model.generator, image.seen, IMAGE, symmetries=symmetries)
    with rest:
        labels = decode(recipe, image, (soft + 1) / 2, threshold)
        if confidence:
            judge(model, image, (soft + 1) / 2, labels, threshold)


def _cut(recipe: Recipe, image: Image) -> tuple[float, float]:
    """Return the most pixels of an image that are done at once, and how often each is, overlap."""
    shape, spacing = image.pixels.shape, image.spacing
    if image.pixels.ndim == 2 or not block_size(working_size(recipe, shape, spacing)):
        return image.pixels.size, 1.0
    working = float(np.prod(working_shape(shape, recipe.scales(spacing))))
    blocks = [float(np.prod(tile.size)) for tile in plan_blocks(recipe, shape, spacing)]
    return image.pixels.size * max(blocks) / working, sum(blocks) / working


def statistics(
    model: Model, part: Image, pairs: Sequence[tuple[int, tuple[float, float]]]
) -> float:
    """Return seconds of the processor for the network's statistics over volumes done in blocks.

    Parameters
    ----------
    model
        On the device to use.
    part
        A part of one of them.
    pairs
        Pixels of each image, and the most that are done at once and how often each is.
    """
    voxels = sum(n for n, (block, _) in pairs if block < n)
    if not voxels:
        return 0.0
    whole = build_parts(model.recipe, part.pixels, part.spacing)
    spent = Spent.on(partial(whole_moments, model, whole))
    return spent.processor * voxels / part.pixels.size


def _page(images: Sequence[Image]) -> float:
    """Return seconds of the processor that the page takes: a picture an image, few kept."""
    pixels = images[0].pixels
    nothing = np.zeros(pixels.shape, np.uint8)
    drawing = Spent.on(lambda: trust_picture(pixels, nothing, np.zeros(0))).processor
    picture = trust_picture(pixels, nothing, np.zeros(0))
    kept = Spent.on(lambda: data_uri(picture)).processor
    return len(images) * drawing + min(FIRST, len(images)) * kept


def _part(recipe: Recipe, image: Image, largest: float) -> Image:
    """Return the middle of an image, of about `largest` pixels if that is within bounds."""
    rank, scale = image.pixels.ndim, np.array(recipe.scales(image.spacing))
    side = (largest * scale.prod()) ** (1 / rank)
    sides = np.ceil(min(max(side, LEAST[rank]), SIDE[rank]) / scale).astype(int)
    start = np.maximum(0, (np.array(image.pixels.shape) - sides) // 2)
    middle = tuple(slice(a, a + n) for a, n in zip(start, sides, strict=True))
    return replace(image, pixels=image.pixels[middle])
