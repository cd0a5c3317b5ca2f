"""Run commands in other processes; measure their time and memory."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence

CALL = "import sys; from adgan.cli import main; sys.exit(main(sys.argv[1:]))"
ADGAN = (sys.executable, "-c", CALL)
"""The command of this program, whichever version is installed."""


def measured(*commands: Sequence[str]) -> dict[str, float]:
    """Run commands in parallel; return elapsed and CPU seconds, and the largest peak memory in MiB.

    Raises
    ------
    SystemExit
        If a command fails.
    """
    start = time.perf_counter()
    running = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for command in commands]
    ended = [os.wait4(process.pid, 0) for process in running]
    seconds = time.perf_counter() - start
    for command, (_, status, _) in zip(commands, ended, strict=True):
        if status:
            raise SystemExit(f"failed: {' '.join(command)}")
    return {
        "seconds": seconds,
        "cpu": sum(used.ru_utime + used.ru_stime for _, _, used in ended),
        "mib": max(used.ru_maxrss for _, _, used in ended) / 1024,
    }
