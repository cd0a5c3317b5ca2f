"""First look: apply the built-in model to a layer, without any settings."""

from typing import Any

import numpy as np
from napari.utils.colormaps import DirectLabelColormap
from qtpy.QtWidgets import QComboBox, QLineEdit, QVBoxLayout

from adgan_napari.looking import Findings, Seen, look, summary
from adgan_napari.panels.choices import images
from adgan_napari.panels.panel import Panel, button, row
from adgan_napari.review import Review
from adgan_napari.shown import ABOUT, features, palette, placed
from adgan_napari.stacks import Stack, guess_axes, stack_of, view_in

LARGE_PLANE_PIXELS = 2**22
"""Pixels of a plane above which only the visible part is segmented, unless All is chosen."""
VIEW_SIDE_PIXELS = 1536
"""Longest side of the visible part that is segmented, in pixels."""
IMAGE_PARTS = ("Automatic", "All", "What is in view")


class LookPanel(Panel):
    """First look at the nuclei of a layer: labels, sizes and confidence."""

    intro = "Segments the nuclei of an image without training, and shows their confidence."

    def fill(self, layout: QVBoxLayout) -> None:
        """Add the choices of layer, axes and part, and two buttons."""
        self.image = images(self.viewer)
        self.axes = QLineEdit()
        self.axes.setToolTip("A letter for each axis of the layer: T time, Z planes, Y, X")
        self.part = QComboBox()
        self.part.addItems(IMAGE_PARTS)
        self.form.addRow("Image", self.image)
        self.form.addRow("Axes", self.axes)
        self.form.addRow("Part", self.part)
        self.start = button("Look", self.run)
        self.halt = button("Stop", self.stop)
        self.halt.setEnabled(False)
        layout.addLayout(row(self.start, self.halt))
        self.image.currentIndexChanged.connect(self._guess)
        self._guess()
        self.found: Any = None

    def _guess(self, index: int = 0) -> None:
        layer = self.image.layer()
        self.axes.setText(guess_axes(layer) if layer is not None else "")
        self.start.setEnabled(layer is not None)

    def run(self) -> None:
        """Start the segmentation in the background."""
        layer = self.image.layer()
        try:
            stack = stack_of(layer, self.axes.text())
        except Exception as error:
            self.fail(error)
            return
        offset = np.zeros(layer.ndim)
        window = self._window(layer, stack)
        if window:
            stack = stack.cut(window)
            for letter, part in zip("YX", window, strict=True):
                offset[stack.axes.index(letter)] = part.start
        findings = Findings.of(stack)
        self.found = self.viewer.add_labels(
            stack.as_layer(findings.labels),
            name=f"{layer.name} nuclei",
            metadata={ABOUT: {"image": layer.name, "axes": stack.axes, "window": window}},
            opacity=0.5,
            **placed(layer, offset),
        )
        step = dict(zip(stack.axes, self.viewer.dims.current_step[-layer.ndim :], strict=True))
        self.start.setEnabled(False)
        self.halt.setEnabled(True)
        self.tell("Looking …")
        self.progress(0)

        def taken(seen: Seen) -> None:
            findings.put(seen)
            show_findings(self.found, findings)
            self.progress(seen.share)
            if findings.expected:
                self.tell(*summary(stack, findings))

        self.work(look, (stack, None, step.get("T", 0), step.get("Z")), taken, self._ended)

    def _window(self, layer: Any, stack: Stack) -> tuple[slice, slice] | None:
        part, plane = self.part.currentText(), stack.shape[-2:]
        whole = part == "All" or (part == "Automatic" and plane[0] * plane[1] <= LARGE_PLANE_PIXELS)
        if whole:
            return None
        return view_in(layer.corner_pixels, stack.axes, plane, VIEW_SIDE_PIXELS)

    def _ended(self) -> None:
        self.start.setEnabled(True)
        self.halt.setEnabled(False)
        self.bar.hide()


def show_findings(layer: Any, found: Findings) -> None:
    """Update a label layer after its array, which is that of the findings, has changed."""
    layer.features = features(found.confidence)
    layer.colormap = DirectLabelColormap(color_dict=palette(Review(found.labels, found.confidence)))
    layer.refresh()
