"""How the built-in model is trained."""

import math
from dataclasses import dataclass

from adgan.device import Precision


@dataclass(frozen=True)
class Plan:
    """How the built-in model is trained.

    Parameters
    ----------
    rank
        2 for images, 3 for volumes.
    widths
        Of the network, see :class:`adgan.nn.instance_unet.InstanceUNet`.
    scene, crop
        Sides in pixels of a scene, and of what a step sees of it: nuclei cut by the crop are
        told as the whole ones they are.
    batch, steps, rate
        Crops a step, steps in all, and the highest learning rate (AdamW, cosine after a warm-up).
    fresh, kept
        New scenes per step, and how many of the latest ones steps draw from.
    seed
        Of weights, scenes and crops.
    precision
        Of the convolutions, see :func:`adgan.device.in_bfloat16`; all else takes 32 bits.
    """

    rank: int = 2
    widths: tuple[int, ...] = (16, 32, 64, 96, 96)
    scene: tuple[int, ...] = (176, 176)
    crop: tuple[int, ...] = (144, 144)
    batch: int = 6
    steps: int = 8_000
    rate: float = 3e-3
    fresh: float = 2
    kept: int = 1500
    seed: int = 0
    precision: Precision = "auto"

    def made(self, steps: int) -> int:
        """Return the number of scenes that so many steps have seen made."""
        return math.ceil(steps * self.fresh)


PLANS = {
    2: Plan(),
    3: Plan(
        rank=3,
        widths=(16, 32, 64, 96),
        scene=(48, 48, 48),
        crop=(40, 40, 40),
        batch=4,
        steps=5_000,
        fresh=1,
        kept=1000,
    ),
}
"""The plans of the networks in the package, by rank."""
