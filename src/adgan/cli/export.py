"""`adgan export`: a model for other programs, with a description of its pre- and postprocessing."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from adgan.cli.voice import tell


def export(
    run: Path | None = None,
    /,
    *,
    to: Literal["onnx", "torchscript", "openvino", "bioimageio"],
    output: Annotated[Path, Parameter(alias="-o")],
    overwrite: bool = False,
) -> None:
    """Export a model for use in other programs.

    README.md and description.json, written beside the model, describe the preprocessing of images
    and the postprocessing of the output.

    Examples
    --------
    The built-in model for programs that run ONNX:

        $ adgan export --to onnx -o model

    A run trained on corrected labels, for the BioImage Model Zoo:

        $ adgan export run --to bioimageio -o package

    Parameters
    ----------
    run
        Run folder created by `adgan train` (default: export the built-in model).
    to
        Export format; bioimageio creates a package for the BioImage Model Zoo.
    output
        Output folder.
    overwrite
        Write into a folder that already contains files.
    """
    import adgan

    path = adgan.export(run, to, output, overwrite=overwrite)
    tell(f"Wrote the model to {path}; {output / 'README.md'} describes its pre- and postprocessing")
