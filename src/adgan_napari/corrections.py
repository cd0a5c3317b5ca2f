"""Corrected label maps in a folder beside the run, in the form that training on labels reads.

The folder has one TIFF per image, with the name of the image, and ``reviewed.json``, a record of
what was done in each.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from adgan.io import make_folder, write_json, write_labels
from adgan.recipe.settings import read_json

REVIEWED = "reviewed.json"


def beside(run: Path) -> Path:
    """Return the folder of the corrected label maps of a run or of a segmentation."""
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
        """Write the label map of an image, replacing an earlier one.

        Parameters
        ----------
        name
            Name of the image.
        labels
            Label map ``(Z) Y X``.
        spacing
            Pixel size along each axis in micrometres, None if unknown.
        accepted
            Labels that were accepted.
        changes
            Number of changes.

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
        """Return the path of the label map of an image."""
        return self.folder / f"{name}.tif"

    def about(self) -> dict[str, Any]:
        """Return the record of what was done in each image; empty if there is no record yet."""
        path = self.folder / REVIEWED
        return read_json(path) if path.is_file() else {}

    def accepted(self, name: str) -> set[int]:
        """Return the labels of an image that were accepted."""
        held = self.about().get(name, {})
        labels = held.get("accepted", []) if isinstance(held, dict) else []
        return {label for label in labels if isinstance(label, int)}
