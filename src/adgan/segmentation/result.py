"""The result of segmenting one image, and each image of a set."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from skimage.segmentation import clear_border

from adgan.batch.manifest import Row, State
from adgan.io import Entry
from adgan.quality.confidence import Confidence
from adgan.report.trust import count_bands
from adgan.segmentation.windows import renumbered
from adgan.survey.handling import Handling


@dataclass(frozen=True)
class Segmentation:
    """The result of segmenting one image.

    ``labels`` is uint32 ``(Z) Y X``. ``probability``, float32 of the same shape from 0 to 1, and
    ``confidence`` are None unless requested.
    """

    labels: np.ndarray
    probability: np.ndarray | None = None
    confidence: Confidence | None = None


def without_border(found: Segmentation) -> Segmentation:
    """Remove nuclei that touch the image border, and renumber the others from 1 without gaps."""
    labels = clear_border(found.labels)
    labels, stays = renumbered(labels, int(found.labels.max(initial=0)))
    confidence = found.confidence
    if confidence:
        kept = stays[: len(confidence.nuclei)]
        reasons = {name: values[kept] for name, values in confidence.reasons.items()}
        confidence = replace(confidence, nuclei=confidence.nuclei[kept], reasons=reasons)
    return Segmentation(labels, found.probability, confidence)


@dataclass(frozen=True)
class Segmented:
    """The result of one image of a set.

    Attributes
    ----------
    name, count
        Name of the image, and number of its nuclei.
    labels, path
        The label map if there is no output folder, and otherwise its path; both are None if the
        image was skipped.
    confidence
        Confidence of the image and each nucleus, if requested without an output folder.
    expected
        Expected F1 of the image, if confidence was requested.
    reason
        Why the label map is empty or the image was skipped; otherwise empty.
    """

    name: str
    count: int
    labels: np.ndarray | None = None
    path: Path | None = None
    confidence: Confidence | None = None
    expected: float | None = None
    reason: str = ""

    @property
    def skipped(self) -> bool:
        """True if the image could not be used."""
        return self.labels is None and self.path is None


def result_of(
    row: Row,
    *,
    path: Path | None = None,
    labels: np.ndarray | None = None,
    confidence: Confidence | None = None,
) -> Segmented:
    """Return the result of an image from its row in the manifest, as a file or in memory."""
    nuclei, expected = row.details["nuclei"], row.details.get("confidence")
    return Segmented(row.name, nuclei, labels, path, confidence, expected, row.reason)


def row_of(
    entry: Entry, count: int, blank: bool, handling: Handling, confidence: Confidence | None
) -> Row:
    """Return the row of an image for the manifest."""
    state: State = "empty" if blank else "done"
    details: dict[str, Any] = {"nuclei": count, "shape": entry.shape}
    if handling != Handling():
        details |= {"factor": handling.factor, "inverted": handling.inverted}
    if confidence:
        details |= _confidence_of(confidence)
    reason = "all pixels have the same value" if blank else ""
    return Row(entry.name, str(entry.path), state, entry.stamp, reason, details)


def _confidence_of(confidence: Confidence) -> dict[str, Any]:
    """Return the confidence values that the manifest stores for the report."""
    bands = count_bands(confidence.nuclei).tolist()
    return {"confidence": confidence.image, "missed": float(confidence.missed), "bands": bands}
