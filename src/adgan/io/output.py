"""The one guard of output: what exists, what is read and what is not ours is not harmed."""

import os
from collections.abc import Iterable
from pathlib import Path

from adgan.claims import hold, remove_empty
from adgan.errors import AdganError
from adgan.io.atomic import atomic, cannot_write


def claim_output(
    folder: str | os.PathLike[str],
    overwrite: bool = False,
    inputs: Iterable[Path] = (),
    shared: bool = False,
) -> Path:
    """Make and lock the output folder, or refuse one that holds files.

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
        Files that are read; none may lie in the folder or below, even with ``overwrite``, as
        results carry the names of their inputs.
    shared
        Whether others that share the folder may write into it meanwhile.

    Returns
    -------
    Path
        The folder, existing and writable, locked until the enclosing
        :func:`adgan.claims.claims` ends.

    Raises
    ------
    AdganError
        If it holds files, is a file, holds an input, is in use, or cannot be written.
    """
    folder = Path(folder)
    try:
        where = folder.resolve()
        inside = next((p for p in inputs if where in p.resolve().parents), None)
        if inside is not None:
            raise AdganError(
                f"output folder {folder} holds the input {inside.name}: choose another"
            )
        if folder.exists() and not folder.is_dir():
            raise AdganError(f"output {folder} is a file: choose a folder")
        held = sorted(p.name for p in folder.iterdir()) if folder.exists() else []
        held = [name for name in held if not name.startswith(".")]
        if held and not overwrite:
            raise AdganError(
                f"output folder {folder} already holds files ({held[0]}): "
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
    """Refuse output files that exist, are read, or cannot be written.

    Parameters
    ----------
    files
        Where results will go; None stands for one that was not asked for.
    overwrite
        Whether existing files may be replaced.
    inputs
        Files that are read; none is replaced, even with ``overwrite``.

    Raises
    ------
    AdganError
        Naming the first file that will not do.
    """
    known = {path.resolve() for path in inputs}
    for file in (file for file in files if file is not None):
        try:
            if file.resolve() in known:
                raise AdganError(f"output {file} is also read or written: choose another")
            if file.exists() and not file.is_file():
                raise AdganError(f"output {file} is no file: choose another name")
            if file.exists() and not overwrite:
                raise AdganError(f"{file} exists: choose another, or pass `overwrite=True`")
        except OSError as error:
            raise cannot_write(file, error) from error
        _probe(file.parent, file)
        known.add(file.resolve())


def _probe(folder: Path, named: Path | None = None) -> None:
    """Write and remove a small file: the only sure test of rights and space."""
    probe = folder / ".adgan-probe"
    try:
        with atomic(probe) as temporary:
            temporary.write_bytes(b"adgan")
        probe.unlink(missing_ok=True)  # another part may have removed it
    except AdganError as error:
        if named is None or not isinstance(error.__cause__, OSError):
            raise
        raise cannot_write(named, error.__cause__) from error
