"""Line charts as SVG, in the colours of the page."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Chart:
    """Sizes of a chart, in pixels of the page, and what its lines show.

    Parameters
    ----------
    width, height
        Sides of the chart.
    left, right, top, bottom
        Margins around the axes.
    row
        Height of a row of the legend.
    points
        Largest number of points of a line: the width of the chart cannot show more.
    smoothing
        Fraction of the points that are averaged for one point of the smooth line.
    colours
        Number of line colours in the style sheet of the page.
    """

    width: int = 420
    height: int = 270
    left: int = 66
    right: int = 12
    top: int = 32
    bottom: int = 46
    row: int = 18
    points: int = 300
    smoothing: float = 0.04
    colours: int = 6

    @property
    def end(self) -> int:
        """Where the horizontal axis ends."""
        return self.width - self.right

    @property
    def base(self) -> int:
        """Where the vertical axis begins."""
        return self.height - self.bottom


CHART = Chart()
DASHES = ("", "7 3", "2 3", "9 3 2 3")


def line_chart(
    lines: Mapping[str, tuple[ArrayLike, ArrayLike]],
    x_label: str,
    y_label: str,
    smooth: bool = False,
) -> Markup:
    """Draw lines in one pair of axes, distinguished by colour and dashes.

    Parameters
    ----------
    lines
        At least one: x and y, two sequences of equal length, by the name in the legend. Values of
        y that are not finite leave a gap.
    x_label, y_label
        Labels of the axes, with units.
    smooth
        If True, draw each line pale, and its moving average over it.

    Returns
    -------
    markupsafe.Markup
        An ``<svg>`` element, coloured by the style sheet of the page.
    """
    points = {name: (np.asarray(x, float), np.asarray(y, float)) for name, (x, y) in lines.items()}
    drawn = {name: _thin(*line) for name, line in points.items()}
    every_x = np.concatenate([x for x, _ in points.values()])
    every_y = np.concatenate([y for _, y in drawn.values()])
    keys = _legend(list(drawn))
    top = CHART.top + max((y for _, y in keys), default=0)
    x_ticks, y_ticks = ticks(every_x), ticks(every_y)
    left, right = x_ticks[0], x_ticks[-1]
    if every_x.size and every_x.min() < every_x.max():
        # Steps fill the whole width; the y axis ends at round values.
        left, right = float(every_x.min()), float(every_x.max())
        x_ticks = [tick for tick in x_ticks if left <= tick <= right]

    def place(x: float, y: float) -> tuple[float, float]:
        across = (x - left) / (right - left)
        up = (y - y_ticks[0]) / (y_ticks[-1] - y_ticks[0])
        return (
            round(CHART.left + across * (CHART.end - CHART.left), 1),
            round(CHART.base - up * (CHART.base - top), 1),
        )

    def path(xs: NDArray[np.float64], ys: NDArray[np.float64]) -> str:
        steps, pen = [], "M"
        for x, y in zip(xs, ys, strict=True):
            if math.isfinite(y):
                across, down = place(x, y)
                steps.append(f"{pen}{across:g} {down:g}")
            pen = "L" if math.isfinite(y) else "M"
        return "".join(steps)

    parts = [
        f'<svg class="chart" viewBox="0 0 {CHART.width} {CHART.height}" role="img" '
        f'aria-label="{escape(", ".join(drawn))} over {escape(x_label)}">'
    ]
    for tick in y_ticks:
        x, y = place(left, tick)
        parts.append(f'<line class="grid" x1="{x}" y1="{y}" x2="{CHART.end}" y2="{y}"/>')
        parts.append(f'<text x="{x - 8}" y="{y + 4}" text-anchor="end">{_number(tick)}</text>')
    for tick in x_ticks:
        x, y = place(tick, y_ticks[0])
        parts.append(f'<line class="axis" x1="{x}" y1="{y}" x2="{x}" y2="{y + 4}"/>')
        parts.append(f'<text x="{x}" y="{y + 18}" text-anchor="middle">{_number(tick)}</text>')
    base = CHART.base
    parts.append(
        f'<line class="axis" x1="{CHART.left}" y1="{base}" x2="{CHART.end}" y2="{base}"/>'
        f'<text class="label" x="{(CHART.left + CHART.end) / 2}" y="{CHART.height - 8}" '
        f'text-anchor="middle">{escape(x_label)}</text>'
        f'<text class="label" transform="translate(12 {(top + base) / 2}) rotate(-90)" '
        f'text-anchor="middle">{escape(y_label)}</text>'
    )
    for number, ((name, (xs, ys)), (key, down)) in enumerate(zip(drawn.items(), keys, strict=True)):
        colour = f"line s{number % CHART.colours}"
        style = f'class="{colour}" stroke-dasharray="{DASHES[number % len(DASHES)]}"'
        if smooth and xs.size:
            parts.append(f'<path class="{colour} pale" d="{path(xs, ys)}"/>')
            ys = _moving_average(ys)
        parts.append(
            f'<path {style} d="{path(xs, ys)}"/><path {style} d="M{key} {14 + down}h26"/>'
            f'<text x="{key + 32}" y="{18 + down}">{escape(name)}</text>'
        )
    parts.append("</svg>")
    return Markup("".join(parts))


def _legend(names: Sequence[str]) -> list[tuple[int, int]]:
    """Return the positions of the names, in rows no wider than the chart."""
    places, across, down = [], CHART.left, 0
    for name in names:
        width = 32 + 7 * len(name)
        if across > CHART.left and across + width > CHART.end:
            across, down = CHART.left, down + CHART.row
        places.append((across, down))
        across += width + 22
    return places


def ticks(values: NDArray[np.float64]) -> list[float]:
    """Return about six ticks that span the values, in steps of 1, 2 or 5 times a power of ten.

    Parameters
    ----------
    values
        Any numbers; those that are not finite are ignored.

    Returns
    -------
    list of float
        At least two, ascending; the first is 0 if the smallest value is close to it.
    """
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 1.0)
    if 0 < low < 0.3 * high:
        low = 0.0
    if high <= low:
        pad = abs(low) / 2 or 1.0
        low, high = low - pad, high + pad
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [number * step for number in range(first, last + 1)]


def _thin(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Average neighbouring points if there are more than a line can show."""
    if x.size <= CHART.points:
        return x, y
    groups = np.array_split(np.arange(x.size), CHART.points)
    return np.array([x[g].mean() for g in groups]), np.array([y[g].mean() for g in groups])


def _moving_average(y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Average over a window that is truncated at both ends; gaps are kept."""
    reach = max(1, round(CHART.smoothing * y.size / 2))
    good = np.isfinite(y)
    window = np.ones(2 * reach + 1)
    # "full" and a slice, as "same" would return the length of the window for few points.
    total = np.convolve(np.where(good, y, 0), window)[reach : reach + y.size]
    count = np.convolve(good.astype(float), window)[reach : reach + y.size]
    return np.where(good, total / np.maximum(count, 1), np.nan)


def _number(value: float) -> str:
    """Return the value of a tick in a few characters: 1,000, 0.25 or 1.5e-4."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    if 0 < abs(value) < 0.001:
        power = math.floor(math.log10(abs(value)) + 1e-9)
        return f"{value / 10.0**power:.3g}e{power}"
    return f"{round(value, 12):.4g}"
