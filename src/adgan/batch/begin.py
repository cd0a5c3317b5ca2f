"""A folder of results belongs to the settings that it was begun with."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from adgan.batch.manifest import FILES
from adgan.errors import AdganError
from adgan.io import claim_output, write_json
from adgan.settings import read_json


def begin(
    folder: str | os.PathLike[str],
    file: str,
    settings: dict[str, Any],
    overwrite: bool = False,
    inputs: Iterable[Path] = (),
    about: str = "",
    shared: bool = False,
) -> Path:
    """Claim a folder for results, or go on with one that was begun with the same settings.

    Parameters
    ----------
    folder
        Where results go.
    file
        Name of the file in it that holds the settings.
    settings
        What results depend on, as JSON can hold it.
    overwrite
        Whether to start anew in a folder that holds something else.
    inputs
        Files that are read; none may lie in the folder.
    about
        What the settings stand for, for people; not compared.
    shared
        Whether other processes may write their parts into the folder meanwhile.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    AdganError
        If the folder was begun with other settings, naming them; as
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
            # Another process may have begun the same folder since it was looked at.
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
            f"{path} is damaged: choose another folder, or pass `overwrite=True` to start anew"
        ) from error


def _compare(folder: Path, begun: dict[str, Any], wanted: dict[str, Any]) -> None:
    before = begun["settings"]
    for name in [*wanted, *before]:
        if before.get(name) == wanted.get(name):
            continue
        other = f"{name} {_said(before.get(name))} and not {_said(wanted.get(name))}"
        if name == "model":
            other = f"another model ({begun['about']})"
        raise AdganError(
            f"{folder} was begun with {other}: choose another folder, or pass `overwrite=True` to "
            "start anew"
        )


def _said(value: Any) -> str:
    if value is None or value == []:
        return "unset"
    if isinstance(value, bool):
        return "on" if value else "off"
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
