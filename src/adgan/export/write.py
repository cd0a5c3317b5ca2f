"""Write a model for other programs: one file that they run, and its description."""

import os
import shutil
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Literal, get_args

from adgan.builtin.network import Network, builtin_network
from adgan.errors import AdganError
from adgan.export.bioimage import write_package
from adgan.export.network import of_network
from adgan.export.run import of_run
from adgan.export.subject import Subject, describe, write_description
from adgan.io import atomic, claim_output
from adgan.nn.convert import to_onnx, to_openvino, to_torchscript
from adgan.runs.checkpoint import Model, load
from adgan.system.claims import claims

Format = Literal["onnx", "torchscript", "openvino", "bioimageio"]
FILES: dict[str, str] = {
    "onnx": "model.onnx",
    "torchscript": "model.pt",
    "openvino": "model.xml",
    "bioimageio": "model.bioimageio.zip",
}
"""Name of the model file, by format."""


@claims()
def export(
    model: Model | Network | str | os.PathLike[str] | None,
    to: Format,
    output: str | os.PathLike[str],
    *,
    overwrite: bool = False,
) -> Path:
    """Write a model in a format that other programs can run.

    Running the model does not require this package, and loading it executes no code of it.
    ``description.json`` and ``README.md`` in the same folder describe pre- and postprocessing.
    Needs ``adgan[export]``, except for TorchScript.

    Parameters
    ----------
    model
        Trained model returned by :func:`adgan.train`, or a run folder: its fine-tuned student is
        exported if it has one, otherwise its generator. None exports the built-in model.
    to
        ``onnx``, ``torchscript``, ``openvino``, or ``bioimageio``: a package for the BioImage
        Model Zoo with both ONNX and TorchScript.
    output
        Output folder.
    overwrite
        Write into a folder that already contains files.

    Returns
    -------
    Path
        The model file.

    Raises
    ------
    AdganError
        If the run cannot be read or is not a single network, a library is missing, or the folder
        cannot be written.
    """
    if to not in get_args(Format):
        raise AdganError(f"unknown format {to!r}: choose {', '.join(get_args(Format))}")
    subject = _subject(model)
    file = FILES[to]
    about = describe(subject, to, file, version("adgan"))
    write = WRITERS.get(to) or (lambda s, path: write_package(s, about, path))
    folder = claim_output(output, overwrite)
    write(subject, folder / file)
    write_description(folder, about)
    return folder / file


def _subject(model: Model | Network | str | os.PathLike[str] | None) -> Subject:
    """Return the export of a model; for a run, that of its student if it has one."""
    if model is None:
        return of_network(builtin_network(), "adgan nuclei 2D")
    if isinstance(model, Network):
        return of_network(model, f"adgan nuclei {model.ndim}D")
    name = "adgan run" if isinstance(model, Model) else f"adgan run {Path(model).resolve().name}"
    loaded = model if isinstance(model, Model) else load(model)
    return of_network(loaded.student, name) if loaded.student else of_run(loaded, name)


def _onnx(subject: Subject, path: Path) -> None:
    model = to_onnx(subject.network, subject.ndim, subject.step)
    with atomic(path) as temporary:
        temporary.write_bytes(model.SerializeToString())


def _torchscript(subject: Subject, path: Path) -> None:
    traced = to_torchscript(subject.network, subject.ndim, subject.step)
    with atomic(path) as temporary:
        traced.save(str(temporary))


def _openvino(subject: Subject, path: Path) -> None:
    model = to_openvino(subject.network, subject.ndim, subject.step)
    from openvino import save_model

    # OpenVINO stores the weights in a second file with the same stem.
    with atomic(path.with_suffix(".bin")) as weights, atomic(path) as temporary:
        save_model(model, temporary, compress_to_fp16=False)
        shutil.move(temporary.with_suffix(".bin"), weights)


WRITERS: dict[str, Callable[[Subject, Path], None]] = {
    "onnx": _onnx,
    "torchscript": _torchscript,
    "openvino": _openvino,
}
