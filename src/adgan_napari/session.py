"""A label layer under review: selected nuclei, changes, and the files they are saved to."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from adgan.errors import AdganError
from adgan_napari.corrections import Corrections
from adgan_napari.mending import Change, delete, merge, split
from adgan_napari.review import Review
from adgan_napari.shown import confidences, palette
from adgan_napari.together import together

CHOSEN_COLOUR = np.ones(4)
"""Colour of selected nuclei, RGBA: white."""


class Session:
    """The review of one layer.

    Parameters
    ----------
    layer
        Label layer in memory; changes go through ``data_setitem``, so that they can be undone.
    accepted
        Labels that were accepted before.

    Attributes
    ----------
    review
        Confidence and decisions for each nucleus.
    chosen
        Labels of the selected nuclei, in the order of selection.
    frames
        Numbers of the frames with unsaved changes.
    """

    def __init__(self, layer: Any, accepted: Iterable[int] = ()):
        if not isinstance(layer.data, np.ndarray):
            raise AdganError(
                f"{layer.name} lies on disk: to change it, make a copy in memory (right click, "
                "Convert to Labels)"
            )
        self.layer = layer
        self.review = Review(layer.data, confidences(layer), set(accepted))
        self.chosen: list[int] = []
        self.frames: set[int] = set()
        self.before = np.array(together(layer).labels)

    def choose(self, label: int, more: bool = False) -> None:
        """Select a nucleus, or with `more` add it to those selected."""
        others = [one for one in self.chosen if one != label] if more else []
        self.chosen = [*others, label]
        self.layer.selected_label = label

    def accept(self) -> None:
        """Accept the selected nuclei."""
        where = np.nonzero(np.isin(self.review.labels, self.chosen))
        if len(where[0]):
            self.review.accepted.update(self.chosen)
            self.frames.update(self._frames(where))

    def delete(self) -> None:
        """Delete the selected nuclei."""
        for label in self.chosen:
            self._do(delete(self.review.labels, label), [label])

    def merge(self) -> None:
        """Merge the selected nuclei into one, which keeps the label of the first.

        Raises
        ------
        AdganError
            If fewer than two are selected.
        """
        self._do(merge(self.review.labels, self.chosen), self.chosen)
        self.choose(self.chosen[0])

    def split(self, parts: int) -> None:
        """Split the nucleus that was selected last.

        Raises
        ------
        AdganError
            If none is selected, or if it is too small.
        """
        label = self.chosen[-1] if self.chosen else 0
        sides = [abs(float(side)) for side in self.layer.scale]
        change = split(self.review.labels, label, self.review.fresh(), parts, sides)
        self._do(change, np.unique(change.values).tolist())

    def compare(self, frame: int = 0) -> bool:
        """Record what painting or undoing has changed in a frame since the last comparison.

        Parameters
        ----------
        frame
            The visible frame, the only one that can be painted in.

        Returns
        -------
        bool
            True if anything has changed.
        """
        now, before = together(self.layer).labels[frame], self.before[frame]
        changed = now != before
        if not changed.any():
            return False
        numbers = {*np.unique(before[changed]).tolist(), *np.unique(now[changed]).tolist()}
        before[changed] = now[changed]
        self.review.touched(*(numbers - {0}))
        self.frames.add(frame)
        return True

    def keep(self, folder: Path) -> int:
        """Write each changed frame as the label map of its image.

        Returns
        -------
        int
            Number of frames written.

        Raises
        ------
        AdganError
            If the folder cannot be written; the next call then writes the remaining frames.
        """
        found, number = together(self.layer), len(self.frames)
        for frame in sorted(self.frames):
            labels = np.ascontiguousarray(found.labels[frame])
            here = self.review.accepted.intersection(np.unique(labels).tolist())
            Corrections(folder).save(
                found.names[frame], labels, found.stack.spacing, here, self.review.changes
            )
            self.frames.discard(frame)
        return number

    def colours(self) -> dict[int | None, Any]:
        """Return the colours of all nuclei; selected ones are white."""
        return palette(self.review) | {label: CHOSEN_COLOUR for label in self.chosen}

    def words(self) -> str:
        """Return how many nuclei are left to review, and the confidence of the last selected."""
        left, known = len(self.review.waiting()), len(self.review.confidence)
        words = [f"{left} of {known} nuclei are left."] if known else []
        if self.chosen:
            confidence = self.review.confidence.get(self.chosen[-1])
            said = "drawn by hand" if confidence is None else f"confidence {confidence:.2f}"
            words.append(f"Nucleus {self.chosen[-1]}: {said}.")
        return " ".join(words)

    def _do(self, change: Change, numbers: Sequence[int]) -> None:
        self.layer.data_setitem(change.where, change.values)
        self.review.touched(*numbers)
        for frame in self._frames(change.where):
            self.frames.add(frame)
            self.before[frame] = together(self.layer).labels[frame]

    def _frames(self, where: Sequence[np.ndarray]) -> list[int]:
        """Return the numbers of the frames that contain some pixels."""
        axes = together(self.layer).stack.axes
        return np.unique(where[axes.index("T")]).tolist() if "T" in axes else [0]
