"""Write the built-in simulated sample as image and label files."""

import os
from pathlib import Path

from adgan.io import claim_output, write_gray, write_labels
from adgan.synth.samples import simulated_sample


def write_sample(
    folder: str | os.PathLike[str],
    name: str = "nuclei2d",
    images: int = 12,
    seed: int = 0,
    start: int = 0,
    overwrite: bool = False,
) -> Path:
    """Draw a sample and write ``images/`` and ``labels/``, paired by name.

    Parameters
    ----------
    folder
        Output folder; created if it does not exist.
    name, images, seed, start
        As for :func:`adgan.synth.samples.simulated_sample`. To hold out four images from a
        training sample of twelve, use ``images=4, start=12``.
    overwrite
        If True, the folder may contain files.

    Returns
    -------
    Path
        The folder. Files are named ``nuclei2d_00.tif``, ... and state their pixel size.

    Raises
    ------
    AdganError
        If there is no sample with that name, or the folder contains files or cannot be written.
    """
    drawn = simulated_sample(name, images, seed, start)
    folder = claim_output(folder, overwrite)
    places = [claim_output(folder / part, overwrite) for part in ("images", "labels")]
    for number, (image, labels, spacing) in enumerate(drawn, start):
        file = f"{name}_{number:02d}.tif"
        write_gray(places[0] / file, image, spacing)
        write_labels(places[1] / file, labels, spacing)
    return folder
