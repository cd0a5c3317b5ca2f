"""Settings named in messages, shown as flags of the command line."""

import re

SETTING = re.compile(r"`([a-z_]+)=([^`]*)`")
"""A setting as an argument of a function, see :class:`adgan.errors.AdganError`."""


def as_flags(text: str) -> str:
    """Return a message with settings replaced by flags.

    ```scene=N``` becomes ``--scene N``, ```overwrite=True``` becomes ``--overwrite`` and
    ```spacing=(Z, Y, X)``` becomes ``--spacing Z Y X``.
    """
    return SETTING.sub(_flag, text)


def _flag(found: re.Match[str]) -> str:
    name, value = f"--{found[1].replace('_', '-')}", found[2]
    if value == "True":
        return name
    if value.startswith("(") and value.endswith(")"):
        value = value[1:-1].replace(",", "")
    return f"{name} {value}"
