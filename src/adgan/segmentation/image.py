"""From one image in memory to its label map, on the same path for every model and size."""

from collections.abc import Sequence

import numpy as np

from adgan.segmentation.blocks import segment_blocks
from adgan.segmentation.canvas import Assembled, Canvas
from adgan.segmentation.models import Scan, SegmentationModel
from adgan.segmentation.options import AS_USUAL, SegmentOptions
from adgan.segmentation.result import Segmentation
from adgan.segmentation.windows import Watch
from adgan.survey.handling import Handling, apply_inversion


def segment_image(
    model: SegmentationModel,
    pixels: np.ndarray,
    options: SegmentOptions = AS_USUAL,
    spacing: Sequence[float] | None = None,
    handling: Handling = Handling(),  # noqa: B008
    watch: Watch | None = None,
) -> Segmentation:
    """Label the nuclei of one image.

    Parameters
    ----------
    model
        A trained run or the built-in model; it computes on its own device.
    pixels
        ``(Z) Y X``, native dtype. A volume too large for memory is segmented in blocks.
    options
        The requested results; files are not written.
    spacing
        Pixel size in micrometres per axis (default: that of the training images).
    handling
        Corrections for this image, see :func:`adgan.models.build.build_handlings`.
    watch
        Called with the finished fraction after each block.
    """
    drawn = np.zeros(pixels.shape, np.float32) if options.probability else None
    canvas, found = Canvas(np.zeros(pixels.shape, np.uint32), drawn), Assembled()
    pixels = apply_inversion(pixels, handling)
    measured = model.measure(Scan(pixels, spacing, handling), options)
    if measured:
        found = segment_blocks(*measured, canvas, watch)
    confidence = found.confidence() if options.confidence else None
    assert isinstance(canvas.labels, np.ndarray)
    return Segmentation(canvas.labels, drawn, confidence)
