"""A training as it goes: a page that browsers load anew, and pictures in a terminal."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from adgan.cli.progress import Meter, duration

if TYPE_CHECKING:
    from rich.text import Text

REFRESH = 10
"""Seconds after which a browser loads the page again."""
HALF = "▀"
"""The upper pixel of a character is its own colour, the lower one its background's."""
WIDEST = 160
"""Characters of a picture in a terminal."""


def watch_run(meter: Meter, run: Path, show: bool = False) -> Callable[[dict[str, float]], None]:
    """Return what is called after every step: it shows a run whenever that was saved.

    Parameters
    ----------
    meter
        That says where the page is.
    run
        The run folder; an older run in it has its page until the new one has weights.
    show
        Whether pictures of the training are drawn in the terminal, too.
    """
    from adgan.cli.page import PANEL
    from adgan.report import run_page
    from adgan.runs import CHECKS, CURVE, PANELS
    from adgan.runs.tables import read_rows
    from adgan.training.place import NEW

    page, seen, drawn = run / "report.html", 0, ""

    def watch(row: dict[str, float]) -> None:
        nonlocal seen, drawn
        curve = run / CURVE
        saved = curve.stat().st_mtime_ns if curve.exists() and not (run / NEW).exists() else 0
        if saved == seen:
            return
        if not seen:
            meter.note(f"watch it in {page}, which refreshes itself")
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
            panel_text=PANEL,
            subtitle=f"Step {row['step']:.0f}, about {left} left. This page refreshes itself.",
            refresh=REFRESH,
        )
        if show and panel and panel.name != drawn:
            drawn = panel.name
            meter.draw(lambda columns: blocks(panel, columns))

    return watch


def blocks(path: Path, columns: int) -> "Text":
    """Return a picture as text, two pixels to a character.

    Parameters
    ----------
    path
        A PNG file of the program's own.
    columns
        Characters of a line, at most.
    """
    import numpy as np
    import PIL.Image
    from rich.color import Color
    from rich.style import Style
    from rich.text import Text

    with PIL.Image.open(path) as picture:
        width = min(columns, WIDEST, picture.width)
        height = 2 * max(1, round(picture.height * width / picture.width / 2))
        pixels = np.asarray(
            picture.convert("RGB").resize((width, height), PIL.Image.Resampling.BOX)
        )
    text = Text(end="")
    for upper, lower in zip(pixels[::2].tolist(), pixels[1::2].tolist(), strict=True):
        for above, below in zip(upper, lower, strict=True):
            text.append(HALF, Style(color=Color.from_rgb(*above), bgcolor=Color.from_rgb(*below)))
        text.append("\n")
    return text
