"""A large image segmented out of core: measured once as a whole, then done block by block."""

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from adgan.auto.handling import Handling
from adgan.auto.trust import expected_f1
from adgan.blocks import BYTES, JUDGING, SMALLEST, block_size, sight_of_run, working_size
from adgan.builtin.broad import Broad, bytes_of
from adgan.builtin.survey import Reading
from adgan.canvas import Canvas, canvas
from adgan.checkpoint import Model
from adgan.confidence import Confidence
from adgan.errors import AdganError, ImageError
from adgan.io import Entry, Image, Windowed
from adgan.io.image import check_range
from adgan.io.windows import Filled, Window, slabs
from adgan.outputs import Asked
from adgan.peak import ask, available
from adgan.piecewise import Found, Seen, Sight, Taken, Watch, plan_blocks, segment_blocks
from adgan.untrained import BuiltIn, built_in

SAMPLE = 2**20
"""Pixels from which the median is told that stands for those without a number."""
Each = Callable[[Callable[[Window], Seen], Iterable[Window]], Iterable[Seen]]


def is_large(model: Model | BuiltIn, entry: Entry, asked: Asked) -> bool:
    """Whether an image is to be read, segmented and written by window.

    Parameters
    ----------
    model
        What segments it.
    entry
        Of the image.
    asked
        What is to be found in it.

    Raises
    ------
    AdganError
        If memory is short even for that.
    """
    each, pixels = bytes_each(model, entry, asked), float(entry.size)
    if isinstance(model, Model):
        pixels = working_size(model.recipe, entry.shape, entry.spacing)
        if model.recipe.task == "semantic":  # whose components are those of the whole
            return False
        held = entry.size * (asked.held + entry.dtype.itemsize)
        if len(entry.shape) == 3 and held < available() / 2:
            return False  # done in blocks as well, but written as other volumes are
    if block_size(pixels, each) is None or find_spec("zarr") is None or entry.windows() is None:
        return False
    ask(each * SMALLEST, f"segmenting {entry.path}", "close other programs")
    return True


def bytes_each(model: Model | BuiltIn, entry: Entry, asked: Asked) -> float:
    """Return the memory that each pixel of a block takes, as far as it is known beforehand."""
    rank = len(entry.shape)
    if isinstance(model, BuiltIn):
        return model.bytes_each(rank)
    each = float(BYTES + JUDGING * asked.confidence)
    if _votes(model, rank):
        each += bytes_of(Reading(2 * model.recipe.disc_radius, False, 1.0, 1.0))
    return each


def _votes(model: Model, rank: int) -> bool:
    return model.recipe.umpire and model.recipe.task == "instance" and rank == 2


def segment_large(
    model: Model | BuiltIn,
    entry: Entry,
    source: Windowed,
    handling: Handling,
    asked: Asked,
    folder: Path | None,
    watch: Watch,
    each: Each = map,
) -> tuple[Canvas, bool]:
    """Label the nuclei of one large image, and write all that was asked for.

    Parameters
    ----------
    model, asked, handling
        As for other images.
    entry, source
        The image.
    folder
        Of the results; without it they are held in memory.
    watch
        Called with the share that is done.
    each
        See :func:`adgan.piecewise.segment_blocks`.

    Returns
    -------
    canvas
        With what was found.
    blank
        Whether all pixels have one value.

    Raises
    ------
    AdganError
        If the image has no good values, cannot be read, or results cannot be written.
    """
    low, high, fill = examine(entry, source)
    pixels = Filled(source, fill)
    if folder is None:
        soft = np.zeros(entry.shape, np.float32) if asked.probability else None
        context: Any = nullcontext(Canvas(np.zeros(entry.shape, np.uint32), soft))
    else:
        place = asked.place(folder, entry)
        context = canvas(folder, entry.name, place, pixels, entry.spacing, asked)
    with context as made:
        upright = replace(pixels, mirror=low + high) if handling.inverted else pixels
        sight = None if low == high else sight_of(model, entry, upright, handling, asked)
        made.found = Found(made.labels)
        if sight is None:  # a table has its header all the same
            corner = (slice(0, 1),) * len(entry.shape)
            made.add(Taken(corner, np.zeros((1,) * len(corner), np.uint32), 1, np.zeros(0), {}))
        else:
            size = block_size(entry.size, _bytes_of(model, entry, sight, asked))
            tiles = plan_blocks(entry.shape, sight.overlap, size or entry.size)
            made.found = segment_blocks(
                Inside(sight, pixels, asked.exclude_border),
                tiles,
                made.labels,
                made.drawn,
                made.add,
                watch,
                each,
            )
    return made, low == high


