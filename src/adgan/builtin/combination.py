"""Combine the label maps of a trained run and of the built-in model, nucleus by nucleus.

The confidence model of the built-in network rates the nuclei of both, and at each place the more
probable ones are kept. Where both agree on an image, boundaries are drawn midway. A volume is kept
as the run has it if the run draws its nuclei larger than the built-in model does, which ends them
at half of their intensity.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adgan.builtin.confidence import ConfidenceModel, measure_features
from adgan.builtin.measured_image import Found, MeasuredImage, measure_image
from adgan.builtin.merging import (
    MERGING,
    Agreement,
    compare,
    draw_midway,
    merge_label_maps,
)
from adgan.builtin.network import Network, builtin_network
from adgan.builtin.survey import read_image
from adgan.image.scale import nearest
from adgan.metrics.matching import expected_f1


def combine(
    labels: np.ndarray,
    found: Found,
    confidence_model: ConfidenceModel,
    scales: Sequence[float],
    agreement: Agreement,
) -> tuple[np.ndarray, np.ndarray]:
    """Combine the label map of a run with the nuclei that the built-in model finds.

    Parameters
    ----------
    labels
        Label map of the run, ``(Z) Y X``, labels from 1 without gaps.
    found
        Nuclei of the built-in model in the same pixels.
    confidence_model
        The confidence model.
    scales
        Working pixels of the built-in model per pixel of each axis.
    agreement
        How far both agree on the image, see :func:`adgan.builtin.merging.compare`.

    Returns
    -------
    labels
        uint32, labels from 1 without gaps.
    confidence
        Probability that each nucleus is correct, ``(N,)``.
    """
    confidence = np.zeros(int(labels.max(initial=0)))
    there = confidence_model.probability(
        measure_features(nearest(labels, found.small.shape), found.maps, found.seen)
    )
    confidence[: len(there)] = there
    if agreement.keeps_first:
        return labels.astype(np.uint32), confidence
    merged, confidence = merge_label_maps(labels, confidence, found.labels, found.confidence)
    smoothing = MERGING[labels.ndim].smoothing
    if not agreement.agreed or smoothing is None:
        return merged, confidence
    sigma = [smoothing / scale for scale in scales]
    return draw_midway(merged, labels > 0, found.labels > 0, sigma), confidence


@dataclass(frozen=True)
class Comparison:
    """The label map of a run beside the nuclei of the built-in model in the same image.

    Attributes
    ----------
    labels
        Label map of the run, labels from 1 without gaps.
    image, found
        The image as the built-in model sees it, and the nuclei that it finds.
    agreement
        How far both agree.
    """

    labels: np.ndarray
    image: MeasuredImage
    found: Found
    agreement: Agreement

    def f1(self, usual: Agreement | None = None) -> float:
        """Return the expected F1 of both label maps combined.

        Parameters
        ----------
        usual
            How far both agree on the training images of the run.
        """
        model, scales = self.image.network.confidence_model, self.image.reading.scales
        assert model is not None
        agreement = self.agreement.given(usual)
        _, confidence = combine(self.labels, self.found, model, scales, agreement)
        missed = max(0.0, self.found.expected - float(confidence.sum()))
        return self.image.stability(self.found) * expected_f1(confidence, missed)


def compare_with_builtin(
    labels: np.ndarray,
    pixels: np.ndarray,
    likely: float | None = None,
    spacing: Sequence[float] | None = None,
    network: Network | None = None,
) -> Comparison | None:
    """Compare the label map of a run with the nuclei of the built-in model.

    Parameters
    ----------
    labels
        Label map of the run, labels from 1 without gaps.
    pixels
        ``(Z) Y X``, nuclei bright.
    likely
        Diameter of the nuclei in pixels to try first.
    spacing
        Pixel size along each axis, see :func:`adgan.builtin.survey.read_image`.
    network
        The built-in network (default) or its student.

    Returns
    -------
    Comparison or None
        None if the built-in model finds no nuclei.
    """
    network = network or builtin_network(pixels.ndim)
    reading = read_image(network, pixels, likely, spacing)
    if reading.empty:
        return None
    image = measure_image(network, pixels, reading)
    found = image.find()
    return Comparison(labels, image, found, compare([(labels, found.labels)]))
