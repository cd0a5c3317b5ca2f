"""`adgan export`: a model for other programs, with a description of what to do around it."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from adgan.cli.progress import tell


def export(
    run: Path | None = None,
    /,
    *,
    to: Literal["onnx", "torchscript", "openvino", "bioimageio"],
    output: Annotated[Path, Parameter(alias="-o")],
    overwrite: bool = False,
) -> None:
    """Write a model so that other programs run it.

    What to do to an image before and to the output after is told in README.md and
    description.json beside it.

    Examples
    --------
    The built-in model for programs that run ONNX:

        $ adgan export --to onnx -o model

    What a training learnt from corrected labels, for the BioImage Model Zoo:

        $ adgan export run --to bioimageio -o package

    Parameters
    ----------
    run
        A run folder that `adgan train` made; without it the built-in model is written.
    to
        The format; bioimageio makes a package of the BioImage Model Zoo.
    output
        The folder for the files.
    overwrite
        Write into a folder that holds files.
    """
    import adgan

    path = adgan.export(run, to, output, overwrite=overwrite)
    tell(f"{path} holds the model; {output / 'README.md'} tells what to do around it")
