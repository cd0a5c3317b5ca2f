"""Named tensors in safetensors files, a format that cannot contain code."""

import os
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from adgan.errors import AdganError
from adgan.io import atomic


def save_tensors(path: Path, tensors: dict[str, Tensor]) -> None:
    """Write named tensors atomically."""
    held = {name: t.detach().contiguous().cpu() for name, t in tensors.items()}
    with atomic(path) as temporary:
        try:
            save_file(held, temporary)
        except SafetensorError as error:
            raise OSError(str(error)) from error  # a full disk, or missing permissions
        # safetensors makes files readable by their owner only; apply the usual permissions.
        temporary.chmod(0o666 & ~_umask())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def load_tensors(path: Path) -> dict[str, Tensor]:
    """Read named tensors.

    Raises
    ------
    AdganError
        If the file is missing or damaged.
    """
    if not path.is_file():
        raise AdganError(f"{path} is missing: the run is incomplete, train again or restore it")
    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise AdganError(f"{path} is damaged ({error}): train again or restore it") from error
