"""What is handed on: a network of plain layers with what goes in, what comes out, what to do."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from torch import nn

from adgan.builtin.light import PERCENTILES
from adgan.synth.samples import simulated_sample

Steps = tuple[tuple[str, dict[str, Any]], ...]
"""What is to be done, in order: a sentence, and its numbers by name."""


@dataclass(frozen=True)
class Subject:
    """A network and what its users must know.

    Attributes
    ----------
    network
        ``B 1 (Z) Y X`` to ``B C (Z) Y X``, in evaluation mode, on the CPU.
    rank, step, least
        Axes of an image; its sides are multiples of `step` and `least` pixels at least.
    name, text
        Title and what it is, in a sentence or two.
    values
        What the numbers of an input are.
    channels
        Name and meaning of each channel that comes out.
    before, after
        What is to be done to an image first, and to what comes out.
    sample
        An input to try it with, ``(Z) Y X``, float32.
    percentiles
        Of the input that become 0 and 1, where that is all its preparation needs.
    """

    network: nn.Module
    rank: int
    step: int
    least: int
    name: str
    text: str
    values: str
    channels: dict[str, str]
    before: Steps
    after: Steps
    sample: np.ndarray = field(repr=False)
    percentiles: tuple[float, float] | None = None


def simulated(rank: int, step: int) -> np.ndarray:
    """Return a simulated image with its levels brought to 0 and 1, of a few steps a side."""
    ((image, _, _),) = simulated_sample(f"nuclei{rank}d", images=1)
    # Smaller than any window in which levels are measured, larger than the network's own steps.
    sides = [max(1, min(n, 128) // step) * step for n in image.shape]
    cut = image[tuple(slice(0, n) for n in sides)].astype(np.float32)
    low, high = np.percentile(cut, PERCENTILES)
    return ((cut - low) / (high - low)).astype(np.float32)
