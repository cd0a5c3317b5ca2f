"""Claim a folder for results without harming what is there."""

import os
from collections.abc import Iterable
from pathlib import Path

from adgan.errors import AdganError
from adgan.io.atomic import atomic, cannot_write


def claim_output(
    folder: str | os.PathLike[str], overwrite: bool = False, inputs: Iterable[Path] = ()
) -> Path:
    """Make the output folder, or refuse one that holds files.

    Nothing is ever deleted: with ``overwrite`` the files written later replace those of
    the same name, the others stay. Hidden files do not count. Call it after the inputs
    were found good, so that a refused run leaves no folder behind.

    Parameters
    ----------
    folder
        Where results will go; parents are made.
    overwrite
        Whether a folder that holds files is fine.
    inputs
        Files that are read; none may lie in the folder, even with ``overwrite``, as
        results carry the names of their inputs.

    Returns
    -------
    Path
        The folder, existing and writable.

    Raises
    ------
    AdganError
        If it holds files, is a file, holds an input, or cannot be written.
    """
    folder = Path(folder)
    inside = next((p for p in inputs if p.resolve().parent == folder.resolve()), None)
    if inside is not None:
        raise AdganError(f"output folder {folder} holds the input {inside.name}: choose another")
    try:
        if folder.exists() and not folder.is_dir():
            raise AdganError(f"output {folder} is a file: choose a folder")
        held = sorted(p.name for p in folder.iterdir()) if folder.exists() else []
        held = [name for name in held if not name.startswith(".")]
        if held and not overwrite:
            raise AdganError(
                f"output folder {folder} already holds files ({held[0]}): "
                "choose another, or pass --overwrite"
            )
        made = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    try:
        _probe(folder)
    except AdganError:
        if made:
            folder.rmdir()
        raise
    return folder


def _probe(folder: Path) -> None:
    """Write and remove a small file: the only sure test of rights and space."""
    probe = folder / ".adgan-probe"
    with atomic(probe) as temporary:
        temporary.write_bytes(b"adgan")
    probe.unlink()
