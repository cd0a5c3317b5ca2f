"""Segment a sample with a run that is still being trained."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from adgan.errors import AdganError
from adgan.io import ReadOptions
from adgan.runs.checkpoint import load
from adgan.segmentation.segment import segment
from adgan_napari.jobs import place_in
from adgan_napari.stacks import Stack

SAMPLE_SIDE_PIXELS = {2: 512, 3: 192}
"""Longest side of the sample along Y and X in pixels, by number of axes."""


def sample_of(stack: Stack) -> tuple[Stack, tuple[slice, slice]]:
    """Return the middle of a stack along Y and X, and its window."""
    most, window = SAMPLE_SIDE_PIXELS[stack.ndim], []
    for side in stack.shape[-2:]:
        spare = max(0, side - most)
        window.append(slice(spare // 2, side - (spare - spare // 2)))
    return stack.cut((window[0], window[1])), (window[0], window[1])


def masks_of(run: Path, sample: Stack) -> Iterator[np.ndarray]:
    """Segment the first frame of a sample with the latest weights.

    Parameters
    ----------
    run
        Folder of the run.
    sample
        See :func:`sample_of`.

    Yields
    ------
    numpy.ndarray
        Label map, uint32 ``(Z) Y X``; nothing if the weights are just being written.
    """
    try:
        model = load(place_in(run))
    except AdganError:
        return
    (found,) = segment(model, [sample.frame(0)], read=ReadOptions(spacing=sample.spacing))
    if found.labels is not None:
        yield found.labels
