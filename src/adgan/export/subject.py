"""An exported model: a network of plain layers, its input and output, and how to use it.

Its description is JSON for programs, and the same as a page for people.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from adgan.builtin.settings import NORMALISATION
from adgan.io import atomic, write_json
from adgan.nn.convert import INPUT, OUTPUT
from adgan.synth.samples import simulated_sample

DESCRIPTION, PAGE = "description.json", "README.md"
Steps = tuple[tuple[str, dict[str, Any]], ...]
"""Processing steps in order: a sentence, and its numbers by name."""


@dataclass(frozen=True)
class Subject:
    """A network and the description that its users need.

    Attributes
    ----------
    network
        ``B 1 (Z) Y X`` to ``B C (Z) Y X``, in evaluation mode, on the CPU.
    ndim, step, least
        Number of axes of an image; its sides are multiples of `step`, and at least `least` pixels.
    name, text
        Title, and description in a sentence or two.
    values
        Meaning of the input values.
    channels
        Meaning of each output channel, by name.
    before, after
        Preprocessing and postprocessing steps.
    sample
        Example input, ``(Z) Y X``, float32.
    percentiles
        Percentiles of the input that are mapped to 0 and 1, if that is the whole preprocessing.
    """

    network: nn.Module
    ndim: int
    step: int
    least: int
    name: str
    text: str
    values: str
    channels: dict[str, str]
    before: Steps
    after: Steps
    sample: np.ndarray = field(repr=False)
    percentiles: tuple[float, float] | None = None


def simulated(ndim: int, step: int) -> np.ndarray:
    """Return a simulated image with its percentiles at 0 and 1, and sides of a few steps."""
    ((image, _, _),) = simulated_sample(f"nuclei{ndim}d", images=1)
    # Smaller than the windows of local normalisation, larger than the stride of the network.
    sides = [max(1, min(n, 128) // step) * step for n in image.shape]
    cut = image[tuple(slice(0, n) for n in sides)].astype(np.float32)
    low, high = np.percentile(cut, NORMALISATION[ndim].percentiles)
    return ((cut - low) / (high - low)).astype(np.float32)


def describe(subject: Subject, kind: str, file: str, version: str) -> dict[str, Any]:
    """Return the description of an exported model, serialisable as JSON.

    Parameters
    ----------
    subject
        The model.
    kind, file
        Format and name of the model file.
    version
        Version of this package.
    """
    axes = "BC" + "ZYX"[-subject.ndim :]
    return {
        "name": subject.name,
        "text": subject.text,
        "made_by": f"adgan {version}",
        "format": kind,
        "file": file,
        "input": {
            "name": INPUT,
            "axes": axes,
            "channels": 1,
            "dtype": "float32",
            "sides_multiple_of": subject.step,
            "sides_at_least": subject.least,
            "values": subject.values,
        },
        "before": _steps(subject.before),
        "output": {
            "name": OUTPUT,
            "axes": axes,
            "dtype": "float32",
            "channels": [{"name": n, "meaning": m} for n, m in subject.channels.items()],
        },
        "after": _steps(subject.after),
    }


def _steps(steps: Steps) -> list[dict[str, Any]]:
    return [{"do": text, **numbers} for text, numbers in steps]


def page(about: dict[str, Any]) -> str:
    """Return a description as Markdown."""
    into, out = about["input"], about["output"]
    rows = [f"| {n} | `{c['name']}` | {c['meaning']} |" for n, c in enumerate(out["channels"])]
    return "\n".join(
        [
            f"# {about['name']}",
            "",
            f"{about['text']} Written by {about['made_by']}; `{DESCRIPTION}` is the same "
            "description for programs.",
            "",
            f"`{about['file']}` ({about['format']}) maps `{into['name']}`, {into['dtype']} with "
            f"axes {into['axes']} and one channel, to `{out['name']}` with the same axes. The "
            f"batch size is free; sides must be multiples of {into['sides_multiple_of']} and at "
            f"least {into['sides_at_least']} pixels. Values of the input: {into['values']}.",
            "",
            "## Preprocessing",
            "",
            *_listed(about["before"]),
            "",
            "## Output",
            "",
            "| Channel | Name | Meaning |",
            "|---|---|---|",
            *rows,
            "",
            "## Postprocessing",
            "",
            *_listed(about["after"]),
            "",
        ]
    )


def _listed(steps: list[dict[str, Any]]) -> list[str]:
    lines = []
    for number, step in enumerate(steps, start=1):
        numbers = ", ".join(f"`{k}`: {json.dumps(v)}" for k, v in step.items() if k != "do")
        lines.append(f"{number}. {step['do']}" + (f" ({numbers})" if numbers else ""))
    return lines


def write_description(folder: Path, about: dict[str, Any]) -> None:
    """Write the description and its page into a folder.

    Raises
    ------
    AdganError
        If they cannot be written.
    """
    write_json(folder / DESCRIPTION, about)
    with atomic(folder / PAGE) as path:
        path.write_text(page(about), encoding="utf-8")
