"""Programs that need a Python environment of their own, created by `adgan benchmark setup`.

An environment is a folder with its own Python, in ``$ADGAN_ENVIRONMENTS``. A worker is a script of
:mod:`adgan_bench.workers` that this Python runs on a folder of arrays.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np

from adgan.errors import AdganError
from adgan.system.device import choose_device
from adgan_bench.names import pick
from adgan_bench.system import Fitted, Task

HOME = "~/.local/share/adgan/environments"
REQUIREMENTS: dict[str, tuple[str, ...]] = {
    "cellprofiler": ("numpy<2", "cellprofiler-library-nightly==5.0.0.dev784"),
    "nnunet": ("nnunetv2==2.8.1",),
}
"""Packages to install into each environment."""


def environment(name: str) -> Path:
    """Return the folder of an environment, which need not exist."""
    return Path(os.environ.get("ADGAN_ENVIRONMENTS", HOME)).expanduser() / name


def python_of(name: str) -> Path:
    """Return the Python of an environment."""
    inside = ("Scripts", "python.exe") if os.name == "nt" else ("bin", "python")
    return environment(name).joinpath(*inside)


def missing(name: str) -> Callable[[], str | None]:
    """Return a function that says how to create an environment, or None if it exists."""
    return lambda: None if python_of(name).exists() else f"run `adgan benchmark setup {name}`"


def setup(name: str) -> Path:
    """Create an environment, replacing an existing one.

    Parameters
    ----------
    name
        Name of the environment, a key of :data:`REQUIREMENTS`.

    Returns
    -------
    Path
        Its folder, which is removed if the installation fails.

    Raises
    ------
    AdganError
        If the name is not known, its folder is something else, or the installation fails.
    """
    pick([name], REQUIREMENTS, "environment")
    folder = environment(name)
    if folder.exists() and not (folder / "pyvenv.cfg").exists():
        raise AdganError(
            f"{folder} is no environment of Python: move it elsewhere, or set ADGAN_ENVIRONMENTS"
        )
    shutil.rmtree(folder, ignore_errors=True)
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        install = [str(python_of(name)), "-m", "pip", "install", *REQUIREMENTS[name]]
        subprocess.run(install, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise AdganError(f"cannot make the environment {folder}: {error}") from error
    return folder


def run_worker(
    name: str, images: Sequence[np.ndarray], settings: dict[str, Any]
) -> list[np.ndarray]:
    """Run a worker on images and return its label maps.

    Raises
    ------
    AdganError
        If the worker fails, with the last line of its output.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "images").mkdir()
        (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
        for number, pixels in enumerate(images):
            np.save(folder / "images" / f"{number:05d}.npy", pixels)
        with as_file(files("adgan_bench.workers").joinpath(f"{name}.py")) as script:
            command = [str(python_of(name)), str(script), str(folder)]
            done = subprocess.run(command, capture_output=True, text=True, env=_environment())
        if done.returncode:
            said = done.stderr.strip().splitlines() or ["nothing"]
            raise AdganError(f"{name} failed: {said[-1]}")
        return [np.load(path) for path in sorted((folder / "labels").glob("*.npy"))]


def _environment() -> dict[str, str]:
    """Return the environment variables without PYTHONPATH, which is for this Python only."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def fit_cellprofiler(task: Task) -> Fitted:
    """Set up the real CellProfiler with the true diameter."""
    settings = {"diameter": task.diameter}
    return Fitted(lambda images: run_worker("cellprofiler", images, settings))


def fit_nnunet(task: Task) -> Fitted:
    """Train the real nnU-Net on the labels of the split, with the budget of all systems."""
    schedule = task.recipe.schedule
    settings = {
        "work": str(task.folder.resolve()),
        "device": choose_device(task.device).type,
        "diameter": task.diameter,
        "minutes": schedule.minutes,
        "steps": schedule.steps,
    }
    shutil.rmtree(task.folder, ignore_errors=True)
    for part in ("images", "labels"):
        (task.folder / "train" / part).mkdir(parents=True)
    for number, image in enumerate(task.seen):
        name = f"{number:05d}.npy"
        np.save(task.folder / "train" / "images" / name, image.pixels)
        np.save(task.folder / "train" / "labels" / name, image.truth)
    run_worker("nnunet", [], settings | {"fit": True})
    return Fitted(
        lambda images: run_worker("nnunet", images, settings | {"fit": False}),
        {"labelled": len(task.seen)},
    )
