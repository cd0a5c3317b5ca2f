"""Widgets to choose layers and folders."""

from pathlib import Path
from typing import Any

from napari.layers import Image, Labels, Layer
from qtpy.QtCore import Qt
from qtpy.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from adgan.errors import AdganError
from adgan_napari.shown import ABOUT


class Layers(QComboBox):
    """A choice among the layers of one kind, which follows the viewer's layer list.

    Parameters
    ----------
    viewer
        The napari viewer.
    kind
        Layer class of napari.
    also
        Text of a first entry that stands for no layer; None for no such entry.
    """

    def __init__(self, viewer: Any, kind: type[Layer], also: str | None = None):
        super().__init__()
        self.viewer, self.kind, self.also = viewer, kind, also
        self.setSizePolicy(QSizePolicy.Ignored, QSizePolicy.Fixed)  # names may be long
        for event in ("inserted", "removed", "reordered"):
            getattr(viewer.layers.events, event).connect(self.refresh)
        viewer.layers.selection.events.active.connect(self._follow)
        self.refresh()
        self._follow()

    def refresh(self, event: Any = None) -> None:
        """Update the list; the chosen layer stays chosen if it exists, else the topmost is."""
        chosen = self.layer()
        self.blockSignals(True)
        self.clear()
        if self.also is not None:
            self.addItem(self.also, None)
        for layer in self.viewer.layers:
            if type(layer) is self.kind:
                self.addItem(layer.name, layer)
        if chosen in self.viewer.layers:
            self.choose(chosen)
        elif self.also is None:
            self.setCurrentIndex(self.count() - 1)
        self.blockSignals(False)
        self.currentIndexChanged.emit(self.currentIndex())

    def layer(self) -> Any:
        """Return the chosen layer, or None."""
        return self.currentData()

    def choose(self, layer: Layer) -> None:
        """Choose a layer."""
        for index in range(self.count()):
            if self.itemData(index) is layer:
                self.setCurrentIndex(index)

    def _follow(self, event: Any = None) -> None:
        """Choose the layer that became active in the layer list."""
        active = self.viewer.layers.selection.active
        # By name, as napari gives plugins a proxy of the layer.
        if active is not None and (found := self.findText(active.name)) >= 0:
            self.setCurrentIndex(found)


def images(viewer: Any) -> Layers:
    """Return a choice among image layers."""
    return Layers(viewer, Image)


def labels(viewer: Any) -> Layers:
    """Return a choice among label layers."""
    return Layers(viewer, Labels)


def pair(labels: Layers, images: Layers) -> None:
    """Let a choice of images follow one of label layers, where these name their image."""

    def match(index: int = 0) -> None:
        layer = labels.layer()
        about = {} if layer is None else layer.metadata.get(ABOUT, {})
        name = about.get("name") or about.get("image")
        # By text, as napari gives plugins a proxy of the layer.
        if name and (found := images.findText(name)) >= 0:
            images.setCurrentIndex(found)

    labels.currentIndexChanged.connect(match)
    match()


class Ticked(QListWidget):
    """The image layers, each with a check box; all are checked at first.

    Parameters
    ----------
    viewer
        The napari viewer.
    """

    def __init__(self, viewer: Any):
        super().__init__()
        self.viewer = viewer
        self.setMaximumHeight(96)
        self.setSizePolicy(QSizePolicy.Ignored, QSizePolicy.Fixed)  # names may be long
        for event in ("inserted", "removed", "reordered"):
            getattr(viewer.layers.events, event).connect(self.refresh)
        self.refresh()

    def refresh(self, event: Any = None) -> None:
        """Update the list; unchecked layers stay unchecked."""
        items = [self.item(index) for index in range(self.count())]
        left = [i.data(Qt.UserRole) for i in items if i.checkState() == Qt.Unchecked]
        self.clear()
        for layer in self.viewer.layers:
            if type(layer) is Image:
                item = QListWidgetItem(layer.name)
                item.setData(Qt.UserRole, layer)
                item.setCheckState(Qt.Unchecked if layer in left else Qt.Checked)
                self.addItem(item)

    def chosen(self) -> list[Any]:
        """Return the checked layers.

        Raises
        ------
        AdganError
            If none is checked.
        """
        items = [self.item(index) for index in range(self.count())]
        found = [i.data(Qt.UserRole) for i in items if i.checkState() == Qt.Checked]
        if not found:
            raise AdganError("open images and tick them, or choose a folder of images")
        return found


class Folder(QWidget):
    """A field for a folder, to type or to choose.

    Parameters
    ----------
    hint
        Text that is shown while the field is empty.
    """

    def __init__(self, hint: str):
        super().__init__()
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Fixed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.text = QLineEdit()
        self.text.setPlaceholderText(hint)
        button = QPushButton("…")
        button.setMaximumWidth(32)
        button.clicked.connect(self._choose)
        layout.addWidget(self.text)
        layout.addWidget(button)

    def path(self) -> Path | None:
        """Return the folder, or None if the field is empty."""
        text = self.text.text().strip()
        return Path(text).expanduser() if text else None

    def needed(self, what: str) -> Path:
        """Return the folder; `what` says in the error what it is for.

        Raises
        ------
        AdganError
            If the field is empty.
        """
        path = self.path()
        if path is None:
            raise AdganError(f"choose a folder for {what}")
        return path

    def put(self, path: Path) -> None:
        """Enter a folder into the field."""
        self.text.setText(str(path))

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Folder", self.text.text())
        if chosen:
            self.text.setText(chosen)
