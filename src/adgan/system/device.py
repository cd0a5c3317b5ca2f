"""The device to compute on, by name, and the number format."""

from collections.abc import Mapping
from typing import Any, Literal

import torch

from adgan.errors import AdganError

Device = Literal["auto", "cpu", "cuda", "mps"]
Precision = Literal["auto", "float32", "bfloat16"]

BFLOAT16_UNITS = ("amx_bf16", "avx512_bf16")
"""Names, as torch reports them, of processor features that multiply bfloat16."""


def choose_device(name: Device = "auto") -> torch.device:
    """Return an available device.

    Parameters
    ----------
    name
        Name of the device; ``auto`` prefers CUDA, then Apple's MPS, then the CPU.

    Raises
    ------
    AdganError
        If the requested device is not available.
    """
    there = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        name = next(n for n in ("cuda", "mps", "cpu") if there[n])
    if not there[name]:
        raise AdganError(f"device {name} is not available: use `device=auto` or cpu")
    return torch.device(name)


def in_bfloat16(device: torch.device, precision: Precision = "auto") -> bool:
    """Return True if the built-in network computes in bfloat16 on a device.

    Parameters
    ----------
    device
        The device to compute on.
    precision
        ``auto`` selects bfloat16 on processors that multiply it: with matrix units (AMX), where it
        is three to four times as fast, or with vectors (AVX-512 BF16), where it is twice as fast.
        On other processors it would be slower.
    """
    if precision == "auto":
        # Before torch 2.10 there is no public function for the features of a processor.
        has: Mapping[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()
        return device.type == "cpu" and any(has.get(name) for name in BFLOAT16_UNITS)
    return precision == "bfloat16"
