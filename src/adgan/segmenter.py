"""The chain from an image to its label map: prepare, predict, decode.

Everything that segments with a trained network goes through here, and nowhere else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from adgan.build import build_image, build_parts
from adgan.data.parts import Parts
from adgan.data.prepare import Prepared
from adgan.data.scale import Window
from adgan.decode import decode
from adgan.io import Windowed
from adgan.methods.adgan import IMAGE
from adgan.methods.translator import Translator
from adgan.moments import Moments, measure_moments, to_steps, whole_steps
from adgan.recipe import Recipe
from adgan.translate import translate, translate_views
from adgan.views import View


@dataclass(frozen=True)
class Segmenter:
    """A network that draws masks, and the settings that say what it is shown and what follows.

    Parameters
    ----------
    recipe
        Settings of the run: sizes of nuclei, intensities, task.
    network
        Translates images to masks; runs on the device it is on.
    threshold
        Foreground probability threshold; that of the kind of mask when absent, see
        :data:`adgan.decode.THRESHOLD`.
    symmetries
        Whether masks are averaged over the eight flips and quarter turns of the plane.
    """

    recipe: Recipe
    network: Translator
    threshold: float | None = None
    symmetries: bool = False

    def prepare(self, pixels: np.ndarray, spacing: Sequence[float] | None = None) -> Prepared:
        """Bring an image to the intensities and the working size that the network knows.

        Parameters
        ----------
        pixels
            ``(Z) Y X``, native dtype, nuclei bright.
        spacing
            Pixel size in micrometres per axis; that of the training images when absent.
        """
        return build_image(self.recipe, pixels, spacing)

    def measure(self, pixels: Windowed, spacing: Sequence[float] | None = None) -> Parts:
        """Measure an image that is too large to be prepared as a whole.

        Parameters
        ----------
        pixels
            ``(Z) Y X``, nuclei bright, in memory or on the disk.
        spacing
            As for :meth:`prepare`.

        Returns
        -------
        Parts
            Any window of it can be prepared.
        """
        return build_parts(self.recipe, pixels, spacing)

    def statistics(self, image: Parts) -> Moments:
        """Return what the network's normalisations measure over a large image."""

        def window_of(window: Window) -> np.ndarray:
            ends = zip(window, image.shape, strict=True)
            return to_steps(image.seen(tuple(slice(w.start, min(w.stop, n)) for w, n in ends)))

        return measure_moments(self.network, whole_steps(image.shape), window_of, IMAGE)

    def predict(self, seen: np.ndarray, moments: Moments | None = None) -> np.ndarray:
        """Return the foreground probability of each working pixel.

        Parameters
        ----------
        seen
            float32 ``(Z) Y X`` in [-1, 1] at the working size, see :attr:`Prepared.seen`.
        moments
            Statistics of a larger image that this one is a part of.

        Returns
        -------
        numpy.ndarray
            float32 of the same shape, from 0 to 1.
        """
        drawn = translate(self.network, seen, IMAGE, symmetries=self.symmetries, moments=moments)
        return (drawn + 1) / 2

    def predict_views(
        self, seen: np.ndarray, views: Iterable[View], moments: Moments | None = None
    ) -> list[np.ndarray]:
        """Return the same of an image seen turned or flipped, each one turned back.

        Parameters
        ----------
        seen, moments
            As for :meth:`predict`.
        views
            Some of :data:`adgan.views.VIEWS`.
        """
        drawn = translate_views(self.network, seen, IMAGE, views, moments=moments)
        return [(view + 1) / 2 for view in drawn]

    def decode(self, image: Prepared, probability: np.ndarray) -> np.ndarray:
        """Return the label map that a foreground probability stands for.

        Parameters
        ----------
        image
            What the network saw.
        probability
            What it drew of it, at the working size.

        Returns
        -------
        numpy.ndarray
            uint32 of the image's own shape, labels from 1 without gaps.
        """
        return decode(self.recipe, image, probability, self.threshold)

    def segment(self, pixels: np.ndarray, spacing: Sequence[float] | None = None) -> np.ndarray:
        """Return the label map of an image that fits into memory as a whole.

        Parameters
        ----------
        pixels, spacing
            As for :meth:`prepare`.
        """
        image = self.prepare(pixels, spacing)
        return self.decode(image, self.predict(image.seen))
