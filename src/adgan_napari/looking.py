"""Segment the frames of a stack one by one, the visible one first, with or without a run."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from adgan.io import ReadOptions
from adgan.labels.labelmap import radius_of
from adgan.quality.confidence import Confidence
from adgan.runs.checkpoint import load
from adgan.segmentation.image import segment_image
from adgan.segmentation.options import SegmentOptions
from adgan.segmentation.segment import segment
from adgan.segmentation.untrained import BuiltIn, built_in
from adgan.system.heap import few_kernels
from adgan_napari.stacks import Stack

DOUBTFUL_CONFIDENCE = 0.5
"""Confidence below which a nucleus is doubtful and should be reviewed."""


@dataclass(frozen=True)
class Seen:
    """The nuclei found in a frame, or as a preview in the visible plane.

    Attributes
    ----------
    frame, plane
        Number of the frame, and of the plane; `plane` is None for a whole frame.
    labels
        Label map ``(Z) Y X``, labels 1 to N.
    confidence
        Confidence of each label, ``(N,)``.
    expected
        The expected F1.
    share
        Completed fraction of all frames, 0 to 1.
    """

    frame: int
    plane: int | None
    labels: np.ndarray
    confidence: np.ndarray
    expected: float
    share: float


@dataclass
class Findings:
    """The nuclei found in a stack so far; labels are unique across frames.

    Attributes
    ----------
    labels
        Label maps, uint32 ``T (Z) Y X``.
    confidence
        Confidence by label.
    expected
        The expected F1 by frame.
    last
        Highest label so far.
    """

    labels: np.ndarray
    confidence: dict[int, float] = field(default_factory=dict)
    expected: dict[int, float] = field(default_factory=dict)
    last: int = 0

    @classmethod
    def of(cls, stack: Stack) -> "Findings":
        """Return empty findings for a stack."""
        return cls(np.zeros(stack.shape, np.uint32))

    def put(self, seen: Seen) -> None:
        """Store the nuclei of a frame or plane, replacing earlier ones."""
        place = (seen.frame,) if seen.plane is None else (seen.frame, seen.plane)
        for label in np.unique(self.labels[place]).tolist():
            self.confidence.pop(label, None)
        numbers = np.arange(len(seen.confidence) + 1, dtype=np.uint32)
        numbers[1:] += self.last
        self.labels[place] = numbers[seen.labels]
        self.confidence |= dict(zip(numbers[1:].tolist(), seen.confidence.tolist(), strict=True))
        self.last += len(seen.confidence)
        if seen.plane is None:
            self.expected[seen.frame] = seen.expected


def look(
    stack: Stack, run: Path | None = None, frame: int = 0, plane: int | None = None
) -> Iterator[Seen]:
    """Segment the frames of a stack, the visible one first.

    Parameters
    ----------
    stack
        The stack to segment.
    run
        Folder of a trained run; None uses the built-in model.
    frame, plane
        The visible frame and plane. The built-in model first segments this plane as an image, as a
        preview, since a whole volume takes much longer.

    Yields
    ------
    Seen
        The visible plane of a volume, then whole frames.

    Raises
    ------
    AdganError
        If the run cannot be read or does not fit the stack, or a frame cannot be used.
    """
    few_kernels()
    model = load(run) if run else built_in()
    if isinstance(model, BuiltIn) and stack.ndim == 3 and plane is not None:
        labels, confidence = _find(model, stack.frame(frame)[plane], None)
        model = _adapted(model, labels, None)
        yield Seen(frame, plane, labels, confidence.nuclei, confidence.image, 0.0)
    for done, number in enumerate(_from(frame, len(stack))):
        pixels = stack.frame(number)
        share = (done + 1) / len(stack)
        if isinstance(model, BuiltIn):
            labels, confidence = _find(model, pixels, stack.spacing)
            model = _adapted(model, labels, stack.spacing)
            yield Seen(number, None, labels, confidence.nuclei, confidence.image, share)
        elif pixels.min() == pixels.max():
            yield Seen(number, None, np.zeros(pixels.shape, np.uint32), np.zeros(0), 1.0, share)
        else:
            (found,) = segment(
                model,
                [pixels],
                options=SegmentOptions(confidence=True),
                read=ReadOptions(spacing=stack.spacing),
            )
            assert found.labels is not None and found.confidence is not None
            confidence = found.confidence
            yield Seen(number, None, found.labels, confidence.nuclei, confidence.image, share)


def _find(
    model: BuiltIn, pixels: np.ndarray, spacing: tuple[float, ...] | None
) -> tuple[np.ndarray, Confidence]:
    found = segment_image(model, pixels, SegmentOptions(confidence=True), spacing)
    assert found.confidence is not None
    return found.labels, found.confidence


def _adapted(model: BuiltIn, labels: np.ndarray, spacing: tuple[float, ...] | None) -> BuiltIn:
    """Return a model that tries the size of these nuclei first, which saves time."""
    sizes = np.bincount(labels.ravel())[1:]
    if not sizes.size:
        return model
    # Diameters are in pixels of the last axis, whatever the plane distance.
    pixel = float(np.prod(spacing) / spacing[-1] ** labels.ndim) if spacing else 1.0
    return replace(model, usual=float(np.median(diameters(sizes, labels.ndim, pixel))))


def _from(first: int, number: int) -> list[int]:
    """Return the numbers from 0 to `number` - 1, ordered by their distance from `first`."""
    return sorted(range(number), key=lambda n: (abs(n - first), n))


def diameters(sizes: np.ndarray, ndim: int, pixel: float = 1.0) -> np.ndarray:
    """Return the equivalent diameters of objects; `pixel` is the area or volume of a pixel."""
    return np.asarray(2 * radius_of(sizes * pixel, ndim), np.float64)


def summary(stack: Stack, found: Findings) -> list[str]:
    """Summarise the nuclei found: number, diameter, and confidence.

    Parameters
    ----------
    stack
        The stack that was segmented.
    found
        The nuclei of the frames so far.
    """
    done = sorted(found.expected)
    sizes = np.concatenate(
        [np.bincount(found.labels[number].ravel())[1:] for number in done] or [np.zeros(0, int)]
    )
    sizes = sizes[sizes > 0]
    frames = f" in {len(done)} frames" if len(stack) > 1 else ""
    if not sizes.size:
        return [f"No nuclei were found{frames}."]
    widths = diameters(sizes, stack.ndim)
    low, middle, high = np.percentile(widths, (10, 50, 90))
    lines = [f"{sizes.size} nuclei{frames}"]
    if stack.spacing is None:
        lines.append(f"diameter {middle:.3g} px (80 % from {low:.3g} to {high:.3g}), no pixel size")
    else:
        true = diameters(sizes, stack.ndim, float(np.prod(stack.spacing)))
        low, middle, high = np.percentile(true, (10, 50, 90))
        lines.append(f"diameter {middle:.3g} µm (80 % from {low:.3g} to {high:.3g})")
    expected = np.mean([found.expected[number] for number in done])
    doubtful = sum(value < DOUBTFUL_CONFIDENCE for value in found.confidence.values())
    lines.append(f"expected F1 {expected:.2f}; {doubtful} nuclei are doubtful")
    return lines
