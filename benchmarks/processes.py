"""A command in a process of its own, its time and its memory."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence

CALL = "import sys; from adgan.cli import main; sys.exit(main(sys.argv[1:]))"
ADGAN = (sys.executable, "-c", CALL)
"""The command line of the program, whatever is installed."""


def measured(command: Sequence[str]) -> dict[str, float]:
    """Run a command; return its seconds, those of its CPU, and MiB at most.

    Raises
    ------
    SystemExit
        If the command fails.
    """
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"failed: {' '.join(command)}")
    return {
        "seconds": time.perf_counter() - start,
        "cpu": used.ru_utime + used.ru_stime,
        "mib": used.ru_maxrss / 1024,
    }
