"""A training in progress: a report page that refreshes itself, and pictures in a terminal."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from adgan.cli.progress import Meter, duration

if TYPE_CHECKING:
    from rich.text import Text

REFRESH_S = 10
"""Time after which a browser reloads the page, in seconds."""
HALF_BLOCK = "▀"
"""Shows two pixels: the upper one in its text colour, the lower one in its background colour."""
PICTURE_COLUMNS_MAX = 160
"""Largest width of a picture in a terminal, in characters."""


def watch_run(meter: Meter, run: Path, show: bool = False) -> Callable[[dict[str, float]], None]:
    """Return a callback for every training step that updates the page when the run is saved.

    Parameters
    ----------
    meter
        Prints the path of the page.
    run
        The run folder; the page of an older run in it stays until the new one has weights.
    show
        If True, also draw pictures of the training in the terminal.
    """
    from adgan.cli.page import PANEL_CAPTION
    from adgan.report import run_page
    from adgan.runs import CHECKS, CURVE, NEW, PANELS
    from adgan.runs.tables import read_rows

    page, seen, drawn = run / "report.html", 0, ""

    def watch(row: dict[str, float]) -> None:
        nonlocal seen, drawn
        curve = run / CURVE
        saved = curve.stat().st_mtime_ns if curve.exists() and not (run / NEW).exists() else 0
        if saved == seen:
            return
        if not seen:
            meter.note(f"Watch the training in {page}, which refreshes itself")
        seen = saved
        panel = max((run / PANELS).glob("step_*.png"), default=None)
        left = duration(row["left"])
        run_page(
            page,
            f"{run.resolve().name}, in training",
            {"steps": int(row["step"]), "time": duration(row["seconds"]), "time left": left},
            curve=read_rows(curve),
            checks=read_rows(run / CHECKS),
            panel=panel,
            panel_text=PANEL_CAPTION,
            subtitle=f"Step {row['step']:.0f}, about {left} left. This page refreshes itself.",
            refresh=REFRESH_S,
        )
        if show and panel and panel.name != drawn:
            drawn = panel.name
            meter.draw(lambda columns: blocks(panel, columns))

    return watch


def blocks(path: Path, columns: int) -> "Text":
    """Return a picture as text with two pixels per character.

    Parameters
    ----------
    path
        A PNG file written by this program.
    columns
        Largest width in characters.
    """
    import numpy as np
    import PIL.Image
    from rich.color import Color
    from rich.style import Style
    from rich.text import Text

    with PIL.Image.open(path) as picture:
        width = min(columns, PICTURE_COLUMNS_MAX, picture.width)
        height = 2 * max(1, round(picture.height * width / picture.width / 2))
        pixels = np.asarray(
            picture.convert("RGB").resize((width, height), PIL.Image.Resampling.BOX)
        )
    text = Text(end="")
    for upper, lower in zip(pixels[::2].tolist(), pixels[1::2].tolist(), strict=True):
        for above, below in zip(upper, lower, strict=True):
            text.append(
                HALF_BLOCK, Style(color=Color.from_rgb(*above), bgcolor=Color.from_rgb(*below))
            )
        text.append("\n")
    return text
