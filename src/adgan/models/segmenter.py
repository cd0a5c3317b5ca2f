"""The steps from an image to its label map: prepare, predict, decode.

All segmentation with a trained network uses this class.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from adgan.image.parts import Parts
from adgan.image.prepare import Prepared
from adgan.image.scale import Window
from adgan.image.views import VIEWS, View
from adgan.models.adgan import IMAGE
from adgan.models.build import build_image
from adgan.models.decode import decode
from adgan.models.moments import Moments, measure_moments, to_steps, whole_steps
from adgan.models.translate import translate, translate_views
from adgan.models.translator import Translator
from adgan.recipe.recipe import Recipe


@dataclass(frozen=True)
class Segmenter:
    """A network that predicts masks, with the settings for its input and the decoding.

    Parameters
    ----------
    recipe
        Settings of the run: sizes of nuclei, intensities, task.
    network
        Translates images to masks; computes on its own device.
    threshold
        Foreground probability threshold (default: that of the kind of mask, see
        :func:`adgan.models.decode.threshold_of`).
    symmetries
        If True, average masks over the eight flips and quarter turns of the plane.
    """

    recipe: Recipe
    network: Translator
    threshold: float | None = None
    symmetries: bool = False

    def prepare(self, pixels: np.ndarray, spacing: Sequence[float] | None = None) -> Prepared:
        """Normalise and rescale an image for the network.

        Parameters
        ----------
        pixels
            ``(Z) Y X``, native dtype, with bright nuclei.
        spacing
            Pixel size in micrometres per axis (default: that of the training images).
        """
        return build_image(self.recipe, pixels, spacing)

    def statistics(self, image: Parts) -> Moments:
        """Return the statistics of the network's normalisation layers over a large image."""

        def window_of(window: Window) -> np.ndarray:
            ends = zip(window, image.shape, strict=True)
            return to_steps(image.seen(tuple(slice(w.start, min(w.stop, n)) for w, n in ends)))

        return measure_moments(
            self.network, whole_steps(image.shape), window_of, IMAGE, self.recipe.tiling
        )

    def predict(self, seen: np.ndarray, moments: Moments | None = None) -> np.ndarray:
        """Return the foreground probability of each working pixel.

        Parameters
        ----------
        seen
            float32 ``(Z) Y X`` in [-1, 1] at the working scale, see :attr:`Prepared.seen`.
        moments
            Statistics of a larger image that this one is a part of.

        Returns
        -------
        numpy.ndarray
            float32 of the same shape, from 0 to 1.
        """
        how, symmetries = self.recipe.tiling, self.symmetries
        drawn = translate(self.network, seen, IMAGE, how, symmetries=symmetries, moments=moments)
        return (drawn + 1) / 2

    def predict_views(
        self,
        seen: np.ndarray,
        views: Iterable[View] | None = None,
        moments: Moments | None = None,
    ) -> list[np.ndarray]:
        """Return the foreground probability for transformed images, each transformed back.

        Parameters
        ----------
        seen, moments
            As for :meth:`predict`.
        views
            Some of :data:`adgan.image.views.VIEWS` (default: those of the recipe for confidence).
        """
        if views is None:
            views = [VIEWS[number] for number in self.recipe.quality.confidence.views]
        drawn = translate_views(
            self.network, seen, IMAGE, views, self.recipe.tiling, moments=moments
        )
        return [(view + 1) / 2 for view in drawn]

    def decode(self, image: Prepared, probability: np.ndarray) -> np.ndarray:
        """Decode a foreground probability to a label map.

        Parameters
        ----------
        image
            The prepared image.
        probability
            The network's output for it, at the working scale.

        Returns
        -------
        numpy.ndarray
            uint32 of the original image shape, labels from 1 without gaps.
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
