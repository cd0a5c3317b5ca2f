"""Kill processes at random moments, and check that their files are intact and can be resumed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from attack_cases import Ground

from adgan.cli import main
from adgan.errors import AdganError
from adgan.io import read_images
from adgan.runs.checkpoint import load

MAIN = "import sys; from adgan.cli import main; sys.exit(main())"


def lines_of(ground: Ground, out: Path) -> dict[str, list[object]]:
    """Return a command line per verb that takes long enough to be killed."""
    tiny = ("--config", ground.config, "--steps", 60)
    return {
        "train": ["train", ground.images, "-o", out, *tiny],
        "overwrite": ["train", ground.images, "-o", out, "--overwrite", *tiny],
        "segment": ["segment", ground.run, ground.images, "-o", out, "--table", "--overlay"],
        "measure": ["measure", ground.labels, ground.images, "-o", out],
        "synthesize": ["synthesize", ground.run, "-o", out, "--size", 64, 64],
        "benchmark": [
            "benchmark", "run", "--data", _sets(ground), "-o", out, "--methods", "otsu,squassh",
            "--seeds", 3,
        ],
    }  # fmt: skip


def _sets(ground: Ground) -> Path:
    """Write a benchmark data file for the images."""
    path = ground.work / "killed.json"
    one = {"images": str(ground.images), "labels": str(ground.labels)}
    path.write_text(json.dumps({"sets": {"a": one | {"radius": [5, 9], "count": [5, 9]}}}))
    return path


def kill(ground: Ground, times: int, seed: int) -> int:
    """Kill each verb several times at random moments; return the number of defects."""
    rng, failed = np.random.default_rng(seed), 0
    for verb in lines_of(ground, Path()) if times else ():
        began = time.monotonic()
        _run(lines_of(ground, ground.work / f"whole_{verb}")[verb], None)
        whole = time.monotonic() - began
        for number in range(times):
            out = ground.work / f"killed_{verb}{number}"
            if verb == "overwrite":
                shutil.copytree(ground.run, out)
            # In the first third of its time a process mostly loads libraries.
            seconds = float(rng.uniform(whole / 3, whole))
            _run(lines_of(ground, out)[verb], seconds)
            wrong = _wrong(verb, out, ground)
            if wrong:
                failed += 1
                print(f"FAILED {verb} killed after {seconds:.2f} s: {wrong}", flush=True)
    return failed


def _run(words: list[object], seconds: float | None) -> None:
    """Run a command line in another process, and kill it after some seconds."""
    with subprocess.Popen(
        [sys.executable, "-c", MAIN, *map(str, words)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ),
    ) as process:  # fmt: skip
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)


def _wrong(verb: str, out: Path, ground: Ground) -> str | None:
    """Return what is wrong after a kill, or None."""
    for path in out.rglob("*.tif"):
        if not path.name.startswith("."):
            try:
                read_images(path, check=False)
            except AdganError as error:
                return str(error)
    if verb == "overwrite" or (out / "weights.safetensors").exists():
        try:
            load(out)
        except AdganError as error:
            return str(error)
    if verb == "benchmark" and (out / "results.jsonl").exists():
        words = ["benchmark", "table", out]
        return None if main([str(word) for word in words]) == 0 else "its table is broken"
    if verb in ("train", "overwrite") and (out / "run.json").exists():
        words = ["train", ground.images, "--resume", out]
        return None if main([str(word) for word in words]) == 0 else "it does not go on"
    return None
