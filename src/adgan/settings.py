"""Nested settings as plain dictionaries: read from files and laid over each other."""

import json
from pathlib import Path

import yaml

from adgan.errors import AdganError


def read_settings(path: Path) -> dict:
    """Read nested settings from a YAML or JSON file (JSON is YAML).

    Raises
    ------
    AdganError
        If the file is missing, is no YAML, or holds no mapping.
    """
    try:
        settings = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise AdganError(f"{path} cannot be read: {error}") from error
    except yaml.YAMLError as error:
        first = str(error).splitlines()[0]
        raise AdganError(f"{path} is not YAML or JSON ({first}): mend or remove it") from error
    if not isinstance(settings, dict):
        raise AdganError(f"{path} holds no settings: see `adgan recipe` for an example")
    return settings


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
