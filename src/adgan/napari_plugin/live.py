"""What a run that is still being trained makes of a sample."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from adgan.checkpoint import load
from adgan.errors import AdganError
from adgan.napari_plugin.jobs import place_in
from adgan.napari_plugin.stacks import Stack
from adgan.segmentation.segment import segment

SIDE = {2: 512, 3: 192}
"""Longest side of the sample along Y and X, by rank."""


def sample_of(stack: Stack) -> tuple[Stack, tuple[slice, slice]]:
    """Return the middle of the first frame of a stack, and where it lies along Y and X."""
    most, window = SIDE[stack.rank], []
    for side in stack.shape[-2:]:
        spare = max(0, side - most)
        window.append(slice(spare // 2, side - (spare - spare // 2)))
    return stack.cut((window[0], window[1])), (window[0], window[1])


def masks_of(run: Path, sample: Stack) -> Iterator[np.ndarray]:
    """Segment the first frame of a sample with the weights that are there.

    Parameters
    ----------
    run
        Its folder.
    sample
        See :func:`sample_of`.

    Yields
    ------
    numpy.ndarray
        uint32 ``(Z) Y X``; nothing where weights are being written at the moment.
    """
    try:
        model = load(place_in(run))
    except AdganError:
        return
    (found,) = segment(model, [sample.frame(0)], spacing=sample.spacing)
    if found.labels is not None:
        yield found.labels
