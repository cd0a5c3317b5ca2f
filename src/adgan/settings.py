"""Nested settings as plain dictionaries: read from files and laid over each other."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from adgan.errors import AdganError

LARGEST = 2**24
"""Bytes of a file of settings."""
DEEPEST = 20
"""Levels of nesting in it."""
DATE = "tag:yaml.org,2002:timestamp"


class _Loader(yaml.SafeLoader):
    """YAML of plain values: a date is text, and nothing may refer to what stands elsewhere.

    A few references to references grow beyond all memory when they are followed.
    """

    yaml_implicit_resolvers = {
        first: [(tag, form) for tag, form in forms if tag != DATE]
        for first, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("references (*) are not read")
        return super().compose_node(parent, index)


def read_settings(path: Path) -> dict:
    """Read nested settings from a YAML or JSON file.

    Raises
    ------
    AdganError
        If the file is missing, is no YAML, or holds no mapping of plain values.
    """
    return _read(path, _either, "YAML or JSON")


def _either(text: str) -> Any:
    """Parse JSON, or else YAML, which reads JSON too but for characters beyond 16 bits."""
    try:
        return json.loads(text)
    except ValueError:
        return yaml.load(text, _Loader)


def read_json(path: Path) -> dict:
    """Read nested settings from a JSON file.

    Raises
    ------
    AdganError
        As :func:`read_settings`.
    """
    return _read(path, json.loads, "JSON")


def _read(path: Path, parse: Callable[[str], Any], kind: str) -> dict:
    try:
        if not path.is_file():
            raise AdganError(f"{path} cannot be read: it is not there, or no file")
        if path.stat().st_size > LARGEST:
            raise AdganError(f"{path} is too large to hold settings: name another file")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise AdganError(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise AdganError(f"{path} cannot be read: it is no text") from error
    try:
        settings = parse(text)
        _check_plain(settings)
    except RecursionError as error:
        raise AdganError(f"{path} is nested too deeply: mend or remove it") from error
    except (yaml.YAMLError, ValueError, TypeError) as error:
        first = (str(error).splitlines() or ["odd"])[0]
        raise AdganError(f"{path} is not {kind} ({first}): mend or remove it") from error
    if not isinstance(settings, dict):
        raise AdganError(f"{path} holds no settings: see `adgan recipe` for an example")
    return settings


def _check_plain(value: Any, depth: int = 0) -> None:
    """Refuse what JSON has not: dates, sets, bytes, names that are no text; and deep nesting."""
    if depth > DEEPEST:
        raise RecursionError
    if isinstance(value, dict):
        for name in value:
            if not isinstance(name, str):
                raise TypeError(f"the name {name!r} is no text")
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            _check_plain(item, depth + 1)
    elif not isinstance(value, str | int | float | None):
        raise TypeError(f"{value!r} is neither text nor number")


def merged(base: dict, *over: dict) -> dict:
    """Return nested settings in which later ones win, group by group."""
    result = json.loads(json.dumps(base))
    for layer in over:
        for key, value in layer.items():
            if isinstance(value, dict) and isinstance(result.get(key), dict):
                result[key] = merged(result[key], value)
            else:
                result[key] = value
    return result
