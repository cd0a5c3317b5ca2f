"""Segment an image with the built-in model: measured once, then any window of it or the whole."""

import math
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
from skimage.measure import block_reduce

from adgan.builtin.confidence import NucleusFeatures, expected_number, measure_features
from adgan.builtin.decoding import DECODING
from adgan.builtin.network import Network
from adgan.builtin.normalisation import NormalisationGrid, measure_normalisation_grid
from adgan.builtin.reading import Reading
from adgan.builtin.resample import blocks_of, labels_at, positions, shape_at
from adgan.image.enlarge import interpolate
from adgan.image.scale import Window, rescale_window
from adgan.image.views import PLAIN
from adgan.instances.votes import Maps, find_nuclei
from adgan.io.windowed import Windowed
from adgan.metrics import count_overlap
from adgan.metrics.matching import f1

BLOCK_BYTES_PER_PIXEL = 120
"""Memory of a block while it is segmented, in bytes per working pixel."""


@dataclass(frozen=True)
class Found:
    """The nuclei that the built-in model finds in an image, or in a window of one.

    Attributes
    ----------
    labels
        Label map, uint32, of the shape of the image or window.
    working
        The same pixels at the working size, nuclei bright, float32.
    seen
        The same with normalised intensities, the input of the network.
    maps, small
        Output of the network and the label map decoded from it, at the working size.
    nuclei
        Features of the nuclei, one row per label.
    confidence
        Probability that each nucleus is correct, ``(N,)``.
    expected
        Expected number of nuclei, see :func:`adgan.builtin.confidence.expected_number`.
    """

    labels: np.ndarray
    working: np.ndarray
    seen: np.ndarray
    maps: Maps
    small: np.ndarray
    nuclei: NucleusFeatures
    confidence: np.ndarray
    expected: float

    @property
    def missed(self) -> float:
        """Expected number of nuclei that were not found."""
        return max(0.0, self.expected - float(self.confidence.sum()))


