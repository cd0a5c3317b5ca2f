"""What is chosen in the windows of the plugin: layers and folders."""

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
from adgan.napari_plugin.shown import ABOUT


class Layers(QComboBox):
    """The layers of one kind, to choose from; it follows the viewer's list.

    Parameters
    ----------
    viewer
        Whose layers they are.
    kind
        napari's class of layers.
    also
        An entry before them that stands for none; there is no such when absent.
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
        """List the layers anew; the one that was chosen stays, else the topmost is."""
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
        """Return the layer that is chosen, None if there is none."""
        return self.currentData()

    def choose(self, layer: Layer) -> None:
        """Choose a layer."""
        for index in range(self.count()):
            if self.itemData(index) is layer:
                self.setCurrentIndex(index)

    def _follow(self, event: Any = None) -> None:
        """Choose the layer that was made the active one in the list."""
        active = self.viewer.layers.selection.active
        # By its name: what napari gives plugins is a stand-in for the layer.
        if active is not None and (found := self.findText(active.name)) >= 0:
            self.setCurrentIndex(found)


def images(viewer: Any) -> Layers:
    """Return a choice among images."""
    return Layers(viewer, Image)


def labels(viewer: Any) -> Layers:
    """Return a choice among label maps."""
    return Layers(viewer, Labels)


def pair(labels: Layers, images: Layers) -> None:
    """Let a choice among images follow one among label maps, as far as these name their image."""

    def match(index: int = 0) -> None:
        layer = labels.layer()
        about = {} if layer is None else layer.metadata.get(ABOUT, {})
        name = about.get("name") or about.get("image")
        # By its text: what napari gives plugins by name is a stand-in for the layer.
        if name and (found := images.findText(name)) >= 0:
            images.setCurrentIndex(found)

    labels.currentIndexChanged.connect(match)
    match()


class Ticked(QListWidget):
    """The images among the layers, each with a box to tick; all are ticked at first.

    Parameters
    ----------
    viewer
        Whose layers they are.
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
        """List the images anew; what is not ticked stays so."""
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
        """Return the layers that are ticked.

        Raises
        ------
        AdganError
            If none is.
        """
        items = [self.item(index) for index in range(self.count())]
        found = [i.data(Qt.UserRole) for i in items if i.checkState() == Qt.Checked]
        if not found:
            raise AdganError("open images and tick them, or name a folder of images")
        return found


class Folder(QWidget):
    """A folder, typed or chosen.

    Parameters
    ----------
    hint
        What stands there while none is given.
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
        """Return what is given, None if nothing is."""
        text = self.text.text().strip()
        return Path(text).expanduser() if text else None

    def needed(self, what: str) -> Path:
        """Return what is given.

        Raises
        ------
        AdganError
            If nothing is.
        """
        path = self.path()
        if path is None:
            raise AdganError(f"choose a folder for {what}")
        return path

    def put(self, path: Path) -> None:
        """Take a folder for the one given."""
        self.text.setText(str(path))

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Folder", self.text.text())
        if chosen:
            self.text.setText(chosen)
