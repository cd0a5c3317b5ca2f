"""The images of a segmentation as a list; the one that is clicked is shown as layers."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QListWidget, QListWidgetItem, QSizePolicy

from adgan_napari.results import Opened, Result
from adgan_napari.shown import ABOUT, features


class Gallery(QListWidget):
    """A list of images, the least certain first.

    Parameters
    ----------
    viewer
        The viewer in which images are shown.
    """

    def __init__(self, viewer: Any):
        super().__init__()
        self.viewer = viewer
        self.opened: Callable[[Result], None] | None = None
        self.shown: list[Any] = []
        self.setMaximumHeight(110)
        # A fixed height, as a list that grows would spread the rows above it.
        self.setSizePolicy(QSizePolicy.Ignored, QSizePolicy.Fixed)
        self.hide()
        self.itemClicked.connect(self._clicked)

    def put(self, results: Sequence[Result]) -> None:
        """Fill the list."""
        self.clear()
        for result in results:
            known = "" if np.isnan(result.expected) else f", expected F1 {result.expected:.2f}"
            item = QListWidgetItem(f"{result.name}: {result.nuclei} nuclei{known}")
            item.setData(Qt.UserRole, result)
            self.addItem(item)
        self.show()

    def show_image(self, result: Result, opened: Opened) -> Any:
        """Show an image and its nuclei instead of the previous ones; return the label layer."""
        for layer in self.shown:
            if layer in self.viewer.layers:
                self.viewer.layers.remove(layer)
        labels = opened.labels
        ndim = labels.pixels.ndim
        where: dict[str, Any] = {
            "metadata": {ABOUT: {"name": result.name, "axes": "ZYX"[-ndim:]}},
            "axis_labels": tuple("zyx"[-ndim:]),
        }
        if labels.spacing:
            where |= {"scale": labels.spacing, "units": ("micrometer",) * ndim}
        self.shown = []
        if opened.image is not None:
            picture = self.viewer.add_image(opened.image.pixels, name=result.name, **where)
            self.shown.append(picture)
        layer = self.viewer.add_labels(
            labels.pixels.astype(np.uint32),
            name=f"{result.name} nuclei",
            features=features(opened.confidence),
            opacity=0.5,
            **where,
        )
        self.shown.append(layer)
        self.viewer.reset_view()
        return layer

    def _clicked(self, item: QListWidgetItem) -> None:
        if self.opened is not None:
            self.opened(item.data(Qt.UserRole))
