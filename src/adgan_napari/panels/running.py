"""Windows that run a command in another process and show its progress."""

from collections.abc import Sequence
from pathlib import Path

from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QVBoxLayout

from adgan_napari.jobs import Job, progress_of, remarks_of
from adgan_napari.panels.choices import Folder, Ticked
from adgan_napari.panels.panel import Panel, button, row

POLL_MILLISECONDS = 500
"""Interval at which the progress of a command is read, in milliseconds."""
LINES_SHOWN = 4
"""Number of lines of a command's output that are shown at its end."""


class RunningPanel(Panel):
    """A window with images, a button to start and one to stop."""

    verb = "Start"

    def fill(self, layout: QVBoxLayout) -> None:
        """Add the choice of images, the other inputs, and the buttons."""
        self.job: Job | None = None
        self.layers = Ticked(self.viewer)
        self.images = Folder("or a folder of images")
        self.form.addRow("Images", self.layers)
        self.form.addRow("", self.images)
        self.ask()
        self.start = button(self.verb, self.run)
        self.halt = button("Stop", self.stop)
        self.halt.setEnabled(False)
        layout.addLayout(row(self.start, self.halt))
        self.timer = QTimer(self)
        self.timer.setInterval(POLL_MILLISECONDS)
        self.timer.timeout.connect(self.follow)
        # Closing napari deletes the window, which stops the command as well.
        jobs = self.jobs = list[Job]()
        self.destroyed.connect(lambda: _stop_all(jobs))

    def ask(self) -> None:
        """Add rows for the other inputs."""
        raise NotImplementedError

    def begin(self) -> None:
        """Start the work of the window.

        Raises
        ------
        AdganError
            If an input is missing.
        """
        raise NotImplementedError

    def run(self) -> None:
        """Start, or show what is missing."""
        try:
            self.begin()
        except Exception as error:
            self.fail(error)

    def command(self, words: Sequence[object], log: Path) -> None:
        """Run a command and show its progress."""
        self.job = Job.start(words, log)
        self.jobs[:] = [self.job]
        self.running(True)
        self.progress(0)
        self.tell("Starting …")
        self.timer.start()

    def running(self, yes: bool) -> None:
        """Enable the stop button while a command runs, else the start button."""
        self.start.setEnabled(not yes)
        self.halt.setEnabled(yes)

    def follow(self) -> None:
        """Update the progress of the command."""
        if self.job is None:
            return
        ended, lines = self.job.ended, self.job.lines()
        share, words = progress_of(lines)
        self.progress(share)
        if not ended:
            self.tell(words)
            return
        self.timer.stop()
        self.bar.hide()
        self.running(False)
        self.tell(*remarks_of(lines)[-LINES_SHOWN:], wrong=self.job.failed)
        self.over(self.job)

    def over(self, job: Job) -> None:
        """Act on the end of a command; nothing by default."""

    def stop(self) -> None:
        """Stop the command and the background work."""
        super().stop()
        _stop_all(self.jobs)

    def leave(self) -> None:
        """Stop everything, and stop updating the progress."""
        self.timer.stop()
        super().leave()


def _stop_all(jobs: Sequence[Job]) -> None:
    for job in jobs:
        job.stop()
