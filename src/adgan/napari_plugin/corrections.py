"""Corrected label maps, kept in a folder beside the run, as training on labels reads them.

There is one TIFF an image, of its name; ``reviewed.json`` says what was done in each, for people.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from adgan.io import make_folder, write_json, write_labels
from adgan.settings import read_json

REVIEWED = "reviewed.json"


def beside(run: Path) -> Path:
    """Return the folder of what is corrected in the label maps of a run or of a segmentation."""
    return run.with_name(f"{run.name}-corrected")


@dataclass(frozen=True)
class Corrections:
    """A folder of corrected label maps."""

    folder: Path

    def save(
        self,
        name: str,
        labels: np.ndarray,
        spacing: tuple[float, ...] | None,
        accepted: Iterable[int],
        changes: int,
    ) -> Path:
        """Write the label map of an image in the place of the one that was kept before.

        Parameters
        ----------
        name
            Of the image.
        labels
            ``(Z) Y X``.
        spacing
            Micrometres per axis, None when unknown.
        accepted
            Labels that a person said are right.
        changes
            How often something was changed.

        Raises
        ------
        AdganError
            If the folder cannot be written.
        """
        path = self.path(name)
        about = self.about() | {name: {"accepted": sorted(accepted), "changes": changes}}
        make_folder(path.parent)
        write_labels(path, labels, spacing)
        write_json(self.folder / REVIEWED, about)
        return path

    def path(self, name: str) -> Path:
        """Return where the label map of an image is kept."""
        return self.folder / f"{name}.tif"

    def about(self) -> dict[str, Any]:
        """Return what was done in each image; nothing of a folder that is not there yet."""
        path = self.folder / REVIEWED
        return read_json(path) if path.is_file() else {}

    def accepted(self, name: str) -> set[int]:
        """Return the labels of an image that a person said are right."""
        held = self.about().get(name, {})
        labels = held.get("accepted", []) if isinstance(held, dict) else []
        return {label for label in labels if isinstance(label, int)}
