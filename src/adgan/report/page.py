"""One self-contained HTML file, from plain descriptions of its content."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import jinja2
import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from adgan.io import atomic
from adgan.report.pictures import data_uri

Value = str | int | float | None
LISTED = 500
"""Largest number of images in a table of a page; if there are more, the worst are listed."""
DECIMALS = ((1000, 0), (100, 1), (10, 2))
"""Number of decimals for absolute values from a threshold on; 3 below the last threshold."""


@dataclass(frozen=True)
class Picture:
    """One picture.

    Parameters
    ----------
    pixels
        uint8, ``Y X`` or ``Y X 3``.
    label
        Short text above the picture.
    """

    pixels: NDArray[np.uint8]
    label: str = ""


@dataclass(frozen=True)
class Figure:
    """Pictures side by side with one caption.

    Parameters
    ----------
    name
        Title in the caption.
    pictures
        One or more.
    numbers
        Values in the caption, by name.
    """

    name: str
    pictures: tuple[Picture, ...]
    numbers: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Chart:
    """A drawing with its title.

    Parameters
    ----------
    name
        The title.
    svg
        An ``<svg>`` element, such as from `adgan.report.curves.line_chart`.
    """

    name: str
    svg: Markup


@dataclass(frozen=True)
class Legend:
    """The meaning of the colours in the pictures below.

    Parameters
    ----------
    entries
        CSS colour, name, number of objects, and explanation of each.
    """

    entries: tuple[tuple[str, str, int, str], ...]


@dataclass(frozen=True)
class Table:
    """Rows of values under named columns.

    Parameters
    ----------
    rows
        Values by column name; all rows have the same columns.
    heads
        Column headings that differ from the column names.
    long
        If True, the table has one row per image and may need to scroll.
    """

    rows: Sequence[Mapping[str, Value]]
    heads: Mapping[str, str] = field(default_factory=dict)
    long: bool = False

    def cells(self) -> tuple[list[tuple[str, bool]], list[list[str]]]:
        """Return the headings, each with True for a column of numbers, and the cells as text.

        All numbers of a column have the same number of decimals, which depends on the largest.
        """
        columns = list(self.rows[0]) if self.rows else list(self.heads)
        heads, texts = [], []
        for column in columns:
            values = [row[column] for row in self.rows]
            heads.append(
                (self.heads.get(column, column), not any(isinstance(v, str) for v in values))
            )
            texts.append(format_column(values))
        return heads, [list(row) for row in zip(*texts, strict=True)]


@dataclass(frozen=True)
class Section:
    """A section of a page, with its parts in this order.

    Parameters
    ----------
    title
        The heading.
    text
        Paragraphs.
    numbers
        A few prominent numbers, by name.
    tables, charts, legend, figures
        See their classes.
    """

    title: str
    text: tuple[str, ...] = ()
    numbers: Mapping[str, Value] = field(default_factory=dict)
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    legend: Legend | None = None
    figures: tuple[Figure, ...] = ()


def write_page(
    path: str | Path,
    title: str,
    sections: Sequence[Section],
    subtitle: str = "",
    refresh: int = 0,
) -> None:
    """Write one HTML file that needs neither a network nor scripts.

    Parameters
    ----------
    path
        The file to write or replace, atomically.
    title, subtitle
        The heading of the page, and the line under it.
    sections
        Its content.
    refresh
        Time after which a browser reloads the page, in seconds; 0 for never.

    Raises
    ------
    AdganError
        If the file cannot be written.
    """
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"data_uri": data_uri, "number": format_number}
    source = files("adgan.report").joinpath("page.html.j2").read_text(encoding="utf-8")
    html = environment.from_string(source).render(
        title=title, subtitle=subtitle, sections=sections, refresh=refresh
    )
    with atomic(path) as temporary:
        temporary.write_text(html, encoding="utf-8")


def format_number(value: Value) -> str:
    """Return one value as readable text; a score has three decimals.

    Parameters
    ----------
    value
        A number, a word, or None or NaN for nothing.
    """
    return format_column([value])[0]


def format_column(values: Sequence[Value]) -> list[str]:
    """Return the values of one column with equally many decimals.

    Parameters
    ----------
    values
        Numbers, words, and None or NaN for nothing.

    Returns
    -------
    list of str
        A dash for nothing.
    """
    floats = [abs(v) for v in values if isinstance(v, float) and math.isfinite(v)]
    largest = max(floats, default=0.0)
    decimals = next((d for limit, d in DECIMALS if largest >= limit), 3)
    tiny_or_huge = largest >= 1e6 or 0 < largest < 0.1
    pattern = "{:.3g}" if tiny_or_huge else f"{{:,.{decimals}f}}"
    return [_text(value, pattern) for value in values]


def _text(value: Value, pattern: str) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return pattern.format(value)
    return f"{value:,}" if isinstance(value, int) else value
