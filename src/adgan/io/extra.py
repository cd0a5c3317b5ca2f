"""Optional libraries that read microscope files."""

from importlib import import_module
from pathlib import Path
from types import ModuleType

from adgan.errors import AdganError


def reader(module: str, extra: str, path: Path) -> ModuleType:
    """Import the library that reads a file format.

    Parameters
    ----------
    module
        The name of the library.
    extra
        The extra of this package that installs it.
    path
        The file that needs it, for the message.

    Raises
    ------
    AdganError
        If it is not installed; the message says how to install it.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise AdganError(
            f"{path} cannot be read without {module} ({error}): pip install 'adgan[{extra}]', or "
            "save it as OME-TIFF"
        ) from error
