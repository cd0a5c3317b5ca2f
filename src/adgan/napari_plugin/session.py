"""A label layer under review: what is chosen and changed in it, and the files that keep it."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from adgan.errors import AdganError
from adgan.napari_plugin.corrections import Corrections
from adgan.napari_plugin.mending import Change, delete, merge, split
from adgan.napari_plugin.review import Review
from adgan.napari_plugin.shown import palette, sureness
from adgan.napari_plugin.together import together

CHOSEN = np.ones(4)
"""Colour of the nuclei that are chosen: white."""


class Session:
    """The review of one layer.

    Parameters
    ----------
    layer
        Of labels, in memory; changes go through ``data_setitem``, so that they can be undone.
    accepted
        Labels that were accepted before.

    Attributes
    ----------
    review
        What is known of the nuclei.
    chosen
        Labels that are chosen, the last one last.
    frames
        Numbers of the frames in which something is not kept yet.
    """

    def __init__(self, layer: Any, accepted: Iterable[int] = ()):
        if not isinstance(layer.data, np.ndarray):
            raise AdganError(
                f"{layer.name} lies on disk: duplicate it in memory (right click, Convert to "
                "Labels) to change it"
            )
        self.layer = layer
        self.review = Review(layer.data, sureness(layer), set(accepted))
        self.chosen: list[int] = []
        self.frames: set[int] = set()
        self.before = np.array(together(layer).labels)

    def choose(self, label: int, more: bool = False) -> None:
        """Choose a nucleus, or with `more` one beside those that are chosen."""
        others = [one for one in self.chosen if one != label] if more else []
        self.chosen = [*others, label]
        self.layer.selected_label = label

    def accept(self) -> None:
        """Say that what is chosen is right."""
        where = np.nonzero(np.isin(self.review.labels, self.chosen))
        if len(where[0]):
            self.review.accepted.update(self.chosen)
            self.frames.update(self._frames(where))

    def delete(self) -> None:
        """Make what is chosen background."""
        for label in self.chosen:
            self._do(delete(self.review.labels, label), [label])

    def merge(self) -> None:
        """Make the nuclei that are chosen one, which has the label of the first.

        Raises
        ------
        AdganError
            If fewer than two are chosen.
        """
        self._do(merge(self.review.labels, self.chosen), self.chosen)
        self.choose(self.chosen[0])

    def split(self, parts: int) -> None:
        """Divide the nucleus that was chosen last.

        Raises
        ------
        AdganError
            If none is chosen, or it is too small.
        """
        label = self.chosen[-1] if self.chosen else 0
        sides = [abs(float(side)) for side in self.layer.scale]
        change = split(self.review.labels, label, self.review.fresh(), parts, sides)
        self._do(change, np.unique(change.values).tolist())

    def compare(self, frame: int = 0) -> bool:
        """Find out what brushes, or undoing, have changed in a frame since it was last looked at.

        Parameters
        ----------
        frame
            The one in view: nothing else is drawn in.

        Returns
        -------
        bool
            Whether anything has.
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
        """Write each frame that was changed as the label map of its image.

        Returns
        -------
        int
            How many were written.

        Raises
        ------
        AdganError
            If the folder cannot be written; what was not kept is kept at the next try.
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
        """Return the colours of all nuclei, those that are chosen in white."""
        return palette(self.review) | {label: CHOSEN for label in self.chosen}

    def words(self) -> str:
        """Say how many nuclei are left, and what is known of the one chosen last."""
        left, known = len(self.review.waiting()), len(self.review.sure)
        words = [f"{left} of {known} nuclei are left."] if known else []
        if self.chosen:
            sure = self.review.sure.get(self.chosen[-1])
            said = "drawn by hand" if sure is None else f"confidence {sure:.2f}"
            words.append(f"Nucleus {self.chosen[-1]}: {said}.")
        return " ".join(words)

    def _do(self, change: Change, numbers: Sequence[int]) -> None:
        self.layer.data_setitem(change.where, change.values)
        self.review.touched(*numbers)
        for frame in self._frames(change.where):
            self.frames.add(frame)
            self.before[frame] = together(self.layer).labels[frame]

    def _frames(self, where: Sequence[np.ndarray]) -> list[int]:
        """Return the numbers of the frames of some pixels."""
        axes = together(self.layer).stack.axes
        return np.unique(where[axes.index("T")]).tolist() if "T" in axes else [0]
