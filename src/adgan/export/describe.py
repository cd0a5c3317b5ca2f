"""The description of an exported model: JSON for programs, and the same as a page for people."""

import json
from pathlib import Path
from typing import Any

from adgan.export.subject import Steps, Subject
from adgan.io import atomic, write_json
from adgan.nn.convert import INPUT, OUTPUT

DESCRIPTION, PAGE = "description.json", "README.md"


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
    axes = "BC" + "ZYX"[-subject.rank :]
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
