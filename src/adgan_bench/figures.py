"""The paper's figures for given results: pictures side by side, and scores over settings."""

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

PICTURES_PER_ROW = 4
CURVE_SCORE = "dice"
"""The score that curves show."""
FACTOR_VARIANT = re.compile(r"(.+)@([\w.]+)=x([\d.]+)$")
"""Pattern of a variant in which one setting is multiplied by a factor."""
WEIGHT_TITLES = {
    "loss.content": "content",
    "loss.cycle": "cycle",
    "loss.reconstruction": "reconstruction",
}


def comparison_section(folder: Path, records: Sequence[Record]) -> Section | None:
    """Show the labels of every system for the first scored image of each set (Figs. 7 to 9)."""
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
    text = "The first scored image of each set, first seed. Colours only separate neighbours."
    return Section("Side by side", (text,), figures=tuple(figures))


def side_by_side(name: str, pixels: np.ndarray, maps: dict[str, np.ndarray]) -> list[Figure]:
    """Return an image and label maps as rows of pictures; volumes show their middle plane.

    Parameters
    ----------
    name
        Name of the image.
    pixels
        The image, ``(Z) Y X``.
    maps
        Label maps of the same shape, by title.
    """
    middle = next(iter(planes(pixels)))
    plane = planes(pixels)[middle]
    shape = display_shape(plane.shape)
    pictures = [Picture(show(plane), "image")]
    for title, labels in maps.items():
        flat = resize_labels(planes(labels)[middle], shape)
        pictures.append(Picture(colour_labels(flat), title))
    step = PICTURES_PER_ROW
    rows = [tuple(pictures[k : k + step]) for k in range(0, len(pictures), step)]
    return [Figure(name if not k else f"{name}, more", row) for k, row in enumerate(rows)]


def synthesis_section(folder: Path) -> Section | None:
    """Show images made from simulated masks, with the outlines of the masks (Fig. 10)."""
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
    text = "If image and outlines differ, nuclei were moved, deformed, lost or added."
    return Section("Images from simulated masks", (text,), figures=tuple(figures))


def curve_sections(rows: Sequence[Row]) -> list[Section]:
    """Return scores over loss weights (Fig. 12) and over the number of nuclei (Fig. 13)."""
    weights = _curves(rows, lambda method, setting: WEIGHT_TITLES.get(setting))
    number = _curves(rows, lambda method, setting: method if setting == "scene.count" else None)
    sections = []
    if weights:
        text = "One weight at a time is multiplied by a factor."
        sections.append(Section("Weights of the loss", (text,), charts=tuple(weights)))
    if number:
        text = "The number of nuclei in the simulated masks is multiplied by a factor."
        sections.append(Section("Number of simulated nuclei", (text,), charts=tuple(number)))
    return sections


def _curves(rows: Sequence[Row], line_of: Callable[[str, str], str | None]) -> list[Chart]:
    charts = []
    for name in dict.fromkeys(row.set for row in rows):
        plain = {r.method: r for r in rows if r.set == name and r.values[CURVE_SCORE]}
        lines: dict[str, dict[float, float]] = {}
        for method, row in plain.items():
            found = FACTOR_VARIANT.match(method)
            line = line_of(found[1], found[2]) if found else None
            if found is None or line is None:
                continue
            points = lines.setdefault(line, {})
            points[float(found[3])] = statistics.fmean(row.values[CURVE_SCORE])
            if found[1] in plain:
                points[1.0] = statistics.fmean(plain[found[1]].values[CURVE_SCORE])
        if lines:
            drawn = {k: (np.log2(sorted(p)), [p[x] for x in sorted(p)]) for k, p in lines.items()}
            charts.append(Chart(name, line_chart(drawn, "factor, powers of 2", "DICE")))
    return charts
