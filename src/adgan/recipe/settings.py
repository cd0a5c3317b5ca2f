"""Nested settings as plain dictionaries: read from files and merged."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from adgan.errors import AdganError

FILE_BYTES_MAX = 2**24
"""Largest size of a settings file in bytes."""
NESTING_MAX = 20
"""Largest number of nested levels in it."""
DATE = "tag:yaml.org,2002:timestamp"


class _Loader(yaml.SafeLoader):
    """YAML of plain values: a date is text, and references are refused.

    A few nested references can expand to more than any memory.
    """

    yaml_implicit_resolvers = {
        first: [(tag, form) for tag, form in forms if tag != DATE]
        for first, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("references (*) are not allowed")
        return super().compose_node(parent, index)


def read_settings(path: Path) -> dict:
    """Read nested settings from a YAML or JSON file.

    Raises
    ------
    AdganError
        If the file is missing, is not YAML, or is not a mapping of plain values.
    """
    return _read(path, _either, "YAML or JSON")


def _either(text: str) -> Any:
    """Parse JSON, or otherwise YAML, whose parser fails on JSON characters beyond 16 bits."""
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
            raise AdganError(f"{path} cannot be read: it does not exist, or is not a file")
        if path.stat().st_size > FILE_BYTES_MAX:
            raise AdganError(f"{path} is too large for a settings file: name another file")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise AdganError(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise AdganError(f"{path} cannot be read: it is not a text file") from error
    try:
        settings = parse(text)
        _check_plain(settings)
    except RecursionError as error:
        raise AdganError(f"{path} is nested too deeply: correct or remove it") from error
    except (yaml.YAMLError, ValueError, TypeError) as error:
        first = (str(error).splitlines() or ["odd"])[0]
        raise AdganError(f"{path} is not {kind} ({first}): correct or remove it") from error
    if not isinstance(settings, dict):
        raise AdganError(f"{path} contains no settings: see `adgan recipe` for an example")
    return settings


def _check_plain(value: Any, depth: int = 0) -> None:
    """Refuse values that JSON lacks (dates, sets, bytes), names that are not text, deep nesting."""
    if depth > NESTING_MAX:
        raise RecursionError
    if isinstance(value, dict):
        for name in value:
            if not isinstance(name, str):
                raise TypeError(f"the name {name!r} is not text")
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            _check_plain(item, depth + 1)
    elif not isinstance(value, str | int | float | None):
        raise TypeError(f"{value!r} is neither text nor a number")


def merged(base: dict, *over: dict) -> dict:
    """Merge nested settings group by group; later ones override earlier ones."""
    result = json.loads(json.dumps(base))
    for layer in over:
        for key, value in layer.items():
            if isinstance(value, dict) and isinstance(result.get(key), dict):
                result[key] = merged(result[key], value)
            else:
                result[key] = value
    return result
