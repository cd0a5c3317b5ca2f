"""Expected time and memory of segmentation, measured on up to three images or parts of them."""

import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial

import numpy as np

from adgan.builtin.measured_image import BLOCK_BYTES_PER_PIXEL, measure_image
from adgan.builtin.network import Network
from adgan.builtin.reading import Reading
from adgan.builtin.windows import choose_windows
from adgan.builtin.witness import testify
from adgan.image.views import VIEWS
from adgan.io import Entry, Image, Sized
from adgan.models.adgan import IMAGE
from adgan.models.moments import measure_moments, pixels_measured, to_steps
from adgan.models.segmenter import Segmenter
from adgan.quality.confidence import estimate_confidence
from adgan.report.pictures import data_uri
from adgan.report.trust import SHOWN, trust_picture
from adgan.runs.checkpoint import Model
from adgan.segmentation.options import AS_USUAL, SegmentOptions
from adgan.segmentation.size import block_bytes, pixel_bytes
from adgan.segmentation.work import PROBES, Pace, middle_of, part_of, work_of
from adgan.system.heap import kept
from adgan.system.peak import Peak, held
from adgan.system.plan import Plan, Spent, Stopwatch, plan_of

UNWATCHED = nullcontext()


def plan_trained(
    model: Model,
    images: Sequence[Sized],
    probes: Sequence[Image],
    options: SegmentOptions = AS_USUAL,
) -> Plan:
    """Measure a trained run on parts of up to three images, and discard the results.

    Parameters
    ----------
    model
        On the device to use.
    images
        All images to segment; their pixels are not needed.
    probes
        Up to three of them, with pixels.
    options
        The requested results.
    """
    recipe, confidence = model.recipe, options.confidence
    works = [work_of(recipe, image, model.generator.width) for image in images]
    every = sum(work.pixels for work in works)
    share = PROBES[recipe.data.ndim].fraction * every / len(probes)
    parts = [part_of(recipe, image, share) for image in probes]
    segmenter = Segmenter(recipe, model.generator, options.threshold, options.symmetries)
    segment = partial(_segment, segmenter, confidence=confidence)
    before = held()
    # Watching memory takes time, and the first pass includes set-up: neither counts as pace.
    watched = Peak(), Peak()
    segment(max(parts, key=lambda part: part.pixels.size), *watched)
    network, rest = (peak.most - before for peak in watched)
    views = len(VIEWS) if options.symmetries else 1
    views += len(recipe.quality.confidence.views) * confidence
    with kept(max(work.pixels for work in works)):  # as during the work itself
        measured = _measuring(model, parts) if any(work.measured for work in works) else 0.0
        pace, spent = _pace(model, parts, segment, views, measured)
    # The memory of one network pass is bounded, see `translate`; the rest grows with the image.
    largest = max(part.pixels.size for part in parts)
    working = largest * float(np.prod(recipe.scales()))
    values = max(recipe.tiling.values, recipe.tiling.whole[recipe.data.ndim - 2])
    passes = max(1.0, values / recipe.network.width / working)
    most = max([1.0, *(work.pixels / largest for work in works if not work.cut)])
    memory: float = max(network * min(most, passes), rest * most)
    # A part does not show the memory of a block, as most of its own does not depend on its size.
    each = pixel_bytes(confidence)
    for work in works:
        if work.cut:
            pieces = min(max(1.0, work.block / largest), passes)
            at_once = max(network * pieces, each * work.block)
            memory = max(memory, at_once + options.held * work.held)
    seconds = sum(pace.seconds(work, views) for work in works)
    seconds += _page(probes[0], len(images)) if confidence else 0.0
    return plan_of(seconds, spent, before + memory, None)


