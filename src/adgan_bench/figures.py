"""The paper's figures on the results at hand: pictures side by side and curves over settings."""

import re
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from adgan.io import find_images, read_images, read_labels
from adgan.report import Chart, Figure, Picture, Section
from adgan.report.colours import colour_labels
from adgan.report.curves import line_chart
from adgan.report.overlay import overlay
from adgan.report.pictures import display_shape, planes, resize_labels, show
from adgan_bench.results import Record, Results
from adgan_bench.table import Row

WIDE = 4
"""Pictures in a row."""
SCORE = "dice"
FACTOR = re.compile(r"(.+)@([\w.]+)=x([\d.]+)$")
"""A variant in which one setting is multiplied."""
NAMES = {
    "loss.content": "content",
    "loss.cycle": "cycle",
    "loss.reconstruction": "reconstruction",
}


def comparison_section(folder: Path, records: Sequence[Record]) -> Section | None:
    """Show every system's labels of the first scored images, beside image and truth (Fig. 7-9)."""
    results, figures = Results(folder), []
    scored = [r for r in records if "scores" in r and r["key"]["seed"] == 0]
    for name in dict.fromkeys(record["key"]["set"] for record in scored):
        of_set = [r for r in scored if r["key"]["set"] == name and "@" not in r["key"]["method"]]
        truths = results.of_set(name, "truth")
        for path in find_images(truths)[:1] if truths.is_dir() else []:
            pixels = read_images(results.of_set(name, "images") / path.name)[0].pixels
            maps = {"truth": read_labels(path).pixels}
            for record in of_set:
                found = results.place(record["key"], "labels") / path.name
                if found.exists():
                    maps[record["title"]] = read_labels(found).pixels
            figures += side_by_side(f"{name}, {path.stem}", pixels, maps)
    if not figures:
        return None
    text = "Colours only tell neighbours apart. The first seed, the first image that was scored."
    return Section("Side by side", (text,), figures=tuple(figures))


def side_by_side(name: str, pixels: np.ndarray, maps: dict[str, np.ndarray]) -> list[Figure]:
    """Return an image and label maps as rows of pictures; a volume in its middle slice.

    Parameters
    ----------
    name
        Of the image.
    pixels
        ``(Z) Y X``.
    maps
        Label maps of that shape by what they are.
    """
    middle = next(iter(planes(pixels)))
    plane = planes(pixels)[middle]
    shape = display_shape(plane.shape)
    pictures = [Picture(show(plane), "image")]
    for title, labels in maps.items():
        flat = resize_labels(planes(labels)[middle], shape)
        pictures.append(Picture(colour_labels(flat), title))
    rows = [tuple(pictures[k : k + WIDE]) for k in range(0, len(pictures), WIDE)]
    return [Figure(name if not k else f"{name}, more", row) for k, row in enumerate(rows)]


def synthesis_section(folder: Path) -> Section | None:
    """Show images made from simulated masks, with the masks' outlines (Fig. 10)."""
    figures = []
    for path in sorted((folder / "synthetic").glob("*/*/image.tif")):
        pixels = read_images(path)[0].pixels
        middle = next(iter(planes(pixels)))
        gray = show(planes(pixels)[middle])
        labels = planes(read_labels(path.with_name("labels.tif")).pixels)[middle]
        drawn = overlay(gray, resize_labels(labels, gray.shape))
        method, _, _ = path.parent.name.rpartition("_")
        pictures = (Picture(gray, "made"), Picture(drawn, "outlines of the mask"))
        figures.append(Figure(f"{path.parent.parent.name}, {method}", pictures))
    if not figures:
        return None
    text = "Where image and outlines part, nuclei moved, changed shape, were lost or added."
    return Section("Images from simulated masks", (text,), figures=tuple(figures))


def curve_sections(rows: Sequence[Row]) -> list[Section]:
    """Return scores over settings: the weights of the loss (Fig. 12), the number of nuclei (13)."""
    weights = _curves(rows, lambda method, setting: NAMES.get(setting))
    number = _curves(rows, lambda method, setting: method if setting == "scene.count" else None)
    sections = []
    if weights:
        text = "Each weight alone times a factor, the others as they are."
        sections.append(Section("Weights of the loss", (text,), charts=tuple(weights)))
    if number:
        text = "The number of nuclei in the simulated masks times a factor."
        sections.append(Section("Number of simulated nuclei", (text,), charts=tuple(number)))
    return sections


def _curves(rows: Sequence[Row], line_of: Callable[[str, str], str | None]) -> list[Chart]:
    charts = []
    for name in dict.fromkeys(row.set for row in rows):
        plain = {r.method: r for r in rows if r.set == name and r.values[SCORE]}
        lines: dict[str, dict[float, float]] = {}
        for method, row in plain.items():
            found = FACTOR.match(method)
            line = line_of(found[1], found[2]) if found else None
            if found is None or line is None:
                continue
            points = lines.setdefault(line, {})
            points[float(found[3])] = statistics.fmean(row.values[SCORE])
            if found[1] in plain:
                points[1.0] = statistics.fmean(plain[found[1]].values[SCORE])
        if lines:
            drawn = {k: (np.log2(sorted(p)), [p[x] for x in sorted(p)]) for k, p in lines.items()}
            charts.append(Chart(name, line_chart(drawn, "factor, powers of 2", "DICE")))
    return charts
