"""Progress of a long task: a live bar in a terminal, or a line every few seconds elsewhere.

Progress goes to stderr; stdout is for results.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Self

from adgan.cli.notes import notes_of
from adgan.cli.voice import as_flags, is_quiet, note_down, say
from adgan.system.text import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

LINE_INTERVAL_S = 5.0
"""Time between two lines if there is no terminal, in seconds."""


class Meter:
    """The progress of one task, for a ``with`` statement.

    Parameters
    ----------
    title
        Description of the task.
    """

    def __init__(self, title: str):
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
        from rich.table import Column

        self.title = title
        self.shown = time.monotonic()
        console = Console(stderr=True)
        self.bar: Progress | None = None
        if console.is_terminal and not is_quiet():
            # A narrow terminal cuts off the text at the end first.
            words = Column(ratio=1, no_wrap=True, overflow="ellipsis")
            self.bar = Progress(
                TextColumn(title, table_column=Column(no_wrap=True)),
                BarColumn(bar_width=16),
                TaskProgressColumn(),
                TextColumn("{task.fields[text]}", markup=False, table_column=words),
                console=console,
                expand=True,
            )
            self.task = self.bar.add_task(title, total=1.0, text="")

    def __enter__(self) -> Self:
        if self.bar:
            self.bar.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if self.bar:
            if kind is None:
                self.bar.update(self.task, completed=1.0)
            self.bar.stop()

    def update(self, share: float, text: str) -> None:
        """Show the finished fraction, 0 to 1, and a short text."""
        if self.bar:
            self.bar.update(self.task, completed=share, text=printable(text))
        elif share >= 1 or time.monotonic() - self.shown >= LINE_INTERVAL_S:
            self.shown = time.monotonic()
            say(f"{self.title} {share:.0%}  {text}")

    def draw(self, picture: "Callable[[int], RenderableType]") -> None:
        """Print above the bar the picture that a function makes for a given number of columns.

        Nothing is printed if there is no bar, or without colours or the required characters.
        """
        if self.bar and self.bar.console.color_system in ("256", "truecolor"):
            if self.bar.console.encoding.startswith("utf"):
                self.bar.console.print(picture(self.bar.console.width))

    def note(self, text: str) -> None:
        """Print one permanent line."""
        if self.bar:
            text = as_flags(text)
            note_down(text)
            self.bar.console.print(printable(text), markup=False, highlight=False, soft_wrap=True)
        else:
            say(text)


def watch_training(meter: Meter, run: Path) -> Callable[[dict[str, float]], None]:
    """Return a callback for every step of `adgan.train`: shows losses, speed and time left."""
    from adgan.training.place import place_of

    first = True

    def watch(row: dict[str, float]) -> None:
        nonlocal first
        if first:
            first = False
            for note in notes_of(place_of(run)):
                meter.note(note)
        seconds, left = row["seconds"], row["left"]
        losses = " ".join(f"{name} {row[name]:.2f}" for name in ("rec", "cyc", "ctr", "adv", "dis"))
        speed = row["step"] / max(seconds, 1e-9)
        meter.update(
            seconds / max(seconds + left, 1e-9),
            f"{duration(left)} left  {speed:.1f} steps/s  step {row['step']:.0f}  {losses}",
        )

    return watch


def watch_share(meter: Meter) -> Callable[[float, str], None]:
    """Return a callback for the finished fraction, from 0, and the name of the current item."""
    started = time.monotonic()

    def watch(share: float, name: str) -> None:
        nonlocal started
        if share <= 0:
            started = time.monotonic()
            return
        left = (time.monotonic() - started) * (1 - share) / share
        meter.update(share, f"{duration(left)} left  {name}")

    return watch


def watch_items(meter: Meter) -> Callable[..., None]:
    """Return a callback for each finished item: ``done, total, name, count``."""

    def watch(done: int, total: int, name: str, count: int) -> None:
        meter.update(done / total, f"{done} of {total}  {name}: {count} nuclei")

    return watch


def duration(seconds: float) -> str:
    """Return a time as text: ``42 s``, ``3 min 05 s``, ``2 h 10 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
