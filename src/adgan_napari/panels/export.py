"""Export: write the labels of a layer for other programs."""

import numpy as np
from napari.layers import Image
from qtpy.QtWidgets import QCheckBox, QVBoxLayout

from adgan_napari.exporting import KINDS, export
from adgan_napari.panels.choices import Folder, Layers, labels, pair
from adgan_napari.panels.panel import Panel, button
from adgan_napari.shown import confidences
from adgan_napari.together import together


class ExportPanel(Panel):
    """Write label maps, outlines and tables."""

    intro = "Writes nuclei for ImageJ, QuPath, spreadsheets and any program that reads TIFF."

    def fill(self, layout: QVBoxLayout) -> None:
        """Add the choices of layers, kinds of files and folder."""
        self.labels = labels(self.viewer)
        self.image = Layers(self.viewer, Image, also="no intensities")
        pair(self.labels, self.image)
        self.folder = Folder("where files go")
        self.form.addRow("Nuclei", self.labels)
        self.form.addRow("Image", self.image)
        self.form.addRow("Folder", self.folder)
        self.kinds = {kind: QCheckBox(KINDS[kind][0]) for kind in KINDS}
        for box in self.kinds.values():
            layout.addWidget(box)
        self.kinds["tiff"].setChecked(True)
        self.replace = QCheckBox("replace files that exist")
        layout.addWidget(self.replace)
        self.start = button("Export", self.run)
        layout.addWidget(self.start)

    def run(self) -> None:
        """Write the files in the background."""
        try:
            found = together(self.labels.layer(), self.image.layer())
            folder = self.folder.needed("the files")
        except Exception as error:
            self.fail(error)
            return
        kinds = [kind for kind, box in self.kinds.items() if box.isChecked()]
        confidence = confidences(self.labels.layer())
        written: list[str] = []
        given = (
            folder, found.names, np.array(found.labels), kinds, found.image, found.stack.spacing,
            confidence, self.replace.isChecked(),
        )  # fmt: skip
        self.work(
            export,
            given,
            lambda path: written.append(path.name),
            lambda: self._ended(folder, written),
        )

    def _ended(self, folder: object, written: list[str]) -> None:
        if written:
            self.tell(f"{len(written)} files are in {folder}:", *written)
