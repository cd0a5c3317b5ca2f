"""A package for the BioImage Model Zoo (https://bioimage.io), which many programs open.

It is a zip of the weights, one example input with its output, and ``rdf.yaml``, specified at
https://bioimage-io.github.io/spec-bioimage-io.
"""

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml

from adgan.export.subject import PAGE, Subject, page
from adgan.io import atomic
from adgan.nn.convert import INPUT, OUTPUT, to_onnx, to_torchscript

FORMAT = "0.5.4"
"""Version of the specification."""
PAPER = {
    "text": "Yao, Huang, Sun and Jude 2021, AD-GAN: End-to-end Unsupervised Nuclei Segmentation",
    "doi": "10.48550/arXiv.2107.11022",
}
"""The publication that this package implements."""
NORMALISATION_EPSILON = 1e-6
"""Added by the package's preprocessing to the difference of the percentiles."""
VALIDATION = """
## Validation

Compare the labels with those of `adgan segment` on the same image, or with manual annotations
(`adgan evaluate`).
"""


def write_package(subject: Subject, about: dict[str, Any], path: Path) -> None:
    """Write a model as a package with ONNX and TorchScript weights and a test input.

    Parameters
    ----------
    subject
        The model.
    about
        Its description, see :func:`adgan.export.subject.describe`.
    path
        The file to write, ``.zip``.

    Raises
    ------
    AdganError
        If onnx is not installed, or the file cannot be written.
    """
    model = to_onnx(subject.network, subject.ndim, subject.step)
    script = io.BytesIO()
    torch.jit.save(to_torchscript(subject.network, subject.ndim, subject.step), script)
    sample = subject.sample[None, None]
    with torch.inference_mode():
        expected = subject.network(torch.from_numpy(_prepared(subject, sample))).numpy()
    files = {
        PAGE: (page(about) + VALIDATION).encode(),
        "input.npy": _npy(sample),
        "output.npy": _npy(expected),
        "model.onnx": model.SerializeToString(),
        "model.pt": script.getvalue(),
    }
    described = _describe(subject, files, model.opset_import[0].version)
    files["rdf.yaml"] = yaml.safe_dump(described, sort_keys=False).encode()
    with atomic(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)


def _describe(subject: Subject, files: dict[str, bytes], opset: int) -> dict[str, Any]:
    """Return the content of ``rdf.yaml``."""

    def named(file: str) -> dict[str, str]:
        return {"source": file, "sha256": hashlib.sha256(files[file]).hexdigest()}

    spaces = "zyx"[-subject.ndim :]
    least = -(-subject.least // subject.step) * subject.step
    sides = {"min": least, "step": subject.step}
    preprocessing = []
    if subject.percentiles:
        low, high = subject.percentiles
        levels = {"min_percentile": low, "max_percentile": high, "eps": NORMALISATION_EPSILON}
        axes = {"axes": ["channel", *spaces]}
        preprocessing.append({"id": "scale_range", "kwargs": axes | levels})
    return {
        "type": "model",
        "format_version": FORMAT,
        "name": subject.name,
        "description": subject.text,
        "authors": [{"name": "the adgan authors"}],
        "cite": [PAPER],
        "license": "BSD-3-Clause",
        "documentation": PAGE,
        "tags": ["nuclei", "fluorescence", "instance-segmentation", "unet", f"{subject.ndim}d"],
        "inputs": [
            {
                "id": INPUT,
                "axes": [
                    {"type": "batch"},
                    {"type": "channel", "channel_names": ["intensity"]},
                    *({"type": "space", "id": a, "size": sides} for a in spaces),
                ],
                "preprocessing": preprocessing,
                "test_tensor": named("input.npy"),
            }
        ],
        "outputs": [
            {
                "id": OUTPUT,
                "axes": [
                    {"type": "batch"},
                    {"type": "channel", "channel_names": list(subject.channels)},
                    *(
                        {"type": "space", "id": a, "size": {"tensor_id": INPUT, "axis_id": a}}
                        for a in spaces
                    ),
                ],
                "test_tensor": named("output.npy"),
            }
        ],
        "weights": {
            # Both come from the same network, but one must be declared as the original.
            "onnx": named("model.onnx") | {"opset_version": opset, "parent": "torchscript"},
            "torchscript": named("model.pt")
            | {"pytorch_version": torch.__version__.partition("+")[0]},
        },
    }


def _npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def _prepared(subject: Subject, sample: np.ndarray) -> np.ndarray:
    """Return a sample after the package's own preprocessing."""
    if not subject.percentiles:
        return sample
    low, high = np.percentile(sample, subject.percentiles)
    return ((sample - low) / (high - low + NORMALISATION_EPSILON)).astype(np.float32)
