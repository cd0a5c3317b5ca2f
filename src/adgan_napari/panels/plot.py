"""A small line chart for a training in progress."""

from collections.abc import Sequence
from typing import Any

from qtpy.QtCore import QPointF, QRectF, Qt
from qtpy.QtGui import QColor, QPainter, QPen, QPolygonF
from qtpy.QtWidgets import QSizePolicy, QWidget

from adgan.report.colours import OKABE_ITO

MARGIN_PIXELS = 18
"""Height of the text above and below the chart, in screen pixels."""


class Plot(QWidget):
    """One curve over the steps of a training, scaled to its own range.

    Parameters
    ----------
    title
        Title of the chart.
    colour
        Name of a colour in :data:`adgan.report.colours.OKABE_ITO`.
    """

    def __init__(self, title: str, colour: str):
        super().__init__()
        self.title, self.colour = title, QColor(*OKABE_ITO[colour])
        self.steps: Sequence[float] = []
        self.values: Sequence[float] = []
        self.setMinimumHeight(110)
        self.setSizePolicy(QSizePolicy.Expanding, QSizePolicy.Fixed)

    def draw(self, steps: Sequence[float], values: Sequence[float]) -> None:
        """Show new values."""
        self.steps, self.values = steps, values
        self.update()

    def paintEvent(self, event: Any) -> None:  # noqa: N802, Qt's name
        """Draw the frame, the curve, its title and its last value."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.Antialiasing)
        words = self.palette().text().color()
        frame = QRectF(self.rect()).adjusted(2, MARGIN_PIXELS, -2, -MARGIN_PIXELS)
        faint = QColor(words)
        faint.setAlpha(70)
        painter.setPen(QPen(faint, 1))
        painter.drawRect(frame)
        painter.setPen(words)
        top = QRectF(2, 0, self.width() - 4, MARGIN_PIXELS)
        painter.drawText(top, Qt.AlignLeft, self.title)
        if not self.values:
            painter.drawText(frame, Qt.AlignCenter, "nothing yet")
            return
        painter.drawText(top, Qt.AlignRight, f"{self.values[-1]:.3g}")
        foot = QRectF(2, self.height() - MARGIN_PIXELS, self.width() - 4, MARGIN_PIXELS)
        painter.drawText(foot, Qt.AlignRight, f"step {self.steps[-1]:.0f}")
        painter.setPen(QPen(self.colour, 2))
        painter.drawPolyline(QPolygonF(self._points(frame)))

    def _points(self, frame: QRectF) -> list[QPointF]:
        low, high = min(self.values), max(self.values)
        first, last = self.steps[0], self.steps[-1]
        across, up = (last - first) or 1.0, (high - low) or 1.0
        return [
            QPointF(
                frame.left() + (step - first) / across * frame.width(),
                frame.bottom() - 3 - (value - low) / up * (frame.height() - 6),
            )
            for step, value in zip(self.steps, self.values, strict=True)
        ]
