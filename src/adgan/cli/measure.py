"""`adgan measure`: label maps and images in, a row a nucleus out."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from adgan.cli.options import FileOptions
from adgan.cli.progress import Meter, left_out, tell, watch_share
from adgan.cli.ranges import CHANNEL, MICROMETRES


def measure(
    labels: str,
    images: list[str],
    /,
    *,
    output: Annotated[Path, Parameter(alias="-o")],
    channel: Annotated[tuple[int, ...], Parameter(consume_multiple=True), CHANNEL] = (),
    frames: bool = False,
    spacing: Annotated[tuple[float, ...] | None, MICROMETRES] = None,
    stack: bool = False,
    files: FileOptions = FileOptions(),  # noqa: B008
    table_format: Literal["csv", "parquet", "anndata"] = "csv",
    exclude_border: bool = False,
    strict: bool = False,
    overwrite: bool = False,
) -> int:
    """Measure size, shape, place and intensity of every nucleus.

    The same command again does what is missing. Images that cannot be measured are skipped; the
    exit code is 3 then.

    Parameters
    ----------
    labels
        A folder, file or glob of label maps.
    images
        Folders, files or globs of the images they were made from; pairs have the same name.
    output
        One table for all, if it ends in .csv, .parquet or .h5ad (AnnData), or a folder for one
        table an image.
    channel
        Channels to measure, counted from 0, where images have several.
    frames
        Read time series as separate images.
    spacing
        Micrometres a voxel, Z Y X, in place of what the files say.
    stack
        Read the 2D images of a folder as the slices of one volume.
    table_format
        Of the tables in a folder; of one table for all its suffix decides.
    exclude_border
        Leave out nuclei that the frame cuts.
    strict
        Refuse all images if one cannot be used.
    overwrite
        Replace a table, or start anew in a folder that holds files.
    """
    import adgan

    with Meter("measuring") as meter:
        found = adgan.measure_files(
            labels,
            images,
            output,
            channels=channel,
            frames=frames,
            spacing=spacing,
            stack=stack,
            axes=files.axes,
            scene=files.scene,
            include=files.include,
            exclude=files.exclude,
            table_format=table_format,
            exclude_border=exclude_border,
            strict=strict,
            overwrite=overwrite,
            progress=watch_share(meter),
            note=meter.note,
        )
    done = [one for one in found if not one.skipped]
    tell(f"{sum(one.count for one in done)} nuclei of {len(done)} images are in {output}")
    return left_out(found, output / "manifest.jsonl")
