"""An exported model: a network of plain layers, its input and output, and how to use it."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from torch import nn

from adgan.builtin.settings import NORMALISATION
from adgan.synth.samples import simulated_sample

Steps = tuple[tuple[str, dict[str, Any]], ...]
"""Processing steps in order: a sentence, and its numbers by name."""


@dataclass(frozen=True)
class Subject:
    """A network and the description that its users need.

    Attributes
    ----------
    network
        ``B 1 (Z) Y X`` to ``B C (Z) Y X``, in evaluation mode, on the CPU.
    rank, step, least
        Number of axes of an image; its sides are multiples of `step`, and at least `least` pixels.
    name, text
        Title, and description in a sentence or two.
    values
        Meaning of the input values.
    channels
        Meaning of each output channel, by name.
    before, after
        Preprocessing and postprocessing steps.
    sample
        Example input, ``(Z) Y X``, float32.
    percentiles
        Percentiles of the input that are mapped to 0 and 1, if that is the whole preprocessing.
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
    """Return a simulated image with its percentiles at 0 and 1, and sides of a few steps."""
    ((image, _, _),) = simulated_sample(f"nuclei{rank}d", images=1)
    # Smaller than the windows of local normalisation, larger than the stride of the network.
    sides = [max(1, min(n, 128) // step) * step for n in image.shape]
    cut = image[tuple(slice(0, n) for n in sides)].astype(np.float32)
    low, high = np.percentile(cut, NORMALISATION[rank].percentiles)
    return ((cut - low) / (high - low)).astype(np.float32)