def _bytes_of(model: Model | BuiltIn, entry: Entry, sight: Sight, asked: Asked) -> float:
    """Return the memory that each pixel of a block takes, now that the image was looked at."""
    if isinstance(sight, Broad):
        return bytes_of(sight.reading)
    assert isinstance(model, Model)
    zoom = working_size(model.recipe, entry.shape, entry.spacing) / entry.size
    return zoom * bytes_each(model, entry, asked)


def sight_of(
    model: Model | BuiltIn, entry: Entry, pixels: Filled, handling: Handling, asked: Asked
) -> Sight | None:
    """Measure a large image as a whole; None where no nuclei stand out."""
    if isinstance(model, BuiltIn):
        return model.sight(pixels, asked, entry.spacing)
    model = replace(model, recipe=model.recipe.magnified(handling.factor))
    beside = None
    if _votes(model, len(entry.shape)):
        device = next(model.generator.parameters()).device
        if model.student:
            model.student.module.to(device)
        voter = replace(built_in(), device=device, usual=2 * model.recipe.disc_radius)
        beside = voter.sight(pixels, Asked(), network=model.student)
    return sight_of_run(
        model, pixels, entry.spacing, asked.threshold, asked.symmetries, asked.confidence,
        asked.probability, beside,
    )  # fmt: skip


@dataclass(frozen=True)
class Inside:
    """A sight without nuclei where the image has no pixels that are numbers.

    Attributes
    ----------
    sight, pixels
        Of the image.
    whole
        Whether nuclei that the frame of the image cuts are left out, too.
    """

    sight: Sight
    pixels: Filled
    whole: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the image."""
        return self.sight.shape

    @property
    def overlap(self) -> tuple[int, ...]:
        """Of neighbouring blocks."""
        return self.sight.overlap

    @property
    def near(self) -> tuple[float, ...]:
        """How far middles may differ."""
        return self.sight.near

    def segment(self, window: Window) -> Seen:
        """Find the nuclei of a window."""
        seen = self.sight.segment(window)
        outside = self.pixels.outside(window)
        if outside is not None:
            seen = replace(seen, labels=np.where(outside, 0, seen.labels))
        if not self.whole:
            return seen
        cut = [np.zeros(1, seen.labels.dtype)]
        for axis, (place, length) in enumerate(zip(window, self.shape, strict=True)):
            faces = [0] * (place.start == 0) + [-1] * (place.stop == length)
            cut += [np.unique(np.take(seen.labels, face, axis)) for face in faces]
        return replace(
            seen, labels=np.where(np.isin(seen.labels, np.concatenate(cut)), 0, seen.labels)
        )


def examine(entry: Entry, source: Windowed) -> tuple[float, float, float]:
    """Look at all pixels of a large image once.

    Returns
    -------
    low, high
        The least and the largest value.
    fill
        The median, for pixels without a number.

    Raises
    ------
    ImageError
        If pixels are infinite, or of values that 32 bits cannot tell apart.
    """
    lows, highs, some = [], [], []
    apart = max(1, entry.size // SAMPLE)
    for window in slabs(entry.shape):
        part = source[window].ravel()
        if part.dtype.kind == "f":
            part = part[~np.isnan(part)]
        if part.size:
            lows.append(part.min())
            highs.append(part.max())
            some.append(part[::apart])
    if not lows:
        return 0.0, 0.0, 0.0
    low, high = min(lows), max(highs)
    if not (np.isfinite(low) and np.isfinite(high)):
        raise ImageError(
            f"{entry.path} has pixels that are infinite: replace them with numbers, or with NaN "
            "where the image does not reach"
        )
    try:
        check_range(Image(entry.path, np.array([low, high]), entry.spacing, entry.name))
    except AdganError as error:
        raise ImageError(str(error)) from error
    return float(low), float(high), float(np.median(np.concatenate(some)))


def confidence_in(found: Found) -> Confidence:
    """Return what was judged of the nuclei of an image that was done in blocks."""
    reasons = {name: np.concatenate(values) for name, values in found.reasons.items()}
    nuclei = np.concatenate(found.sure) if found.sure else np.zeros(0)
    expected = found.steadiness * expected_f1(nuclei, found.missed)
    return Confidence(expected, nuclei, reasons, found.missed)
