"""`adgan measure`: from label maps and images to tables with one row per nucleus."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from adgan.cli.notes import left_out
from adgan.cli.options import JSON, READ, RUN, WRITE, FileOptions
from adgan.cli.progress import Meter, watch_share
from adgan.cli.ranges import CHANNEL
from adgan.cli.voice import tell, tell_json
from adgan.system.text import count_of


def measure(
    labels: str,
    images: list[str],
    /,
    *,
    output: Annotated[Path, Parameter(alias="-o")],
    channel: Annotated[tuple[int, ...], Parameter(consume_multiple=True), CHANNEL, READ] = (),
    files: FileOptions = FileOptions(),  # noqa: B008
    table_format: Annotated[Literal["csv", "parquet", "anndata"], WRITE] = "csv",
    exclude_border: Annotated[bool, RUN] = False,
    json_: Annotated[bool, JSON] = False,
    strict: Annotated[bool, RUN] = False,
    overwrite: Annotated[bool, RUN] = False,
) -> int:
    """Measure the size, shape, position and intensity of every nucleus.

    Run the same command again to complete missing tables. Images that cannot be measured are
    skipped, and the exit code is then 3.

    Examples
    --------
    One table for all images:

        $ adgan measure labels images -o nuclei.csv

    One table per image, with the intensities of two channels and lengths in micrometres:

        $ adgan measure labels images -o tables --channel 0 1 --spacing 0.1 0.1

    Parameters
    ----------
    labels
        Folder, file or glob of label maps.
    images
        Folders, files or globs of the images, paired with the label maps by name.
    output
        One table for all images if the name ends in .csv, .parquet or .h5ad (AnnData);
        otherwise a folder with one table per image.
    channel
        Channels to measure, counted from 0, if images have several.
    table_format
        Format of the tables in a folder (default csv); the suffix decides for a single table.
    exclude_border
        Leave out nuclei that touch the image border.
    json_
        Print the result for each image as JSON and nothing else.
    strict
        Stop if any image cannot be used.
    overwrite
        Replace an existing table, or start over in a folder that already contains files.
    """
    import adgan

    with Meter("measuring") as meter:
        found = adgan.measure_files(
            labels,
            images,
            output,
            channels=channel,
            read=files.read(),
            table_format=table_format,
            exclude_border=exclude_border,
            strict=strict,
            overwrite=overwrite,
            progress=watch_share(meter),
            note=meter.note,
        )
    if json_:
        rows = [
            {"name": f.name, "nuclei": None if f.skipped else f.count, "reason": f.reason}
            for f in found
        ]
        tell_json({"output": str(output), "images": rows})
        return left_out(found, output / "manifest.jsonl")
    done = [one for one in found if not one.skipped]
    nuclei = count_of(sum(one.count for one in done), "nucleus")
    tell(f"Measured {nuclei} of {count_of(len(done), 'image')}: {output}")
    return left_out(found, output / "manifest.jsonl")
