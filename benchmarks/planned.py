"""Work in a process of its own, and what its plan said of it."""

import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import adgan
from adgan.heap import few_kernels
from adgan.presets import make_preset
from adgan.recipe import read_settings

WORKS = ("train", "segment", "segment --confidence")
LENGTH = r"(?:(\d+) min )?([\d.]+) s"
STATUS = Path("/proc/self/status")
PLAN = re.compile(rf"about {LENGTH}(?: \({LENGTH} if nothing else ran\))?, up to ([\d,]+) MiB")


def measure_plan(work: str, images: Path, run: Path, steps: int, device: str) -> dict[str, float]:
    """Do the work, and return what was planned and what it took.

    Parameters
    ----------
    work
        One of :data:`WORKS`.
    images
        Folder of images.
    run
        Run folder to make, or to segment with.
    steps
        Length of the training; its recipe is that of `run`.
    device
        Where to compute.

    Returns
    -------
    dict
        ``planned`` and ``took`` in seconds on the clock; ``planned_alone`` and ``processor``, what
        of that does not hang on other work; ``planned_memory`` and ``memory`` in bytes.
    """
    words = [work, str(images), str(run), str(steps), device]
    done = subprocess.run(
        [sys.executable, __file__, *words], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def main(work: str, images: str, run: str, steps: str, device: str) -> None:
    """Print the six numbers as JSON."""
    said: list[tuple[float, float, re.Match[str]]] = []

    def note(line: str) -> None:
        if found := PLAN.search(line):
            said.append((time.monotonic(), time.process_time(), found))

    if work == "train":
        folder = Path(run)
        recipe = make_preset(
            "fast", read_settings(folder / "recipe.json"), {"schedule": {"steps": int(steps)}}
        )
        with tempfile.TemporaryDirectory() as scratch:
            adgan.train(images, Path(scratch) / "run", recipe, device=device, note=note)
    else:
        few_kernels()  # as the command does
        with tempfile.TemporaryDirectory() as scratch:
            confidence = "--confidence" in work
            adgan.segment(
                run, images, Path(scratch), confidence=confidence, device=device, note=note,
                overwrite=True,
            )  # fmt: skip
    (began, before, plan), *_ = said
    took, processor = time.monotonic() - began, time.process_time() - before
    minutes, seconds, more, alone, mebibytes = (
        float((text or "0").replace(",", "")) for text in plan.groups()
    )
    planned = 60 * minutes + seconds
    # Of this program alone: `ru_maxrss` counts what the one that started it held too.
    (most,) = (line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM:"))
    memory = int(most.split()[1]) * 1024
    numbers = {
        "planned": planned,
        "took": took,
        "planned_alone": 60 * more + alone or planned,
        "processor": processor,
        "planned_memory": mebibytes * 2**20,
        "memory": memory,
    }
    print(json.dumps(numbers))


if __name__ == "__main__":
    main(*sys.argv[1:])
