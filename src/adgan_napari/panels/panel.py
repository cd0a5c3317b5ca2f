"""The base of all windows of the plugin: rows, messages, and work in the background."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from napari.qt.threading import create_worker
from qtpy.QtCore import QEvent, Qt
from qtpy.QtWidgets import (
    QApplication,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from adgan.errors import AdganError
from adgan.report.colours import OKABE_ITO, css

WIDTH_PIXELS = 290
"""Smallest width of a window, in screen pixels."""
ERROR_STYLE = f"color: {css(OKABE_ITO['orange'])}"


class Panel(QWidget):
    """A window beside the canvas.

    Parameters
    ----------
    napari_viewer
        The napari viewer.
    """

    intro = ""
    """The purpose of the window, in a sentence or two."""

    def __init__(self, napari_viewer: Any):
        super().__init__()
        self.viewer = napari_viewer
        self.worker: Any = None
        self.busy = False
        # Several windows share the height of napari; what does not fit can be scrolled to.
        outer, area, inner = QVBoxLayout(self), QScrollArea(), QWidget()
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        area.setWidget(inner)
        self.setMinimumWidth(WIDTH_PIXELS)
        layout = QVBoxLayout(inner)
        layout.setAlignment(Qt.AlignTop)
        self.form = QFormLayout()
        self.form.setFieldGrowthPolicy(QFormLayout.AllNonFixedFieldsGrow)
        layout.addWidget(wrapped(self.intro))
        layout.addLayout(self.form)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.hide()
        self.status = wrapped("")
        self.status.setTextInteractionFlags(Qt.TextSelectableByMouse)
        self.fill(layout)
        layout.addWidget(self.bar)
        layout.addWidget(self.status)
        # The rows need their full width beside the scroll bar.
        bar = area.verticalScrollBar().sizeHint().width()
        area.setMinimumWidth(inner.minimumSizeHint().width() + bar)
        QApplication.instance().aboutToQuit.connect(self.leave)

    def fill(self, layout: QVBoxLayout) -> None:
        """Add the widgets of this window."""
        raise NotImplementedError

    def tell(self, *lines: str, wrong: bool = False) -> None:
        """Show a message at the bottom of the window; an error in orange."""
        self.status.setStyleSheet(ERROR_STYLE if wrong else "")
        self.status.setText("\n".join(lines))

    def fail(self, error: Exception) -> None:
        """Show an :class:`AdganError`; other errors are raised for napari to show."""
        self.bar.hide()
        if not isinstance(error, AdganError):
            raise error
        self.tell(str(error), wrong=True)

    def progress(self, share: float) -> None:
        """Show the completed fraction, 0 to 1; at 1 the bar is hidden."""
        self.bar.setVisible(share < 1)
        self.bar.setValue(round(1000 * share))

    def work(
        self,
        function: Callable[..., Iterator[Any]],
        given: Sequence[Any],
        taken: Callable[[Any], None],
        ended: Callable[[], None],
    ) -> None:
        """Run a generator in the background.

        Parameters
        ----------
        function
            Generator function, which runs in another thread.
        given
            Its arguments.
        taken
            Called in the window's thread with each yielded value.
        ended
            Called at the end, whether the generator finished, failed or was stopped.
        """
        self.leave_off()
        worker = create_worker(function, *given, _start_thread=False)

        # Signals of an older worker are ignored.
        def heard(call: Callable[..., None]) -> Callable[..., None]:
            return lambda *told: call(*told) if self.worker is worker else None

        def over() -> None:
            self.busy = False
            ended()

        worker.yielded.connect(heard(taken))
        worker.errored.connect(heard(self.fail))
        worker.finished.connect(heard(over))
        self.worker, self.busy = worker, True
        worker.start()

    def open(self, name: str) -> Any:
        """Return another window of the plugin, and open it if necessary."""
        return self.viewer.window.add_plugin_dock_widget("adgan", name, tabify=True)[1]

    def leave_off(self) -> None:
        """Ask the background work to stop after its current step."""
        if self.worker is not None and self.busy:
            self.worker.quit()

    def stop(self) -> None:
        """Stop everything that the window has started."""
        self.leave_off()

    def leave(self) -> None:
        """Clean up when the window is closed."""
        self.stop()

    def event(self, event: Any) -> bool:
        """Detect that napari closes the window: it then loses its parent."""
        if event.type() == QEvent.ParentChange and self.parent() is None:
            self.leave()
        return bool(super().event(event))

    def closeEvent(self, event: Any) -> None:  # noqa: N802, Qt's name
        """Detect that the window itself is closed."""
        self.leave()
        super().closeEvent(event)


def wrapped(text: str) -> QLabel:
    """Return a label whose text wraps."""
    label = QLabel(text)
    label.setWordWrap(True)
    return label


def button(text: str, call: Callable[[], None], tip: str = "") -> QPushButton:
    """Return a button that calls a function without arguments."""
    made = QPushButton(text)
    made.clicked.connect(lambda: call())
    made.setToolTip(tip)
    return made


def row(*parts: QWidget) -> QHBoxLayout:
    """Return widgets side by side with equal widths."""
    layout = QHBoxLayout()
    for part in parts:
        layout.addWidget(part, 1)
    return layout
