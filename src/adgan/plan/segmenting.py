"""Time and memory of segmenting, from parts of up to three images."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial

import numpy as np

from adgan.blocks import BYTES, JUDGING
from adgan.checkpoint import Model
from adgan.confidence import AGAIN, judge, look_again
from adgan.heap import kept
from adgan.io import Image, Sized
from adgan.methods.adgan import IMAGE
from adgan.moments import NUMBERS, measure_moments, pixels_measured, to_steps
from adgan.peak import Peak, held
from adgan.plan import Plan, Spent, Stopwatch, plan_of
from adgan.plan.work import Pace, work_of
from adgan.recipe import Recipe
from adgan.report.pictures import data_uri
from adgan.report.trust import FIRST, trust_picture
from adgan.segmenter import Segmenter
from adgan.translate import VIEWS

SIDE = {2: 320, 3: 96}
"""Working pixels an axis of a part that is segmented, at most."""
SHARE = 0.1
"""Share of all pixels that the parts do not exceed, so that a probe is short beside the work."""
UNWATCHED = nullcontext()
LEAST = {2: 96, 3: 24}
"""Working pixels an axis that a part has anyway."""


def plan_segmenting(
    model: Model,
    images: Sequence[Sized],
    probes: Sequence[Image],
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
        All that are to be segmented, read or not.
    probes
        Up to three of them, read.
    threshold, symmetries, confidence
        As for :func:`adgan.segment.segment`.
    held_on
        Bytes a pixel that are held while an image is done in blocks, see :mod:`adgan.blocks`.
    """
    recipe = model.recipe
    works = [work_of(recipe, image, model.generator.width) for image in images]
    every = sum(work.pixels for work in works)
    parts = [_part(recipe, i, SHARE * every / len(probes)) for i in probes]
    segmenter = Segmenter(recipe, model.generator, threshold, symmetries)
    segment = partial(_segment, segmenter, confidence=confidence)
    before = held()
    # Watching memory takes time itself, and what a first pass sets up is no pace.
    watched = Peak(), Peak()
    segment(max(parts, key=lambda part: part.pixels.size), *watched)
    network, rest = (peak.most - before for peak in watched)
    views = (len(VIEWS) if symmetries else 1) + len(AGAIN) * confidence
    with kept(max(work.pixels for work in works)):  # as the work itself will be done
        measured = _measuring(model, parts) if any(work.measured for work in works) else 0.0
        pace, spent = _pace(model, parts, segment, views, measured)
    # What one pass of the network holds is bounded, see `translate`; the rest grows with the image.
    largest = max(part.pixels.size for part in parts)
    working = largest * float(np.prod(recipe.scales()))
    passes = max(1.0, NUMBERS / recipe.network.width / working)
    most = max([1.0, *(work.pixels / largest for work in works if not work.cut)])
    memory: float = max(network * min(most, passes), rest * most)
    # A part says too little of a block: most of what it holds is the same for all sizes.
    each = BYTES + JUDGING * confidence
    for work in works:
        if work.cut:
            pieces = min(max(1.0, work.block / largest), passes)
            at_once = max(network * pieces, each * work.block)
            memory = max(memory, at_once + held_on * work.held)
    seconds = sum(pace.seconds(work, views) for work in works)
    seconds += _page(probes[0], len(images)) if confidence else 0.0
    return plan_of(seconds, spent, before + memory, None)


def _segment(
    segmenter: Segmenter,
    part: Image,
    network: AbstractContextManager = UNWATCHED,
    rest: AbstractContextManager = UNWATCHED,
    *,
    confidence: bool,
) -> None:
    """Segment a part, within one context what the network does and within another all else."""
    image = segmenter.prepare(part.pixels, part.spacing)
    with network:
        soft = segmenter.predict(image.seen)
        others = look_again(segmenter, image) if confidence else []
    with rest:
        labels = segmenter.decode(image, soft)
        if confidence:
            judge(segmenter, image, soft, others, labels)


def _pace(
    model: Model,
    parts: Sequence[Image],
    segment: Callable[..., None],
    views: int,
    measured: float,
) -> tuple[Pace, list[Spent]]:
    """Segment parts and the middles of them, and return the pace, and what each of them took.

    Parameters
    ----------
    model
        On the device to use.
    parts
        Of some images.
    segment
        What to do with them, within a context what the network does first.
    views
        How many the network draws then.
    measured
        See :class:`Pace`.
    """
    every = [*parts, *(_middle(p, [-(-n // 2) for n in p.pixels.shape]) for p in parts)]
    works = [work_of(model.recipe, part, model.generator.width) for part in every]
    watches = [Stopwatch() for _ in every]
    probes = [
        Spent.on(partial(segment, part, watch)) for part, watch in zip(every, watches, strict=True)
    ]
    network = [watch.spent.processor for watch in watches]
    rest = [spent.processor - n for spent, n in zip(probes, network, strict=True)]
    shown = zip(network, works, strict=True)
    drawn, view = _line(
        [work.drawn for work in works],
        [seconds / views - work.measured * measured for seconds, work in shown],
    )
    decoded, anyway = _line([work.pixels for work in works], rest)
    return Pace(drawn, measured, decoded, view, anyway), probes


def _line(sizes: Sequence[float], seconds: Sequence[float]) -> tuple[float, float]:
    """Return the seconds a pixel, and those that something takes whatever its size."""
    spread = np.subtract(sizes, np.mean(sizes))
    slope = float(spread @ seconds / max(1.0, spread @ spread))
    anyway = float(np.mean(seconds) - slope * np.mean(sizes))
    if slope <= 0 or anyway <= 0:
        return max(0.0, sum(seconds)) / sum(sizes), 0.0
    return slope, anyway


def _measuring(model: Model, parts: Sequence[Image]) -> float:
    """Return the seconds of the processor that measuring statistics takes for a pixel."""
    part = max(parts, key=lambda part: part.pixels.size)
    seen = to_steps(
        Segmenter(model.recipe, model.generator).prepare(part.pixels, part.spacing).seen
    )
    measure = partial(measure_moments, model.generator, seen.shape, seen.__getitem__, IMAGE)
    return Spent.on(measure).processor / pixels_measured(seen.shape, model.generator.width)


def _page(image: Image, count: int) -> float:
    """Return seconds of the processor that the page takes, which shows a few images."""
    nothing = np.zeros(image.shape, np.uint8)
    spent = Spent.on(lambda: data_uri(trust_picture(image.pixels, nothing, np.zeros(0))))
    return min(FIRST, count) * spent.processor


def _part(recipe: Recipe, image: Image, largest: float) -> Image:
    """Return the middle of an image, of about `largest` pixels if that is within bounds."""
    rank, scale = image.pixels.ndim, np.array(recipe.scales(image.spacing))
    side = (largest * scale.prod()) ** (1 / rank)
    return _middle(image, np.ceil(min(max(side, LEAST[rank]), SIDE[rank]) / scale).astype(int))


def _middle(image: Image, sides: Sequence[int] | np.ndarray) -> Image:
    """Return the middle of an image, of these sides or all there is."""
    start = np.maximum(0, (np.array(image.pixels.shape) - sides) // 2)
    window = tuple(slice(a, a + n) for a, n in zip(start, sides, strict=True))
    return replace(image, pixels=image.pixels[window])
