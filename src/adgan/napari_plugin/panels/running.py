"""Windows that run a command of the program beside napari, and follow it."""

from collections.abc import Sequence
from pathlib import Path

from qtpy.QtCore import QTimer
from qtpy.QtWidgets import QVBoxLayout

from adgan.napari_plugin.jobs import Job, progress_of, remarks_of
from adgan.napari_plugin.panels.choices import Folder, Ticked
from adgan.napari_plugin.panels.panel import Panel, button, row

EVERY = 500
"""Milliseconds between two looks at a command."""
LAST = 4
"""Lines of a command that are shown."""


class RunningPanel(Panel):
    """A window with images, a button to start and one to stop."""

    verb = "Start"

    def fill(self, layout: QVBoxLayout) -> None:
        """Add the images, what else is to be given, and the buttons."""
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
        self.timer.setInterval(EVERY)
        self.timer.timeout.connect(self.follow)
        # The command is stopped too when all of napari is closed, which deletes the window.
        jobs = self.jobs = list[Job]()
        self.destroyed.connect(lambda: _stop_all(jobs))

    def ask(self) -> None:
        """Add rows for what else is to be given."""
        raise NotImplementedError

    def begin(self) -> None:
        """Start what the button promises.

        Raises
        ------
        AdganError
            If something that is needed is not given.
        """
        raise NotImplementedError

    def run(self) -> None:
        """Start, or tell what is missing."""
        try:
            self.begin()
        except Exception as error:
            self.fail(error)

    def command(self, words: Sequence[object], log: Path) -> None:
        """Run a command of the program and follow it."""
        self.job = Job.start(words, log)
        self.jobs[:] = [self.job]
        self.running(True)
        self.progress(0)
        self.tell("Starting …")
        self.timer.start()

    def running(self, yes: bool) -> None:
        """Let only the one of the two buttons be pressed that makes sense."""
        self.start.setEnabled(not yes)
        self.halt.setEnabled(yes)

    def follow(self) -> None:
        """Look how far the command is."""
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
        self.tell(*remarks_of(lines)[-LAST:], wrong=self.job.failed)
        self.over(self.job)

    def over(self, job: Job) -> None:
        """Do what is to be done when the command has ended."""

    def stop(self) -> None:
        """Stop the command, or what works in the background."""
        super().stop()
        _stop_all(self.jobs)

    def leave(self) -> None:
        """Stop all, and follow no more."""
        self.timer.stop()
        super().leave()


def _stop_all(jobs: Sequence[Job]) -> None:
    for job in jobs:
        job.stop()
