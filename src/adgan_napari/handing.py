"""Write layers to files, for commands that run in another process."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from adgan.errors import AdganError
from adgan.io import make_folder, write_gray
from adgan_napari.stacks import Stack


def images_beside(run: Path) -> Path:
    """Return the folder for the images of a run that is trained on layers."""
    return run.with_name(f"{run.name}-images")


def write_stacks(stacks: Sequence[Stack], folder: Path) -> Iterator[Path]:
    """Write every frame of some stacks as a TIFF with its pixel size.

    Parameters
    ----------
    stacks
        Stacks of images only, or of volumes only.
    folder
        Output folder; files of the same names are replaced.

    Yields
    ------
    Path
        The path of each file after it was written.

    Raises
    ------
    AdganError
        If images and volumes are mixed, two frames have one name, or the folder cannot be written.
    """
    if len({stack.ndim for stack in stacks}) > 1:
        raise AdganError("images and volumes are mixed: choose layers of one kind")
    names = [name for stack in stacks for name in stack.names()]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise AdganError(f"two layers are called {twice}: rename one of them")
    make_folder(folder)
    for stack in stacks:
        for number, name in enumerate(stack.names()):
            path = folder / f"{name}.tif"
            write_gray(path, stack.frame(number), stack.spacing)
            yield path
