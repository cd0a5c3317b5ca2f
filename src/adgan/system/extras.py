"""Optional libraries, imported when they are first needed."""

import sys
from importlib import import_module
from types import ModuleType

from adgan.errors import AdganError


def need(module: str, extra: str, purpose: str) -> ModuleType:
    """Import a library that is installed by an extra of this package.

    Parameters
    ----------
    module
        Name of the library.
    extra
        Name of the extra.
    purpose
        The feature that needs it, as the start of the message.

    Raises
    ------
    AdganError
        If it is not installed or does not load; the message says how to install it.
    """
    if module.partition(".")[0] == "openvino":
        # OpenVINO reports every import to its makers through this package, unless it is absent.
        sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    try:
        return import_module(module)
    except ImportError as error:
        raise AdganError(
            f"{purpose} needs {module} ({error}): pip install 'adgan[{extra}]'"
        ) from error
