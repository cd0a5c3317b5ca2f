"""The device to compute on, by name."""

from typing import Literal

import torch

from adgan.errors import AdganError

Device = Literal["auto", "cpu", "cuda", "mps"]


def choose_device(name: Device = "auto") -> torch.device:
    """Return a device that is there.

    Parameters
    ----------
    name
        ``auto`` takes CUDA, then Apple's MPS, then the CPU.

    Returns
    -------
    torch.device

    Raises
    ------
    AdganError
        If the device asked for is not there.
    """
    there = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        name = next(n for n in ("cuda", "mps", "cpu") if there[n])
    if not there[name]:
        raise AdganError(f"device {name} is not available here: use `device=auto` or cpu")
    return torch.device(name)