def plan_untrained(
    network: Network,
    read: Callable[[np.ndarray, Sequence[float] | None], Reading],
    images: Sequence[Entry],
    probes: Sequence[Image],
    options: SegmentOptions = AS_USUAL,
    pixels_segmented: Callable[[Sequence[int]], int] = math.prod,
) -> Plan:
    """Measure the built-in model on the busiest part of the smallest of some images.

    Parameters
    ----------
    network
        The built-in network.
    read
        Measures polarity and scale of an image, given its pixel size.
    images
        All images to segment.
    probes
        Some of them, with pixels.
    options
        The requested results; more views and confidence take more time.
    pixels_segmented
        Returns the number of pixels that are segmented of an image of a shape; of volumes that are
        not segmented whole, planes are not seen.
    """
    before = held()
    if not any(pixels_segmented(entry.shape) == math.prod(entry.shape) for entry in images):
        network = network.alone
    readings: list[Reading] = []
    surveyed = Spent.on(lambda: readings.extend(read(i.pixels, i.spacing) for i in probes))
    shown = [
        (image.pixels, reading)
        for image, reading in zip(probes, readings, strict=True)
        if not reading.empty
    ]
    working = [pixels.size * math.prod(reading.scales) for pixels, reading in shown]
    # Images that would need more than a block are cut into blocks.
    most = block_bytes() if any(entry.large for entry in images) else 0.0
    most = max(most, min(block_bytes(), BLOCK_BYTES_PER_PIXEL * max(working, default=0.0)))
    seconds, spent = surveyed.processor * len(images) / len(probes), [surveyed]
    if shown:
        pixels, reading = min(shown, key=lambda pair: pair[0].size)
        side = PROBES[pixels.ndim].side_max
        part = pixels[choose_windows(pixels, reading.scales, 1, side)[0]]
        finding = Spent.on(lambda: _find(network, part, reading, options))
        share = sum(working) / sum(image.pixels.size for image in probes)
        every = share * sum(pixels_segmented(entry.shape) for entry in images)
        seconds += finding.processor * every / (part.size * math.prod(reading.scales))
        spent.append(finding)
    return plan_of(seconds, spent, before + most, None)


def _find(network: Network, part: np.ndarray, reading: Reading, options: SegmentOptions) -> None:
    if options.symmetries:
        network = replace(network, views=VIEWS)
    image = measure_image(network, part, reading)
    found = image.find()
    if options.confidence:
        image.stability(found)


def _segment(
    segmenter: Segmenter,
    part: Image,
    network: AbstractContextManager = UNWATCHED,
    rest: AbstractContextManager = UNWATCHED,
    *,
    confidence: bool,
) -> None:
    """Segment a part: the network runs within one context, everything else within the other."""
    image = segmenter.prepare(part.pixels, part.spacing)
    with network:
        soft = segmenter.predict(image.seen)
        others = segmenter.predict_views(image.seen) if confidence else []
    with rest:
        labels = segmenter.decode(image, soft)
        if confidence:
            recipe = segmenter.recipe
            spacing = part.spacing or recipe.data.spacing
            testimony = testify(labels, part.pixels, 2 * recipe.disc_radius, spacing)
            estimate_confidence(segmenter, image, soft, others, labels, testimony)


def _pace(
    model: Model,
    parts: Sequence[Image],
    segment: Callable[..., None],
    views: int,
    measured: float,
) -> tuple[Pace, list[Spent]]:
    """Segment parts and their centres; return the pace, and the time that each part took.

    Parameters
    ----------
    model
        On the device to use.
    parts
        Parts of some images.
    segment
        Segments a part; its second argument is the context in which the network runs.
    views
        Number of views that the network predicts for each part.
    measured
        As in :class:`Pace`.
    """
    every = [*parts, *(middle_of(p, [-(-n // 2) for n in p.pixels.shape]) for p in parts)]
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
    """Return the seconds per pixel, and those that do not depend on the size."""
    spread = np.subtract(sizes, np.mean(sizes))
    slope = float(spread @ seconds / max(1.0, spread @ spread))
    anyway = float(np.mean(seconds) - slope * np.mean(sizes))
    if slope <= 0 or anyway <= 0:
        return max(0.0, sum(seconds)) / sum(sizes), 0.0
    return slope, anyway


def _measuring(model: Model, parts: Sequence[Image]) -> float:
    """Return the processor time to measure the network's statistics, in seconds per pixel."""
    part = max(parts, key=lambda part: part.pixels.size)
    seen = to_steps(
        Segmenter(model.recipe, model.generator).prepare(part.pixels, part.spacing).seen
    )
    how = model.recipe.tiling
    measure = partial(measure_moments, model.generator, seen.shape, seen.__getitem__, IMAGE, how)
    return Spent.on(measure).processor / pixels_measured(seen.shape, model.generator.width, how)


def _page(image: Image, count: int) -> float:
    """Return the processor time of the report page, which shows a few images, in seconds."""
    nothing = np.zeros(image.shape, np.uint8)
    spent = Spent.on(lambda: data_uri(trust_picture(image.pixels, nothing, np.zeros(0))))
    return min(SHOWN.images, count) * spent.processor
