"""Readers of microscope files that are not always installed."""

from importlib import import_module
from pathlib import Path
from types import ModuleType

from adgan.errors import AdganError


def reader(module: str, extra: str, path: Path) -> ModuleType:
    """Import the library that reads a kind of file.

    Parameters
    ----------
    module
        Its name.
    extra
        What of this program brings it along.
    path
        The file that needs it, for the message.

    Raises
    ------
    AdganError
        If it is not installed, saying how to get it.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise AdganError(
            f"{path} needs {module} to be read ({error}): pip install 'adgan[{extra}]', or save it "
            "as OME-TIFF"
        ) from error
