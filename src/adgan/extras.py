"""Libraries that are not always installed, imported when they are first needed."""

import sys
from importlib import import_module
from types import ModuleType

from adgan.errors import AdganError


def need(module: str, extra: str, purpose: str) -> ModuleType:
    """Import a library that an extra of this package brings.

    Parameters
    ----------
    module
        Its name.
    extra
        The extra.
    purpose
        What needs it, as the message begins.

    Raises
    ------
    AdganError
        If it is not installed or does not load, saying how to get it.
    """
    if module.partition(".")[0] == "openvino":
        # Importing OpenVINO reports that to its makers, unless the package that does so is absent.
        sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    try:
        return import_module(module)
    except ImportError as error:
        raise AdganError(
            f"{purpose} needs {module} ({error}): pip install 'adgan[{extra}]'"
        ) from error
