"""Review: nuclei from the least sure on, accepted or mended, and kept as corrected label maps."""

from collections.abc import Callable
from typing import Any

from napari.utils.colormaps import DirectLabelColormap
from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QSpinBox, QVBoxLayout

from adgan.napari_plugin.corrections import Corrections, beside
from adgan.napari_plugin.panels.choices import Folder, labels
from adgan.napari_plugin.panels.gallery import Gallery
from adgan.napari_plugin.panels.goto import go_to
from adgan.napari_plugin.panels.legend import legend
from adgan.napari_plugin.panels.panel import Panel, button, row, wrapped
from adgan.napari_plugin.results import Result, open_result, results_in
from adgan.napari_plugin.session import Session
from adgan.napari_plugin.together import together

PAUSE = 800
"""Milliseconds without a change after which what was changed is written."""
KEYS = {"n": "next_one", "y": "accept", "Delete": "delete", "j": "merge", "k": "split"}


class ReviewPanel(Panel):
    """Go through the least certain nuclei and correct mistakes."""

    intro = (
        "Click a nucleus to select it, Shift-click for several. Keys: N next, Y accept, Delete, "
        "J merge, K split. napari's brush, fill and eraser redraw; Ctrl-Z undoes."
    )

    def fill(self, layout: QVBoxLayout) -> None:
        """Add the folders, the list of images, and what can be done."""
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
        self.timer.setInterval(PAUSE)
        self.timer.timeout.connect(self.keep)
        self.labels.currentIndexChanged.connect(lambda index: self.take())
        self.take()

    def list_results(self) -> None:
        """List the images of a segmentation, those to look at first on top."""
        try:
            folder = self.results.needed("the results of a segmentation")
            found = results_in(folder)
        except Exception as error:
            self.fail(error)
            return
        if self.kept.path() is None:
            self.kept.put(beside(folder))
        self.gallery.put(found)
        self.tell(f"{len(found)} images, the least sure first: click one to review it")

    def open_image(self, result: Result) -> None:
        """Show an image of the list with its nuclei, in the place of the one before."""
        self.keep()
        try:
            folder = self.results.needed("the results of a segmentation")
            opened = open_result(folder, result, Corrections(self.kept.path() or beside(folder)))
        except Exception as error:
            self.fail(error)
            return
        self.labels.choose(self.gallery.show_image(result, opened))
        self.take(opened.accepted)
        self.tell("" if opened.image is not None else f"{result.source} cannot be read any more")

    def take(self, accepted: set[int] | None = None) -> None:
        """Take the layer that is chosen under review."""
        layer = self.labels.layer()
        if self.session is not None and layer is self.session.layer and accepted is None:
            return
        if self.closed:  # the choice among layers still hears of new ones
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
        """Write what was changed in the layer so far, and let go of it."""
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
        """Choose the nucleus that was clicked, when the mouse was not moved."""
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
        """Look soon at what a brush, or undoing, has changed."""
        self.timer.start()

    def _frame(self) -> int:
        """Return the number of the frame in view."""
        assert self.session is not None
        layer = self.session.layer
        axes = together(layer).stack.axes
        step = self.viewer.dims.current_step[-layer.ndim :]
        return int(step[axes.index("T")]) if "T" in axes else 0

    def choose(self, label: int, more: bool = False) -> None:
        """Choose a nucleus, or one more."""
        self._do(lambda session: session.choose(label, more))

    def next_one(self) -> None:
        """Go to the next nucleus of those that the program is least sure of."""
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
        """Say that what is chosen is right, and go on."""
        self._do(Session.accept)
        self.next_one()

    def delete(self) -> None:
        """Make what is chosen background, and go on."""
        self._do(Session.delete)
        self.next_one()

    def merge(self) -> None:
        """Make the nuclei that are chosen one."""
        self._do(Session.merge)

    def split(self) -> None:
        """Divide the nucleus that was chosen last."""
        self._do(lambda session: session.split(self.parts.value()))

    def redraw(self) -> None:
        """Take up napari's brush for the nucleus that was chosen last."""
        if self.session is not None and self.session.chosen:
            self.viewer.layers.selection.active = self.session.layer
            self.session.layer.mode = "paint"

    def draw(self) -> None:
        """Take up napari's brush for a nucleus that is not there yet."""
        self._do(lambda session: session.choose(session.review.fresh()))
        self.redraw()

    def keep(self) -> None:
        """Write the frames that were changed, each as the label map of its image."""
        self.timer.stop()
        if self.session is None:
            return
        if self.session.compare(self._frame()):
            self.refresh()
        if not self.session.frames:
            return
        folder = self.kept.path()
        if folder is None:
            self.tell("Changes are not kept yet: say where corrected label maps go.", wrong=True)
            return
        try:
            self.session.keep(folder)
            self.tell(f"Kept in {folder}")
        except Exception as error:
            self.fail(error)

    def refresh(self) -> None:
        """Show how sure nuclei are, which are chosen, and how many are left."""
        if self.session is not None:
            colours = self.session.colours()
            self.session.layer.colormap = DirectLabelColormap(color_dict=colours)
            self.count.setText(self.session.words())
            self.timer.start()

    def _do(self, call: Callable[[Session], None]) -> None:
        """Do something with the nuclei of the layer, or tell why it cannot be done."""
        if self.session is None:
            return
        try:
            call(self.session)
        except Exception as error:
            self.fail(error)
        self.refresh()

    def leave(self) -> None:
        """Write what was changed before the window is gone."""
        self._let_go()
        self.closed = True
        super().leave()


def _pressed(call: Callable[[], None]) -> Callable[[Any], None]:
    """Return what napari calls when a key is pressed."""
    return lambda layer: call()
