"""The command line run beside the window: what it says, how far it is, and how it is stopped."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from adgan.errors import AdganError
from adgan.runs import CHECKS, CURVE, RUN, STATE, WEIGHTS
from adgan.runs.record import read_run
from adgan.runs.tables import read_rows
from adgan.training.place import NEW

SHARE = re.compile(r"^[a-z]+ (\d+)%  (.*)$")
"""A line of progress in a log, see :class:`adgan.cli.progress.Meter`."""
STOPPED = 130
"""Exit code of a command that was stopped at a good place."""
PYTHON = """
import sys
from adgan.leash import stop_at_end
try:
    stop_at_end(sys.stdin.fileno())
    from adgan.cli import main
    sys.exit(main())
except KeyboardInterrupt:  # before the program itself looks out for it
    sys.exit(130)
"""


@dataclass
class Job:
    """A command of the program in a process of its own, which stops soon after the window is gone.

    Attributes
    ----------
    words
        What was called, without ``adgan``.
    log
        File that takes what it prints.
    process
        That runs.
    """

    words: list[str]
    log: Path
    process: "subprocess.Popen[bytes]"

    @classmethod
    def start(cls, words: Sequence[object], log: Path) -> "Job":
        """Start a command.

        Parameters
        ----------
        words
            Verb, images and options.
        log
            File that takes what it prints; its folder is made.

        Raises
        ------
        AdganError
            If the log cannot be written.
        """
        said = [str(word) for word in words]
        try:
            log.parent.mkdir(parents=True, exist_ok=True)
            file = log.open("wb")
        except OSError as error:
            raise AdganError(
                f"{log} cannot be written ({error.strerror}): choose another folder"
            ) from error
        with file:
            process = subprocess.Popen(
                [sys.executable, "-c", PYTHON, *said],
                stdin=subprocess.PIPE,  # its leash
                stdout=file,
                stderr=subprocess.STDOUT,
                env=os.environ | {"PYTHONUTF8": "1"},
                start_new_session=True,  # Ctrl-C in the terminal of napari does not reach it
            )
        return cls(said, log, process)

    @property
    def command(self) -> str:
        """The command as a shell takes it."""
        return shlex.join(["adgan", *self.words])

    @property
    def ended(self) -> bool:
        """Whether it is over; its leash is let go then."""
        over = self.process.poll() is not None
        if over:
            self.stop()
        return over

    @property
    def failed(self) -> bool:
        """Whether it ended with a mistake; one that was stopped did not."""
        code = self.process.poll()
        return code is not None and code not in (0, 3, STOPPED)

    def stop(self) -> None:
        """Ask it to stop at the next good place; a training leaves a usable run then."""
        assert self.process.stdin
        self.process.stdin.close()

    def lines(self) -> list[str]:
        """Return what it has said so far."""
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        return [line for line in text.splitlines() if line.strip()]


def progress_of(lines: Sequence[str]) -> tuple[float, str]:
    """Return the share that is done, 0 to 1, and the last line, from what a command said."""
    for line in reversed(lines):
        if found := SHARE.match(line):
            return int(found[1]) / 100, found[2]
    return 0.0, lines[-1] if lines else ""


def remarks_of(lines: Sequence[str]) -> list[str]:
    """Return what a command said, without its lines of progress."""
    return [line for line in lines if not SHARE.match(line)]


def train_words(
    images: Sequence[str | Path],
    run: Path,
    minutes: float,
    labels: Path | None = None,
) -> list[object]:
    """Return the words of a training, or of going on with one that was stopped.

    Parameters
    ----------
    images
        Folders or files.
    run
        Its folder; if it holds a training that has not ended, that goes on.
    minutes
        It may take.
    labels
        Folder of corrected label maps to learn from.

    Raises
    ------
    AdganError
        If the folder holds a run that has ended: it is not replaced.
    """
    words: list[object] = ["train", *images, "-o", run, "--minutes", f"{minutes:g}"]
    if (run / STATE).exists():
        if read_run(run)["finished"]:
            raise AdganError(f"{run} holds a run already: name another folder")
        words = ["train", *images, "--resume", run]
    return words + (["--labels", labels] if labels else [])


def segment_words(run: Path | None, images: Sequence[str | Path], output: Path) -> list[object]:
    """Return the words of a segmentation that can be reviewed."""
    return ["segment", *([run] if run else []), *images, "-o", output, "--confidence", "--table"]


@dataclass(frozen=True)
class Course:
    """How a training goes, as its folder tells.

    Attributes
    ----------
    steps, loss
        Of the curve, the sum of the reconstruction's and the cycle's loss.
    scores
        Steps and scores of the looks at masks.
    stamp
        Changes when there are new weights; 0 before the first.
    """

    steps: list[float]
    loss: list[float]
    scores: list[tuple[float, float]]
    stamp: int


def course_of(run: Path) -> Course:
    """Read how a training goes; it may not have begun.

    Raises
    ------
    AdganError
        If a file of it is damaged.
    """
    folder = place_in(run)
    curve, checks = read_rows(folder / CURVE), read_rows(folder / CHECKS)
    weights = folder / WEIGHTS
    return Course(
        [row["step"] for row in curve],
        [row.get("rec", 0.0) + row.get("cyc", 0.0) for row in curve],
        [(row["step"], row.get("score", 0.0)) for row in checks],
        weights.stat().st_mtime_ns if weights.exists() else 0,
    )


def place_in(run: Path) -> Path:
    """Return where a training of a run folder writes just now, without touching anything."""
    return run / NEW if (run / NEW / RUN).exists() else run
