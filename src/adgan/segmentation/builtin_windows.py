"""One image, measured by the built-in model, any window of which can be segmented."""

import math
from dataclasses import dataclass, replace

import numpy as np

from adgan.builtin.confidence import ConfidenceModel
from adgan.builtin.measured_image import MeasuredImage
from adgan.builtin.settings import BLOCKS
from adgan.builtin.witness import Testimony, hold_against
from adgan.segmentation.windows import Window, WindowResult


@dataclass(frozen=True)
class BuiltInWindows:
    """A :class:`adgan.segmentation.windows.WindowSegmenter`.

    Attributes
    ----------
    image
        The image with its polarity, scale and intensity normalisation.
    probability, confidence
        If True, return the foreground probability, and the confidence of nuclei.
    """

    image: MeasuredImage
    probability: bool = False
    confidence: bool = False
    components = False

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the image, ``(Z) Y X``."""
        return self.image.shape

    @property
    def overlap(self) -> tuple[int, ...]:
        """Overlap of neighbouring blocks in pixels per axis: twice the halo of a block."""
        reading = self.image.reading
        halo = BLOCKS[len(self.shape)].halo * reading.diameter
        return tuple(math.ceil(2 * halo / step) for step in reading.spacing)

    @property
    def near(self) -> tuple[float, ...]:
        """Largest distance in pixels between the centres that two blocks find for a nucleus."""
        reading = self.image.reading
        return tuple(
            BLOCKS[len(self.shape)].near * reading.diameter / step for step in reading.spacing
        )

    @property
    def confidence_model(self) -> ConfidenceModel:
        """Estimates the confidence of each nucleus."""
        assert self.image.network.confidence_model is not None
        return self.image.network.confidence_model

    @property
    def alone(self) -> "BuiltInWindows":
        """The same image without the network for planes, which is faster; images stay."""
        image = self.image
        return replace(self, image=replace(image, network=image.network.alone))

    def confirm(self, window: Window, labels: np.ndarray, number: int) -> Testimony:
        """Hold the labels 1 to `number` in a window against the nuclei found there.

        Nuclei that the window cuts off the image look different. Therefore those with a centre
        nearer than a diameter to such a cut are not missed; the others stand for them.
        """
        reading, found = self.image.reading, self.image.find(window)
        sides = zip(window, reading.spacing, self.shape, strict=True)
        near = [(w, math.ceil(reading.diameter / step), n) for w, step, n in sides]
        inner = [
            (m if w.start > 0 else 0, w.stop - w.start - (m if w.stop < n else 0))
            for w, m, n in near
        ]
        return hold_against(labels, number, found.labels, found.confidence, inner)

    def segment(self, window: Window) -> WindowResult:
        """Find the nuclei of a window, with the same result as in the whole image."""
        found = self.image.find(window)
        result = WindowResult(found.labels)
        if self.probability:
            result = replace(result, probability=self.image.probability(found, window))
        if self.confidence:
            stability = self.image.stability(found, window)
            result = replace(
                result, confidence=found.confidence, missed=found.missed, stability=stability
            )
        return result
