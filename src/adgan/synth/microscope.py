"""Simulate a fluorescence image of a label map, in 2D or 3D.

The light of the nuclei is drawn, blurred by the optics, and recorded by a camera:
``counts = offset + gain * Poisson(electrons) + readout``, the usual model of a scientific camera
(EMVA 1288). Lengths are in units of ``spacing``, which are pixels by default.
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage


@dataclass(frozen=True)
class MicroscopeSpec:
    """Parameters of stain, optics and camera.

    Parameters
    ----------
    photons
        Signal of a nucleus of median brightness, in electrons per pixel.
    spread
        Standard deviation of the logarithm of the brightness of nuclei; at 0.5 the middle 95% of
        them lie within a factor of 7.
    texture
        Standard deviation of the logarithm of the chromatin density in a nucleus.
    grain
        Standard deviation of the Gaussian that smooths the chromatin.
    nucleoli
        Mean number of dark spots per nucleus (Poisson).
    darkness
        Fraction of the light that is missing in the middle of a nucleolus.
    blur
        Lateral standard deviation of the point spread function.
    elongation
        Ratio of the axial to the lateral size of the point spread function; volumes only.
    haze
        Fraction of the light that is out of focus.
    haze_blur
        Standard deviation of the out-of-focus light, in every direction.
    background
        Mean background, in electrons per pixel.
    unevenness
        Relative amplitude of the slow variation of the background, 0 to 1.
    dimming
        Fraction of the light that is lost per unit of depth along Z; volumes only.
    readout
        Standard deviation of the readout noise, in counts.
    gain
        Gain of the camera, in counts per electron.
    offset
        Offset of the camera, in counts.
    """

    photons: float = 150.0
    spread: float = 0.5
    texture: float = 0.2
    grain: float = 1.5
    nucleoli: float = 1.5
    darkness: float = 0.6
    blur: float = 0.9
    elongation: float = 2.5
    haze: float = 0.25
    haze_blur: float = 12.0
    background: float = 30.0
    unevenness: float = 0.5
    dimming: float = 0.01
    readout: float = 4.0
    gain: float = 2.0
    offset: float = 100.0


def microscope(
    rng: np.random.Generator,
    labels: np.ndarray,
    spec: MicroscopeSpec,
    spacing: tuple[float, ...] | None = None,
) -> np.ndarray:
    """Simulate an image of nuclei.

    Parameters
    ----------
    rng
        Random generator.
    labels
        Label map ``(Z) Y X``.
    spec
        Stain, optics and camera.
    spacing
        Pixel size along each axis, in the units of lengths in `spec` (default 1).

    Returns
    -------
    numpy.ndarray
        uint16 of the shape of `labels`; counts saturate at 65,535.
    """
    size = np.array(spacing or (1.0,) * labels.ndim)
    light = stain(rng, labels, spec, size)
    sharp = np.full(labels.ndim, spec.blur)
    if labels.ndim == 3:
        depth = np.arange(len(labels)).reshape(-1, 1, 1) * size[0]
        light *= (1 - spec.dimming) ** depth
        sharp[0] *= spec.elongation
    focused = ndimage.gaussian_filter(light, sharp / size, mode="nearest")
    haze = ndimage.gaussian_filter(light, spec.haze_blur / size, mode="nearest")
    light = (1 - spec.haze) * focused + spec.haze * haze
    light += spec.background * (1 + spec.unevenness * _slow_wave(rng, labels.shape))
    counts = spec.offset + spec.gain * rng.poisson(light)
    counts += rng.normal(0, spec.readout, labels.shape)
    return np.clip(np.rint(counts), 0, 65535).astype(np.uint16)


def stain(
    rng: np.random.Generator, labels: np.ndarray, spec: MicroscopeSpec, size: np.ndarray
) -> np.ndarray:
    """Return the light of each pixel from brightness, chromatin and nucleoli, float64."""
    brightness = spec.photons * np.exp(rng.normal(0, spec.spread, int(labels.max()) + 1))
    brightness[0] = 0
    chromatin = ndimage.gaussian_filter(rng.normal(size=labels.shape), spec.grain / size)
    chromatin = np.exp(spec.texture * chromatin / max(chromatin.std(), 1e-9))
    light = brightness[labels] * chromatin
    for label, box in enumerate(ndimage.find_objects(labels), start=1):
        if box is not None:
            _darken_nucleoli(rng, light[box], labels[box] == label, spec, size)
    return light


def _darken_nucleoli(
    rng: np.random.Generator,
    light: np.ndarray,
    inside: np.ndarray,
    spec: MicroscopeSpec,
    size: np.ndarray,
) -> None:
    """Darken a few round spots in one nucleus, in place."""
    places = np.argwhere(inside) * size
    extent = (len(places) * size.prod()) ** (1 / inside.ndim)
    shadow = np.ones(len(places))
    for _ in range(rng.poisson(spec.nucleoli)):
        # Halfway to the middle, so that few of them lie on the boundary.
        centre = (places[rng.integers(len(places))] + places.mean(0)) / 2
        radius = extent * rng.uniform(0.06, 0.14)
        apart = ((places - centre) ** 2).sum(1) / radius**2
        # Flat in the middle with a soft edge.
        shadow *= 1 - spec.darkness * np.exp(-(apart**2))
    light[inside] *= shadow


def _slow_wave(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    """Return about half a wave over the image in a random direction, in [-1, 1]."""
    slope = rng.normal(size=len(shape))
    slope *= np.pi / np.sqrt(slope @ slope)
    axes = [s * np.linspace(0, 1, n) for s, n in zip(slope, shape, strict=True)]
    phase = rng.uniform(0, 2 * np.pi)
    return np.cos(sum(np.meshgrid(*axes, indexing="ij", sparse=True)) + phase)
