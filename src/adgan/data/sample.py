"""Write the built-in simulated sample as files, as if a user had brought them."""

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
        Where to; made if absent.
    name, images, seed, start
        As :func:`adgan.synth.samples.simulated_sample` takes them. Four images that were
        held back from a sample of twelve are ``images=4, start=12``.
    overwrite
        Whether a folder that holds files is fine.

    Returns
    -------
    Path
        The folder. Files are called ``nuclei2d_00.tif`` and carry their pixel size.

    Raises
    ------
    AdganError
        If there is no sample of that name, or the folder holds files or cannot be written.
    """
    drawn = simulated_sample(name, images, seed, start)
    folder = claim_output(folder, overwrite)
    places = [claim_output(folder / part, overwrite) for part in ("images", "labels")]
    for number, (image, labels, spacing) in enumerate(drawn, start):
        file = f"{name}_{number:02d}.tif"
        write_gray(places[0] / file, image, spacing)
        write_labels(places[1] / file, labels, spacing)
    return folder
