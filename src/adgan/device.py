"""The device to compute on, by name, and with how many bits."""

from collections.abc import Mapping
from typing import Any, Literal

import torch

from adgan.errors import AdganError

Device = Literal["auto", "cpu", "cuda", "mps"]
Precision = Literal["auto", "float32", "bfloat16"]


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


def in_bfloat16(device: torch.device, precision: Precision = "auto") -> bool:
    """Whether the built-in network multiplies numbers of 16 bits on a device.

    Parameters
    ----------
    device
        Where it computes.
    precision
        ``auto`` takes 16 bits on processors with matrix units for them (AMX), where it is three to
        four times as fast; other processors would be slower by it.
    """
    if precision == "auto":
        # Before torch 2.10 nothing public tells what a processor has.
        has: Mapping[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
        return device.type == "cpu" and bool(has.get("amx_bf16"))
    return precision == "bfloat16"
