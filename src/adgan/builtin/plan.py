"""Settings for the training of the built-in model."""

import math
from dataclasses import dataclass, replace

from adgan.synth.knobs import Knobs, knobs_of
from adgan.system.device import Precision


@dataclass(frozen=True)
class Variation:
    """How crops vary.

    Parameters
    ----------
    low, high
        Ranges of the percentiles that become the two levels of intensity (default: those of
        segmentation, as other ones do not pay; see docs/results.md).
    gamma, varied
        Range of the gamma between the levels, and the fraction of the crops in which it differs
        from the usual one.
    thin, planes
        Fraction of the crops of volumes that are cut to thin stacks, and the range of their
        planes.
    blank
        Fraction of the crops that become constant, without nuclei: large volumes have wide regions
        that are cut to 0.
    """

    low: tuple[float, float] = (1.0, 1.0)
    high: tuple[float, float] = (99.7, 99.7)
    gamma: tuple[float, float] = (0.35, 0.9)
    varied: float = 0.0
    thin: float = 0.12
    planes: tuple[float, float] = (3.0, 16.0)
    blank: float = 0.0


@dataclass(frozen=True)
class Near:
    """How scenes show nuclei of the working size.

    Parameters
    ----------
    radius
        Mean radius of a scene in pixels: that of the working size, times what readings err.
    empty, dark
        Fractions of empty scenes and of negatives. With few of them specks of noise are nuclei.
    steps, rate
        As in :class:`Plan`.
    """

    radius: tuple[float, float]
    steps: int
    empty: float = 0.1
    dark: float = 0.04
    rate: float = 1e-3


NEAR = {2: Near((7.0, 17.0), 12_000), 3: Near((4.0, 8.5), 3_500)}


@dataclass(frozen=True)
class Plan:
    """Settings for the training of the built-in model.

    Parameters
    ----------
    ndim
        2 for images, 3 for volumes.
    widths
        Channels per level, see :class:`adgan.nn.instance_unet.InstanceUNet`.
    scene, crop
        Sides in pixels of a scene, and of the crop that a step learns from. Targets are made
        before cropping, so that nuclei cut by the crop keep the size and centre of the whole ones.
    batch, steps, rate, last_rate
        Crops per step, number of steps, highest learning rate (AdamW, cosine after a warm-up), and
        the one at the end, relative to it.
    warm_up, decay, gradient
        Steps of the warm-up, weight decay, and largest norm of the gradient.
    fresh, kept
        New scenes per step, and number of the latest scenes that crops are drawn from.
    seed
        Random seed of weights, scenes and crops.
    precision
        Precision of the convolutions, see :func:`adgan.system.device.in_bfloat16`; the rest uses 32
        bits.
    knobs
        Ranges of the scenes (default: those of images or of volumes).
    vary
        How crops vary.
    """

    ndim: int = 2
    widths: tuple[int, ...] = (16, 32, 64, 96, 96)
    scene: tuple[int, ...] = (176, 176)
    crop: tuple[int, ...] = (144, 144)
    batch: int = 6
    steps: int = 17_000
    rate: float = 3e-3
    last_rate: float = 1e-3
    warm_up: int = 200
    decay: float = 1e-3
    gradient: float = 5.0
    fresh: float = 1
    kept: int = 2000
    seed: int = 0
    precision: Precision = "auto"
    knobs: Knobs | None = None
    vary: Variation = Variation()

    def made(self, steps: int) -> int:
        """Return the number of scenes made after a number of steps."""
        return math.ceil(steps * self.fresh)


PLANS = {
    2: Plan(),
    3: Plan(
        ndim=3,
        widths=(16, 32, 64, 96),
        scene=(48, 48, 48),
        crop=(40, 40, 40),
        batch=4,
        steps=6_500,
        kept=1000,
        vary=Variation(thin=0.2, blank=0.05),
    ),
}
"""The settings behind the networks in the package, by number of axes."""


def near(plan: Plan) -> Plan:
    """Return the plan by which a trained network goes on to learn nuclei of the working size.

    Segmentation shows nuclei at that size, as it has been read before. A network that need not see
    all sizes finds them better (docs/results.md).
    """
    how, knobs = NEAR[plan.ndim], plan.knobs or knobs_of(plan.ndim)
    chance = replace(knobs.chance, wide=0.0, empty=how.empty, dark=how.dark)
    knobs = replace(knobs, radius=how.radius, chance=chance)
    return replace(plan, knobs=knobs, steps=how.steps, rate=how.rate, seed=plan.seed + 1)