@dataclass(frozen=True)
class MeasuredImage:
    """An image as the built-in model sees it, in memory or on disk.

    The result at a pixel does not depend on the window in which it is found.

    Attributes
    ----------
    network
        The built-in network with its confidence model.
    pixels
        The image, ``(Z) Y X``, native dtype.
    reading
        Polarity and scale of the image; not an empty one.
    normalisation
        Intensity levels of the image at the working size.
    threshold
        Foreground probability threshold (default: those of :data:`DECODING`).
    device
        Device of torch (default: that of the network).
    """

    network: Network
    pixels: Windowed
    reading: Reading
    normalisation: NormalisationGrid
    threshold: float | None = None
    device: torch.device | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the image."""
        return self.pixels.shape

    def find(self, window: Window | None = None) -> Found:
        """Find the nuclei of a window (default: the whole image)."""
        window = window or tuple(slice(0, n) for n in self.shape)
        inner = self._over(window)
        working = working_window(self.pixels, self.reading, inner)
        seen = self.normalisation.over(inner).apply(working)
        confidence_model, decoding = self.network.confidence_model, DECODING[seen.ndim]
        assert confidence_model is not None
        voting, outline = decoding.voting, decoding.outline
        if self.threshold is not None:
            voting, outline = replace(voting, foreground=self.threshold), self.threshold
        maps = self.network.maps(seen, self.device, self.network.views)
        small = find_nuclei(maps, voting)
        nuclei = measure_features(small, maps, seen)
        confidence = confidence_model.probability(nuclei)
        labels = labels_at(small, maps.foreground, self._places(window), outline)
        # A nucleus without pixels in the full-size label map is removed from the small one as well.
        stays = np.append(False, confidence >= decoding.confidence_min)
        seen_at_all = np.zeros(len(stays), bool)
        seen_at_all[labels] = True
        stays &= seen_at_all
        numbers = (np.cumsum(stays) * stays).astype(np.uint32)
        return Found(
            numbers[labels],
            working,
            seen,
            maps,
            numbers[small],
            nuclei.only(stays[1:]),
            confidence[stays[1:]],
            expected_number(maps),
        )

    def probability(self, found: Found, window: Window) -> np.ndarray:
        """Return the foreground probability at the image's own pixel size, float32."""
        return np.clip(interpolate(found.maps.foreground, self._places(window)), 0, 1)

    def stability(self, found: Found, window: Window | None = None) -> float:
        """Return the F1 between the nuclei of a window and those found at a coarser scale.

        The confidence model was fitted in simulation and is too optimistic on hard images of other
        kinds. On such images the nuclei change with the scale. The expected F1 is therefore
        multiplied by this value.
        """
        scale = DECODING[len(self.shape)].stability_scale
        coarser = replace(self.reading, diameter=self.reading.diameter / scale)
        sides = tuple(scale * side for side in self.normalisation.sides)
        again = replace(
            self,
            network=replace(self.network, views=PLAIN),
            reading=coarser,
            normalisation=replace(self.normalisation, sides=sides),
            threshold=None,
        )
        return f1(count_overlap(found.labels, again.find(window).labels))

    def _over(self, window: Window) -> Window:
        """Return the window of working pixels that covers a window of the image."""
        step = self.network.alignment
        sides = zip(window, self.shape, _working_shape(self.pixels, self.reading), strict=True)
        return tuple(
            slice(w.start * m // n // step * step, min(m, -(-w.stop * m // n // step) * step))
            for w, n, m in sides
        )

    def _places(self, window: Window) -> list[np.ndarray]:
        """Return the positions of a window's pixels in the working window that covers it."""
        places = positions(window, self.shape, _working_shape(self.pixels, self.reading))
        return [p - o.start for p, o in zip(places, self._over(window), strict=True)]


def measure_image(
    network: Network,
    pixels: Windowed,
    reading: Reading,
    threshold: float | None = None,
    device: torch.device | None = None,
) -> MeasuredImage:
    """Measure the intensity levels of an image, so that its nuclei can be found.

    Parameters
    ----------
    network, pixels, threshold, device
        See :class:`MeasuredImage`.
    reading
        Reading of this image, see :func:`adgan.builtin.survey.read_image`; not an empty one.
    """
    levels = measure_normalisation_grid(
        partial(working_window, pixels, reading), _working_shape(pixels, reading)
    )
    return MeasuredImage(network, pixels, reading, levels, threshold, device)


def working_window(pixels: Windowed, reading: Reading, window: Window) -> np.ndarray:
    """Return a window of an image at the working size with bright nuclei, float32.

    The pixels are those of :func:`adgan.builtin.resample.to_working` for the whole image.

    Parameters
    ----------
    pixels
        The image, ``(Z) Y X``.
    reading
        Its polarity and scale.
    window
        A window of working pixels.
    """
    shape, small = pixels.shape, _working_shape(pixels, reading)
    blocks = blocks_of(shape, small)
    halved = [n // b for n, b in zip(shape, blocks, strict=True)]
    # Values relative to a pixel of the image: a negative then has the same ones, and those of a
    # bright background keep their precision.
    zero = float(np.nan_to_num(np.float32(pixels[(slice(0, 1),) * len(shape)].item())))

    def halves(near: Window) -> np.ndarray:
        part = pixels[
            tuple(slice(w.start * b, w.stop * b) for w, b in zip(near, blocks, strict=True))
        ]
        part = np.nan_to_num(part.astype(np.float32), copy=False)
        part = zero - part if reading.inverted else part - zero
        return block_reduce(part, blocks, np.mean) if max(blocks) > 1 else part

    return rescale_window(halves, halved, small, window)


def bytes_per_pixel(reading: Reading) -> float:
    """Return the memory of a block in bytes per pixel of the image, for maps and labels."""
    return BLOCK_BYTES_PER_PIXEL * math.prod(reading.scales) + 24


def _working_shape(pixels: Windowed, reading: Reading) -> tuple[int, ...]:
    return tuple(shape_at(pixels.shape, reading.scales))
