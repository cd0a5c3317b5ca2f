"""`adgan segment`: a run and images in, a label map an image out."""

import shlex
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from adgan.cli.options import Device
from adgan.cli.progress import Meter, tell, warn_of, watch_share
from adgan.cli.ranges import CHANNEL, MICROMETRES, SHARE
from adgan.heap import few_kernels


def segment(
    run: Path,
    images: list[str],
    /,
    *,
    output: Annotated[Path, Parameter(alias="-o")],
    threshold: Annotated[float | None, SHARE] = None,
    probability: bool = False,
    overlay: bool = False,
    table: bool = False,
    rois: bool = False,
    symmetries: bool = False,
    confidence: bool = False,
    spacing: Annotated[
        tuple[float, ...] | None, Parameter(consume_multiple=True), MICROMETRES
    ] = None,
    channel: Annotated[int | None, CHANNEL] = None,
    frames: bool = False,
    device: Device = "auto",
    overwrite: bool = False,
) -> None:
    """Segment images with a trained run.

    Parameters
    ----------
    run
        A run folder that `adgan train` made.
    images
        Folders, files or globs.
    output
        The folder for the label maps: one TIFF an image, of its name and size.
    threshold
        Probability from which on a pixel is nucleus, 0 to 1.
    probability
        Write the soft mask too.
    overlay
        Write a picture with the outlines drawn on the image too.
    table
        Write a CSV table too, a row a nucleus.
    rois
        Write outlines for ImageJ and QuPath too.
    symmetries
        Average the network over eight flips and turns: eight times slower, a little steadier.
    confidence
        Say for each image and nucleus how far to trust it: columns of the table, a map, and a
        page with the images to look at first.
    spacing
        Micrometres a voxel, Z Y X, in place of what the files say.
    channel
        Channel that shows nuclei, counted from 0; that of training when absent.
    frames
        Read time series as separate images.
    device
        Where to compute; auto takes the best there is.
    overwrite
        Write into a folder that holds files.
    """
    import adgan

    few_kernels()
    with Meter("segmenting") as meter:
        found = adgan.segment(
            run,
            images,
            output,
            threshold=threshold,
            probability=probability,
            overlay=overlay,
            table=table,
            rois=rois,
            symmetries=symmetries,
            confidence=confidence,
            spacing=spacing,
            channel=channel,
            frames=frames,
            device=device,
            overwrite=overwrite,
            progress=watch_share(meter),
            note=meter.note,
        )
    warn_of(run)
    tell(f"{len(found)} label maps with {sum(f.count for f in found)} nuclei are in {output}")
    named = shlex.join(images)
    if confidence:
        least = min(found, key=lambda f: f.confidence.image if f.confidence else 1.0)
        assert least.confidence, "was asked for"
        tell(
            f"Least sure of {least.name}, F1 to expect {least.confidence.image:.2f}: "
            f"look at {output / 'confidence' / 'report.html'}"
        )
    tell(f"Next: adgan measure {output} {named} -o TABLE.csv, or adgan evaluate {output} TRUTH")
