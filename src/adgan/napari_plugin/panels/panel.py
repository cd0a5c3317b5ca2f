"""What all windows of the plugin have in common: rows, words, work in the background."""

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

WIDTH = 290
"""Least width of a window, in pixels."""
WRONG = f"color: {css(OKABE_ITO['orange'])}"


class Panel(QWidget):
    """A window beside the canvas.

    Parameters
    ----------
    napari_viewer
        In whose window it lies.
    """

    intro = ""
    """What the window is for, a sentence."""

    def __init__(self, napari_viewer: Any):
        super().__init__()
        self.viewer = napari_viewer
        self.worker: Any = None
        self.busy = False
        # Windows share the height of napari's: what has no room is scrolled to.
        outer, area, inner = QVBoxLayout(self), QScrollArea(), QWidget()
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        area.setWidget(inner)
        self.setMinimumWidth(WIDTH)
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
        # Beside the bar that scrolls, the rows need their own width.
        bar = area.verticalScrollBar().sizeHint().width()
        area.setMinimumWidth(inner.minimumSizeHint().width() + bar)
        QApplication.instance().aboutToQuit.connect(self.leave)

    def fill(self, layout: QVBoxLayout) -> None:
        """Add what the window has of its own."""
        raise NotImplementedError

    def tell(self, *lines: str, wrong: bool = False) -> None:
        """Show lines under everything else."""
        self.status.setStyleSheet(WRONG if wrong else "")
        self.status.setText("\n".join(lines))

    def fail(self, error: Exception) -> None:
        """Tell what went wrong; what is no mistake of the user is napari's to show."""
        self.bar.hide()
        if not isinstance(error, AdganError):
            raise error
        self.tell(str(error), wrong=True)

    def progress(self, share: float) -> None:
        """Show the share that is done, 0 to 1; all of it hides the bar."""
        self.bar.setVisible(share < 1)
        self.bar.setValue(round(1000 * share))

    def work(
        self,
        function: Callable[..., Iterator[Any]],
        given: Sequence[Any],
        taken: Callable[[Any], None],
        ended: Callable[[], None],
    ) -> None:
        """Let a generator work in the background.

        Parameters
        ----------
        function
            A generator, which runs outside of the window's thread.
        given
            Its arguments.
        taken
            Called with each thing that it yields, in the window's thread.
        ended
            Called when it is over, whether it came to its end, failed or was stopped.
        """
        self.leave_off()
        worker = create_worker(function, *given, _start_thread=False)

        # What an older worker still says is not listened to.
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
        """Return another window of the plugin, opened where it is not."""
        return self.viewer.window.add_plugin_dock_widget("adgan", name, tabify=True)[1]

    def leave_off(self) -> None:
        """Have what works in the background end after the step at hand."""
        if self.worker is not None and self.busy:
            self.worker.quit()

    def stop(self) -> None:
        """Stop all that the window has going on."""
        self.leave_off()

    def leave(self) -> None:
        """Bring everything in good order, as the window is closed."""
        self.stop()

    def event(self, event: Any) -> bool:
        """Notice that the window is closed: napari takes it out of its frame then."""
        if event.type() == QEvent.ParentChange and self.parent() is None:
            self.leave()
        return bool(super().event(event))

    def closeEvent(self, event: Any) -> None:  # noqa: N802, Qt's name
        """Notice that the window is closed by itself."""
        self.leave()
        super().closeEvent(event)


def wrapped(text: str) -> QLabel:
    """Return text that takes as many lines as it needs."""
    label = QLabel(text)
    label.setWordWrap(True)
    return label


def button(text: str, call: Callable[[], None], tip: str = "") -> QPushButton:
    """Return a button that calls without arguments."""
    made = QPushButton(text)
    made.clicked.connect(lambda: call())
    made.setToolTip(tip)
    return made


def row(*parts: QWidget) -> QHBoxLayout:
    """Return widgets beside each other, equally wide."""
    layout = QHBoxLayout()
    for part in parts:
        layout.addWidget(part, 1)
    return layout
