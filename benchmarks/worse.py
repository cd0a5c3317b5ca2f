"""Degrade or change images, as a user's images may differ from those of a training."""

from collections.abc import Callable, Sequence

import numpy as np
from scipy import ndimage
from skimage.measure import block_reduce

from adgan.image.scale import rescale

Radius = float | np.ndarray

PHOTON_COUNT = 8.0
"""Expected number of photons at the bright end of a dimmed image."""


def blurred(image: np.ndarray, radius: Radius, rng: np.random.Generator, amount: float):
    """Blur by a fraction of the nucleus radius."""
    return ndimage.gaussian_filter(image, amount * radius)


def noised(image: np.ndarray, radius: Radius, rng: np.random.Generator, amount: float):
    """Add Gaussian noise, relative to the range of intensities."""
    low, high = np.percentile(image, (0.5, 99.8))
    return image + rng.normal(0, amount * (high - low), image.shape)


def dimmed(image: np.ndarray, radius: Radius, rng: np.random.Generator, amount: float):
    """Add shot noise of few photons, `amount` of them at the bright end."""
    low, high = np.percentile(image, (0.5, 99.8))
    return rng.poisson(np.clip((image - low) / (high - low), 0, None) * amount + 2)


def rescaled(image: np.ndarray, radius: Radius, rng: np.random.Generator, amount: float):
    """Change the number of pixels by a factor per axis."""
    return rescale(image, [round(n * amount) for n in image.shape])


def inverted(image: np.ndarray, radius: Radius, rng: np.random.Generator, amount: float):
    """Return the negative."""
    return image.max() + image.min() - image


def binned(
    image: np.ndarray, labels: np.ndarray, factors: Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the means over blocks of pixels, as a camera with larger ones sees, and their labels.

    The label of a block is that of its middle.
    """
    whole = tuple(slice(n // f * f) for n, f in zip(image.shape, factors, strict=True))
    middle = tuple(slice(f // 2, None, f) for f in factors)
    pixels = block_reduce(image[whole].astype(np.float32), tuple(factors), np.mean)
    return pixels, np.ascontiguousarray(labels[whole][middle])


KINDS: dict[str, tuple[Callable[..., np.ndarray] | None, float]] = {
    "normal": (None, 0),
    "slightly blurred": (blurred, 0.15),
    "blurred": (blurred, 0.4),
    "noised": (noised, 0.1),
    "very noised": (noised, 0.3),
    "dimmed": (dimmed, PHOTON_COUNT),
    "half size": (rescaled, 0.5),
    "twice the size": (rescaled, 2.0),
    "inverted": (inverted, 0),
}
"""Kinds of changes by name: the function and its amount."""


def worsen(image: np.ndarray, kind: str, radius: Radius, number: int) -> np.ndarray:
    """Return an image of one of :data:`KINDS`.

    Parameters
    ----------
    image
        ``(Z) Y X``, native dtype.
    kind
        Name of the change.
    radius
        Radius of the nuclei in pixels; along each axis if pixels are not square.
    number
        Number of the image, the seed of its noise.
    """
    change, amount = KINDS[kind]
    if change is None:
        return image
    rng = np.random.default_rng(number)
    return change(image.astype(np.float32), radius, rng, amount).astype(np.float32)
