"""Start or continue a results folder, which belongs to the settings that it was started with."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from adgan.batch.manifest import FILES
from adgan.errors import AdganError
from adgan.io import claim_output, write_json
from adgan.recipe.settings import read_json


def begin(
    folder: str | os.PathLike[str],
    file: str,
    settings: dict[str, Any],
    overwrite: bool = False,
    inputs: Iterable[Path] = (),
    about: str = "",
    shared: bool = False,
) -> Path:
    """Claim a folder for results, or continue one that was started with the same settings.

    Parameters
    ----------
    folder
        Results folder.
    file
        Name of its settings file.
    settings
        The settings on which the results depend, serialisable as JSON.
    overwrite
        If True, start over in a folder that contains other files or results.
    inputs
        Files that are read; none may be in the folder.
    about
        Description of the model for messages; it is not compared.
    shared
        If True, other processes may write their parts into the folder at the same time.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    AdganError
        If the folder was started with other settings, which the message names, or as
        :func:`adgan.io.claim_output`.
    """
    folder = Path(folder)
    wanted = json.loads(json.dumps(settings))
    inputs = list(inputs)
    begun = None if overwrite else _read(folder / file)
    if begun is None:
        try:
            claim_output(folder, overwrite, inputs, shared)
        except AdganError:
            # Another process may have started the same folder since the check above.
            begun = _read(folder / file)
            if overwrite or begun is None:
                raise
    if begun is not None:
        _compare(folder, begun, wanted)
        return claim_output(folder, True, inputs, shared)
    for path in folder.glob(FILES) if overwrite else ():
        path.unlink()
    write_json(folder / file, {"about": about, "settings": wanted})
    return folder


def _read(path: Path) -> dict[str, Any] | None:
    if not path.is_file():
        return None
    try:
        begun = read_json(path)
        return {"about": str(begun["about"]), "settings": dict(begun["settings"])}
    except (AdganError, ValueError, KeyError, TypeError) as error:
        raise AdganError(
            f"{path} is damaged: choose another folder, or pass `overwrite=True` to start over"
        ) from error


def _compare(folder: Path, begun: dict[str, Any], wanted: dict[str, Any]) -> None:
    before = begun["settings"]
    for name in [*wanted, *before]:
        if before.get(name) == wanted.get(name):
            continue
        other = f"{name} {_said(before.get(name))} instead of {_said(wanted.get(name))}"
        if name == "model":
            other = f"another model ({begun['about']})"
        raise AdganError(
            f"{folder} was started with {other}: choose another folder, or pass `overwrite=True` "
            "to start over"
        )


def _said(value: Any) -> str:
    if value is None or value == []:
        return "unset"
    if isinstance(value, bool):
        return "on" if value else "off"
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
