"""Review: accept or correct nuclei, the least certain first, and save the corrected label maps."""

from collections.abc import Callable
from typing import Any

from napari.utils.colormaps import DirectLabelColormap
from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QSpinBox, QVBoxLayout

from adgan_napari.corrections import Corrections, beside
from adgan_napari.panels.choices import Folder, labels
from adgan_napari.panels.gallery import Gallery
from adgan_napari.panels.goto import go_to
from adgan_napari.panels.legend import legend
from adgan_napari.panels.panel import Panel, button, row, wrapped
from adgan_napari.results import Result, open_result, results_in
from adgan_napari.session import Session
from adgan_napari.together import together

SAVE_DELAY_MILLISECONDS = 800
"""Time without a change after which changes are saved, in milliseconds."""
KEYS = {"n": "next_one", "y": "accept", "Delete": "delete", "j": "merge", "k": "split"}


class ReviewPanel(Panel):
    """Go through the least certain nuclei and correct mistakes."""

    intro = (
        "Click a nucleus to select it, Shift-click for several. Keys: N next, Y accept, Delete, "
        "J merge, K split. napari's brush, fill and eraser redraw; Ctrl-Z undoes."
    )

    def fill(self, layout: QVBoxLayout) -> None:
        """Add the folders, the list of images, and the buttons."""
        self.session: Session | None = None
        self.closed = False
        self.labels = labels(self.viewer)
        self.results = Folder("written by Segment; optional")
        self.kept = Folder("where corrected label maps go")
        self.gallery = Gallery(self.viewer)
        self.gallery.opened = self.open_image
        self.form.addRow("Results", self.results)
        self.form.addRow("", button("List images", self.list_results))
        self.form.addRow(self.gallery)
        self.form.addRow("Nuclei", self.labels)
        self.form.addRow("Kept in", self.kept)
        self.parts = QSpinBox()
        self.parts.setRange(2, 9)
        self.parts.setPrefix("into ")
        layout.addWidget(legend())
        layout.addLayout(
            row(button("Next least sure", self.next_one), button("Accept", self.accept))
        )
        layout.addLayout(row(button("Delete", self.delete), button("Merge", self.merge)))
        layout.addLayout(row(button("Split", self.split), self.parts))
        layout.addLayout(row(button("Redraw", self.redraw), button("Draw new", self.draw)))
        self.count = wrapped("")
        layout.addWidget(self.count)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(SAVE_DELAY_MILLISECONDS)
        self.timer.timeout.connect(self.keep)
        self.labels.currentIndexChanged.connect(lambda index: self.take())
        self.take()

    def list_results(self) -> None:
        """List the images of a segmentation, the least certain first."""
        try:
            folder = self.results.needed("the results of a segmentation")
            found = results_in(folder)
        except Exception as error:
            self.fail(error)
            return
        if self.kept.path() is None:
            self.kept.put(beside(folder))
        self.gallery.put(found)
        self.tell(f"{len(found)} images, the least certain first: click one to review it")

    def open_image(self, result: Result) -> None:
        """Show an image of the list with its nuclei, instead of the previous one."""
        self.keep()
        try:
            folder = self.results.needed("the results of a segmentation")
            opened = open_result(folder, result, Corrections(self.kept.path() or beside(folder)))
        except Exception as error:
            self.fail(error)
            return
        self.labels.choose(self.gallery.show_image(result, opened))
        self.take(opened.accepted)
        self.tell("" if opened.image is not None else f"{result.source} can no longer be read")

    def take(self, accepted: set[int] | None = None) -> None:
        """Start the review of the chosen layer."""
        layer = self.labels.layer()
        if self.session is not None and layer is self.session.layer and accepted is None:
            return
        if self.closed:  # a closed window still receives changes of the layer list
            return
        self._let_go()
        self.count.setText("" if layer is not None else "There are no nuclei yet.")
        if layer is None:
            return
        try:
            self.session = Session(layer, accepted or ())
        except Exception as error:
            self.fail(error)
            return
        layer.mouse_drag_callbacks.append(self._clicked)
        layer.events.paint.connect(self._drawn)
        layer.events.reload.connect(self._drawn)
        for key, name in KEYS.items():
            layer.bind_key(key, _pressed(getattr(self, name)), overwrite=True)
        self.refresh()

    def _let_go(self) -> None:
        """Save the changes in the layer, and end its review."""
        if self.session is None:
            return
        self.keep()
        layer, self.session = self.session.layer, None
        layer.mouse_drag_callbacks.remove(self._clicked)
        layer.events.paint.disconnect(self._drawn)
        layer.events.reload.disconnect(self._drawn)
        for key in KEYS:
            layer.bind_key(key, None, overwrite=True)

    def _clicked(self, layer: Any, event: Any) -> Any:
        """Select the nucleus that was clicked, unless the mouse was dragged."""
        if layer.mode not in ("pan_zoom", "pick"):
            return
        value = layer.get_value(
            event.position,
            view_direction=event.view_direction,
            dims_displayed=event.dims_displayed,
            world=True,
        )
        more, dragged = "Shift" in event.modifiers, False
        yield
        while event.type == "mouse_move":
            dragged = True
            yield
        if value and not dragged:
            self.choose(int(value), more)

    def _drawn(self, event: Any) -> None:
        """Schedule a comparison after painting or undoing."""
        self.timer.start()

    def _frame(self) -> int:
        """Return the number of the visible frame."""
        assert self.session is not None
        layer = self.session.layer
        axes = together(layer).stack.axes
        step = self.viewer.dims.current_step[-layer.ndim :]
        return int(step[axes.index("T")]) if "T" in axes else 0

    def choose(self, label: int, more: bool = False) -> None:
        """Select a nucleus, or with `more` add it to the selection."""
        self._do(lambda session: session.choose(label, more))

    def next_one(self) -> None:
        """Go to the next nucleus, in order of confidence."""
        if self.session is None:
            return
        following = self.session.review.following(
            self.session.chosen[-1] if self.session.chosen else 0
        )
        if following is None:
            self.tell("All nuclei are reviewed.")
            return
        go_to(self.viewer, self.session.layer, following)
        self.choose(following)

    def accept(self) -> None:
        """Accept the selected nuclei, and go to the next."""
        self._do(Session.accept)
        self.next_one()

    def delete(self) -> None:
        """Delete the selected nuclei, and go to the next."""
        self._do(Session.delete)
        self.next_one()

    def merge(self) -> None:
        """Merge the selected nuclei."""
        self._do(Session.merge)

    def split(self) -> None:
        """Split the nucleus that was selected last."""
        self._do(lambda session: session.split(self.parts.value()))

    def redraw(self) -> None:
        """Activate napari's brush for the nucleus that was selected last."""
        if self.session is not None and self.session.chosen:
            self.viewer.layers.selection.active = self.session.layer
            self.session.layer.mode = "paint"

    def draw(self) -> None:
        """Activate napari's brush for a new nucleus."""
        self._do(lambda session: session.choose(session.review.fresh()))
        self.redraw()

    def keep(self) -> None:
        """Save the changed frames, each as the label map of its image."""
        self.timer.stop()
        if self.session is None:
            return
        if self.session.compare(self._frame()):
            self.refresh()
        if not self.session.frames:
            return
        folder = self.kept.path()
        if folder is None:
            self.tell("Changes are not saved yet: choose a folder in Kept in.", wrong=True)
            return
        try:
            self.session.keep(folder)
            self.tell(f"Saved in {folder}")
        except Exception as error:
            self.fail(error)

    def refresh(self) -> None:
        """Update the colours, the selection, and the number of nuclei left to review."""
        if self.session is not None:
            colours = self.session.colours()
            self.session.layer.colormap = DirectLabelColormap(color_dict=colours)
            self.count.setText(self.session.words())
            self.timer.start()

    def _do(self, call: Callable[[Session], None]) -> None:
        """Call a method of the session, and show its error if it fails."""
        if self.session is None:
            return
        try:
            call(self.session)
        except Exception as error:
            self.fail(error)
        self.refresh()

    def leave(self) -> None:
        """Save the changes before the window closes."""
        self._let_go()
        self.closed = True
        super().leave()


def _pressed(call: Callable[[], None]) -> Callable[[Any], None]:
    """Return the callback for a key; napari passes it the layer."""
    return lambda layer: call()
