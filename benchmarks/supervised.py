"""The supervised rival in `quality.py`: the U-Net of the benchmark, trained on half of the labels.

The seed determines the half; the other half is scored. In a time series the frames of both halves
are similar, which favours this rival.
"""

import time
from pathlib import Path
from typing import Any

import numpy as np
from runs import Record, make_recipe, score
from sets import DataSet, load_labelled

from adgan.system.seeding import generator
from adgan_bench.data import Labelled
from adgan_bench.system import Task
from adgan_bench.systems import METHODS


def run_supervised(
    data: Path, which: DataSet, seed: int, settings: dict[str, Any], device: str
) -> Record:
    """Train on half of the labels of a set and score the other half.

    Parameters
    ----------
    data, which, seed, settings, device
        See :func:`runs.run_adgan`.

    Returns
    -------
    dict
        The result of :func:`runs.run_adgan`, with ``parameters``.
    """
    recipe = make_recipe(which, seed, settings)
    images = load_labelled(data, which)
    order = generator(seed, "half", which.name).permutation(len(images))
    seen, held = (
        [images[k] for k in sorted(part)] for part in np.array_split(order, [len(order) // 2])
    )
    started = time.monotonic()
    labelled = [Labelled(image.name, image.pixels, image.truth) for image in seen]
    fitted = METHODS["unet"].fit(Task(recipe, [], labelled, which.band, 0.0, device, data))
    trained = time.monotonic()
    found = [fitted.segment(image.pixels) for image in held]
    return {
        "scores": score(found, held, which),
        "steps": fitted.notes["steps"],
        "seconds": round(trained - started, 1),
        "segment_seconds": round(time.monotonic() - trained, 1),
        "images": len(held),
        "parameters": fitted.notes["parameters"],
    }
