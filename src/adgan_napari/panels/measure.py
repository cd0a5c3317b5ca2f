"""Measure: a table of nuclei that is linked with the label layer in both directions."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from napari.layers import Image
from qtpy.QtCore import QAbstractTableModel, QModelIndex, QSortFilterProxyModel, Qt
from qtpy.QtWidgets import QAbstractItemView, QFileDialog, QTableView, QVBoxLayout

from adgan.measuring.measure import Table
from adgan.measuring.tables import write_csv
from adgan_napari.panels.choices import Layers, labels, pair
from adgan_napari.panels.goto import go_to
from adgan_napari.panels.panel import Panel, button, row
from adgan_napari.shown import confidences
from adgan_napari.table import measured
from adgan_napari.together import Together, together


class Rows(QAbstractTableModel):
    """The Qt model of a table; columns are sorted by value.

    Parameters
    ----------
    table
        The table to show.
    """

    def __init__(self, table: Table):
        super().__init__()
        self.names = list(table.columns)
        self.columns = [table[name] for name in self.names]

    def rowCount(self, parent: Any = None) -> int:  # noqa: N802, Qt's name
        """Return the number of nuclei."""
        return len(self.columns[0])

    def columnCount(self, parent: Any = None) -> int:  # noqa: N802, Qt's name
        """Return the number of columns."""
        return len(self.columns)

    def data(self, index: QModelIndex, role: int = Qt.DisplayRole) -> Any:
        """Return the text of a cell, or the value by which it is sorted."""
        value = self.columns[index.column()][index.row()].item()
        if role == Qt.DisplayRole:
            return (
                "" if value != value else f"{value:.5g}" if isinstance(value, float) else str(value)
            )
        return value if role == Qt.UserRole else None

    def headerData(self, section: int, side: Any, role: int = Qt.DisplayRole) -> Any:  # noqa: N802
        """Return the name of a column."""
        if role == Qt.DisplayRole and side == Qt.Horizontal:
            return self.names[section]
        return None


class MeasurePanel(Panel):
    """Measure every nucleus; selecting a row shows its nucleus, and the other way round."""

    intro = "One row per nucleus. Click a row to go to its nucleus; pick a nucleus to show its row."

    def fill(self, layout: QVBoxLayout) -> None:
        """Add the choices of layers, the table and its buttons."""
        self.labels = labels(self.viewer)
        self.image = Layers(self.viewer, Image, also="no intensities")
        pair(self.labels, self.image)
        self.form.addRow("Nuclei", self.labels)
        self.form.addRow("Image", self.image)
        self.view = QTableView()
        self.view.setSelectionBehavior(QAbstractItemView.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SingleSelection)
        self.view.setSortingEnabled(True)
        self.view.verticalHeader().hide()
        self.view.setMinimumHeight(260)
        self.sorted = QSortFilterProxyModel(self)
        self.sorted.setSortRole(Qt.UserRole)
        self.view.setModel(self.sorted)
        self.view.selectionModel().currentRowChanged.connect(self._row_chosen)
        self.save = button("Save as CSV", self._save)
        self.save.setEnabled(False)
        layout.addLayout(row(button("Measure", self.run), self.save))
        layout.addWidget(self.view, 1)
        self.table: Table | None = None
        self.layer: Any = None

    def run(self) -> None:
        """Measure the nuclei in the background."""
        layer, image = self.labels.layer(), self.image.layer()
        try:
            found = together(layer, image)
        except Exception as error:
            self.fail(error)
            return
        self.tell("Measuring …")
        self.work(
            _measured,
            (found, confidences(layer)),
            lambda table: self._show(layer, table),
            lambda: None,
        )

    def _show(self, layer: Any, table: Table) -> None:
        """Show a table and link it with its layer."""
        if self.layer is not None:
            self.layer.events.selected_label.disconnect(self._label_chosen)
        self.table, self.layer = table, layer
        layer.events.selected_label.connect(self._label_chosen)
        self.rows = Rows(table)
        self.sorted.setSourceModel(self.rows)
        self.view.resizeColumnsToContents()
        self.save.setEnabled(True)
        self.tell(f"{len(table)} nuclei of {layer.name}")

    def _row_chosen(self, index: QModelIndex, before: QModelIndex) -> None:
        """Show the nucleus of the selected row."""
        if self.table is None or self.layer not in self.viewer.layers or not index.isValid():
            return
        label = int(self.table["label"][self.sorted.mapToSource(index).row()])
        if label != self.layer.selected_label:
            self.layer.selected_label = label
            go_to(self.viewer, self.layer, label)

    def _label_chosen(self, event: Any = None) -> None:
        """Show the row of the selected nucleus."""
        assert self.table is not None
        (found,) = np.nonzero(self.table["label"] == self.layer.selected_label)
        if len(found):
            index = self.sorted.mapFromSource(self.rows.index(int(found[0]), 0))
            self.view.selectRow(index.row())
            self.view.scrollTo(index)

    def _save(self) -> None:
        """Ask for a file, and write the table to it."""
        chosen, _ = QFileDialog.getSaveFileName(self, "Table", "nuclei.csv", "CSV (*.csv)")
        if chosen:
            self.write(Path(chosen))

    def write(self, path: Path) -> None:
        """Write the table to a CSV file."""
        assert self.table is not None
        try:
            write_csv(self.table, path)
            self.tell(f"Saved as {path}")
        except Exception as error:
            self.fail(error)


def _measured(found: Together, confidence: dict[int, float]) -> Iterator[Table]:
    yield measured(found.labels, found.image, found.stack.spacing, confidence)
