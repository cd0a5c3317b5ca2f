"""Scatter plots as SVG, with colours from the style sheet of the page."""

from collections.abc import Mapping

import numpy as np
from markupsafe import Markup, escape
from numpy.typing import NDArray

SIDE, EDGE, TOP = 360, 14, 32
"""Side of the plot, margin of the points, and height of the legend, in SVG units."""


def scatter_chart(points: Mapping[str, NDArray[np.floating]]) -> Markup:
    """Draw groups of points without axes, distinguished by colour and shape.

    Parameters
    ----------
    points
        Points ``N 2`` by the name of their group; at least one point in total.

    Returns
    -------
    markupsafe.Markup
        An ``<svg>`` element; the page colours its classes.
    """
    every = np.concatenate(list(points.values()))
    low, span = every.min(axis=0), max(float(np.ptp(every, axis=0).max()), 1e-9)
    parts = [
        f'<svg class="chart" viewBox="0 0 {SIDE} {SIDE + TOP}" role="img" '
        f'aria-label="{escape(", ".join(points))}">'
    ]
    key = EDGE
    for number, (name, group) in enumerate(points.items()):
        parts.append(_mark(number, key + 4, 14))
        parts.append(f'<text x="{key + 14}" y="18">{escape(name)}</text>')
        key += 40 + 7 * len(name)
        for x, y in EDGE + (group - low) / span * (SIDE - 2 * EDGE):
            parts.append(_mark(number, round(float(x), 1), round(float(y) + TOP, 1)))
    parts.append("</svg>")
    return Markup("".join(parts))


def _mark(number: int, x: float, y: float) -> str:
    """Return a ring for groups of even number, a square for the others."""
    style = f'class="line s{number}"'
    if number % 2 == 0:
        return f'<circle {style} cx="{x:g}" cy="{y:g}" r="3"/>'
    return f'<rect {style} x="{x - 2.5:g}" y="{y - 2.5:g}" width="5" height="5"/>'
