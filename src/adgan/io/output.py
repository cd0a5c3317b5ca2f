"""Checks before output is written: inputs and existing files are never overwritten by accident."""

import os
from collections.abc import Iterable
from pathlib import Path

from adgan.errors import AdganError
from adgan.io.atomic import atomic, cannot_write
from adgan.system.claims import hold, remove_empty


def claim_output(
    folder: str | os.PathLike[str],
    overwrite: bool = False,
    inputs: Iterable[Path] = (),
    shared: bool = False,
) -> Path:
    """Create and lock the output folder, or refuse one that contains files.

    Nothing is deleted: with ``overwrite``, the files written later replace those of the same
    name, and the others remain. Hidden files do not count. Call this after the inputs have been
    checked, so that a refused run leaves no folder behind.

    Parameters
    ----------
    folder
        Output folder; its parents are created.
    overwrite
        If True, the folder may contain files.
    inputs
        Files that are read; none may be in the folder or below it, even with ``overwrite``, as
        results have the names of their inputs.
    shared
        If True, other processes that share the folder may write into it at the same time.

    Returns
    -------
    Path
        The folder: it exists, is writable, and is locked until the enclosing
        :func:`adgan.system.claims.claims` ends.

    Raises
    ------
    AdganError
        If it contains files or an input, is a file, is in use, or cannot be written.
    """
    folder = Path(folder)
    try:
        where = folder.resolve()
        inside = next((p for p in inputs if where in p.resolve().parents), None)
        if inside is not None:
            raise AdganError(
                f"output folder {folder} contains the input {inside.name}: choose another"
            )
        if folder.exists() and not folder.is_dir():
            raise AdganError(f"output {folder} is a file: choose a folder")
        held = sorted(p.name for p in folder.iterdir()) if folder.exists() else []
        held = [name for name in held if not name.startswith(".")]
        if held and not overwrite:
            raise AdganError(
                f"output folder {folder} already contains files ({held[0]}): "
                "choose another, or pass `overwrite=True`"
            )
        made = tuple(p for p in (folder, *folder.parents) if not p.exists())
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error
    try:
        hold(folder, made, shared)
        _probe(folder)
    except AdganError:
        remove_empty(made)
        raise
    return folder


def claim_files(
    files: Iterable[Path | None], overwrite: bool = False, inputs: Iterable[Path] = ()
) -> None:
    """Refuse output files that exist, are inputs, or cannot be written.

    Parameters
    ----------
    files
        Output files; None for one that is not requested.
    overwrite
        If True, existing files may be replaced.
    inputs
        Files that are read; they are never replaced, even with ``overwrite``.

    Raises
    ------
    AdganError
        If a file is refused; names the first one.
    """
    known = {path.resolve() for path in inputs}
    for file in (file for file in files if file is not None):
        try:
            if file.resolve() in known:
                raise AdganError(
                    f"output {file} is also an input or another output: choose another name"
                )
            if file.exists() and not file.is_file():
                raise AdganError(f"output {file} is not a file: choose another name")
            if file.exists() and not overwrite:
                raise AdganError(f"{file} exists: choose another name, or pass `overwrite=True`")
        except OSError as error:
            raise cannot_write(file, error) from error
        _probe(file.parent, file)
        known.add(file.resolve())


def _probe(folder: Path, named: Path | None = None) -> None:
    """Write and remove a small file: the only reliable test of permissions and space."""
    probe = folder / ".adgan-probe"
    try:
        with atomic(probe) as temporary:
            temporary.write_bytes(b"adgan")
        probe.unlink(missing_ok=True)  # another process may have removed it
    except AdganError as error:
        if named is None or not isinstance(error.__cause__, OSError):
            raise
        raise cannot_write(named, error.__cause__) from error
