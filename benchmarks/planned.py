"""Compare the plan of a command with the time and memory that it takes, in another process."""

import json
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import adgan
from adgan.recipe.presets import make_preset
from adgan.recipe.recipe import read_settings
from adgan.system.heap import few_kernels

WORKS = ("train", "segment", "segment --confidence")
LENGTH = r"(?:(\d+) min )?([\d.]+) s"
STATUS = Path("/proc/self/status")
PLAN = re.compile(rf"about {LENGTH}(?: \({LENGTH} without other programs\))?, up to ([\d,]+) MiB")


def measure_plan(work: str, images: Path, run: Path, steps: int, device: str) -> dict[str, float]:
    """Run a command, and return planned and measured time and memory.

    Parameters
    ----------
    work
        The command, one of :data:`WORKS`.
    images
        Folder of images.
    run
        Folder of the run to train, or to segment with.
    steps
        Length of the training in steps; its recipe is that of `run`.
    device
        Device to compute on.

    Returns
    -------
    dict
        ``planned`` and ``took`` in seconds of elapsed time; ``planned_alone`` and ``processor`` in
        seconds without other load; ``planned_memory`` and ``memory`` in bytes.
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
            options = adgan.SegmentOptions(confidence="--confidence" in work)
            adgan.segment(
                run, images, scratch, options=options, device=device, note=note, overwrite=True
            )
    (began, before, plan), *_ = said
    took, processor = time.monotonic() - began, time.process_time() - before
    minutes, seconds, more, alone, mebibytes = (
        float((text or "0").replace(",", "")) for text in plan.groups()
    )
    planned = 60 * minutes + seconds
    # Not `ru_maxrss`, which includes the memory of the parent process.
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
