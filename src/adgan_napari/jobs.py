"""Run the command line in another process: read its output and progress, and stop it."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from adgan.errors import AdganError
from adgan.runs import CHECKS, CURVE, NEW, RUN, STATE, WEIGHTS
from adgan.runs.record import read_run
from adgan.runs.tables import read_rows

PROGRESS_LINE = re.compile(r"^[a-z]+ (\d+)%  (.*)$")
"""Pattern of a progress line in a log, see :class:`adgan.cli.progress.Meter`."""
STOPPED_EXIT_CODE = 130
"""Exit code of a command that stopped after a request to stop."""
PROGRAM = """
import sys
from adgan.system.leash import stop_at_end
try:
    stop_at_end(sys.stdin.fileno())
    from adgan.cli import main
    sys.exit(main())
except KeyboardInterrupt:  # before the program handles it itself
    sys.exit(130)
"""


@dataclass
class Job:
    """A command that runs in another process, and stops when napari ends.

    Attributes
    ----------
    words
        Arguments of the command line, without ``adgan``.
    log
        File to which the output goes.
    process
        The process.
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
            File to which the output goes; its folder is created.

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
                [sys.executable, "-c", PROGRAM, *said],
                stdin=subprocess.PIPE,  # the command stops when this is closed
                stdout=file,
                stderr=subprocess.STDOUT,
                env=os.environ | {"PYTHONUTF8": "1"},
                start_new_session=True,  # so that Ctrl-C in napari's terminal does not reach it
            )
        return cls(said, log, process)

    @property
    def command(self) -> str:
        """The command line, quoted for a shell."""
        return shlex.join(["adgan", *self.words])

    @property
    def ended(self) -> bool:
        """True if the command has ended; its pipe is then closed."""
        over = self.process.poll() is not None
        if over:
            self.stop()
        return over

    @property
    def failed(self) -> bool:
        """True if the command ended with an error; a stopped one has not failed."""
        code = self.process.poll()
        return code is not None and code not in (0, 3, STOPPED_EXIT_CODE)

    def stop(self) -> None:
        """Ask the command to stop after its current step; a training then leaves a usable run."""
        assert self.process.stdin
        self.process.stdin.close()

    def lines(self) -> list[str]:
        """Return the lines of output so far."""
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        return [line for line in text.splitlines() if line.strip()]


def progress_of(lines: Sequence[str]) -> tuple[float, str]:
    """Return the completed fraction, 0 to 1, and the latest message from a command's output."""
    for line in reversed(lines):
        if found := PROGRESS_LINE.match(line):
            return int(found[1]) / 100, found[2]
    return 0.0, lines[-1] if lines else ""


def remarks_of(lines: Sequence[str]) -> list[str]:
    """Return the output of a command without its progress lines."""
    return [line for line in lines if not PROGRESS_LINE.match(line)]


def train_words(
    images: Sequence[str | Path],
    run: Path,
    minutes: float,
    labels: Path | None = None,
) -> list[object]:
    """Return the command line that starts a training, or resumes one that was stopped.

    Parameters
    ----------
    images
        Folders or files.
    run
        Folder of the run; if it holds an unfinished training, that is resumed.
    minutes
        Training time in minutes.
    labels
        Folder of corrected label maps to learn from.

    Raises
    ------
    AdganError
        If the folder holds a finished run, which is not replaced.
    """
    words: list[object] = ["train", *images, "-o", run, "--minutes", f"{minutes:g}"]
    if (run / STATE).exists():
        if read_run(run)["finished"]:
            raise AdganError(f"{run} holds a run already: choose another folder")
        words = ["train", *images, "--resume", run]
    return words + (["--labels", labels] if labels else [])


def segment_words(run: Path | None, images: Sequence[str | Path], output: Path) -> list[object]:
    """Return the command line of a segmentation with the output that a review needs."""
    return ["segment", *([run] if run else []), *images, "-o", output, "--confidence", "--table"]


@dataclass(frozen=True)
class Course:
    """The progress of a training, read from its folder.

    Attributes
    ----------
    steps, loss
        The steps, and the sum of reconstruction and cycle loss at each.
    scores
        Step and score of each check of the masks.
    stamp
        Time stamp of the weights, which changes with new ones; 0 if there are none yet.
    """

    steps: list[float]
    loss: list[float]
    scores: list[tuple[float, float]]
    stamp: int


def course_of(run: Path) -> Course:
    """Read the progress of a training, which may not have begun yet.

    Raises
    ------
    AdganError
        If one of its files is damaged.
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
    """Return the folder to which a training of a run currently writes; changes nothing."""
    return run / NEW if (run / NEW / RUN).exists() else run
