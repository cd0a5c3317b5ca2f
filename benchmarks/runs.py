"""Train, segment and score one run, and record the result in a file."""

import json
import os
import platform
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sets import SCORES, DataSet, Labelled, load_images, load_labelled

import adgan
from adgan.errors import AdganError
from adgan.recipe.recipe import Recipe
from adgan.recipe.settings import merged
from adgan.runs import RUN
from adgan.runs.checkpoint import load
from adgan.runs.record import read_run

Record = dict[str, Any]


@dataclass(frozen=True)
class Results:
    """A file of results, one JSON object per line; lines are only added.

    The ``key`` of a result states what was run, not when or at which commit. A stopped benchmark
    can therefore continue, and a repeated measurement needs a new file.
    """

    path: Path

    def read(self) -> list[Record]:
        """Return the results so far.

        Raises
        ------
        AdganError
            If a line is not JSON.
        """
        if not self.path.exists():
            return []
        records = []
        for number, line in enumerate(self.path.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                records.append(json.loads(line))
            except ValueError as error:
                raise AdganError(f"{self.path}, line {number} is damaged: remove it") from error
        return records

    def once(self, key: Record, run: Callable[[], Record]) -> None:
        """Run and record the result, unless the file holds this key already."""
        key = json.loads(json.dumps(key))
        name = " ".join(str(value) for value in key.values() if value not in (None, {}))
        if any(record["key"] == key for record in self.read()):
            print(f"{name}: known", flush=True)
            return
        result = {"key": key, **run(), **circumstances()}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(result) + "\n")
        mean = result.get("scores", {}).get("mean", {})
        print(
            f"{name}: {' '.join(f'{s} {v:.3f}' for s, v in mean.items() if s in SCORES)}",
            flush=True,
        )


def circumstances() -> Record:
    """Return versions, commit and load of the machine, which may later explain a difference."""
    here = Path(__file__).parent
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=here, capture_output=True, text=True
    )
    return {
        "commit": done.stdout.strip() or None,
        "versions": {name: version(name) for name in ("adgan", "torch", "numpy", "scikit-image")}
        | {"python": platform.python_version()},
        "threads": torch.get_num_threads(),
        "cores": os.cpu_count(),
        "load": [round(value, 2) for value in os.getloadavg()],
        "written": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }


def score(
    predicted: Sequence[np.ndarray], images: Sequence[Labelled], which: DataSet
) -> dict[str, dict[str, float]]:
    """Score label maps without the set's border band; return mean and pooled scores."""
    found = adgan.evaluate(predicted, [image.truth for image in images], ignore_border=which.band)
    return {
        "mean": {name: found.mean[name] for name in SCORES},
        "pooled": {name: found.pooled[name] for name in SCORES},
    }


def make_recipe(which: DataSet, seed: int, settings: Record) -> Recipe:
    """Return the default recipe with the sizes of a set and the settings of a trial."""
    return adgan.make_preset("fast", which.settings(), {"seed": seed}, settings)


def estimate_recipe(data: Path, which: DataSet, seed: int, settings: Record) -> Recipe:
    """Return the default recipe with the settings of a trial; only the voxel size is given."""
    images = [image.pixels for image in load_images(data, which)]
    return adgan.fit_recipe(
        images, merged({"seed": seed, "data": {"spacing": which.spacing}}, settings)
    )


def ended(folder: Path) -> bool:
    """Return True if a folder holds a finished run."""
    return (folder / RUN).exists() and read_run(folder).get("finished", False)


def run_adgan(
    data: Path,
    which: DataSet,
    seed: int,
    settings: Record,
    device: str,
    keep: Path | None = None,
) -> Record:
    """Train on all images of a set, segment those that have labels, and score.

    Parameters
    ----------
    data
        The data folder.
    which
        The set.
    seed
        Random seed of the run.
    settings
        Settings of the recipe besides the sizes of the set: schedule, task, changes of a trial.
    device
        Device to train and segment on.
    keep
        Folder for the run (default: a temporary one); if it holds a finished run, that is used.

    Returns
    -------
    dict
        ``scores`` (mean and pooled), ``steps``, ``verdict``, ``seconds`` of training,
        ``segment_seconds`` and ``images``, the number scored.
    """
    recipe = make_recipe(which, seed, settings)
    sources = data / which.name / "images"
    with tempfile.TemporaryDirectory() as scratch:
        folder = keep or Path(scratch) / "run"
        if not ended(folder):
            adgan.train(sources, folder, recipe, device=device, overwrite=True)
        if not ended(folder):
            # Ctrl-C ends a training cleanly, but an unfinished training is not a result.
            raise KeyboardInterrupt
        about, model = read_run(folder), load(folder)
    images = load_labelled(data, which)
    started = time.monotonic()
    found = adgan.segment(model, [image.pixels for image in images], device=device)
    return {
        "scores": score([f.labels for f in found], images, which),
        "steps": about["steps"],
        "verdict": about["verdict"],
        "seconds": round(about["seconds"], 1),
        "segment_seconds": round(time.monotonic() - started, 1),
        "images": len(images),
    }
