"""`adgan inspect`: nucleus sizes and other properties of images, before any training."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from adgan.cli.following import command, reading
from adgan.cli.notes import SKIPPED_EXIT_CODE, SKIPPED_LISTED_MAX
from adgan.cli.options import JSON, READ, RUN, FileOptions
from adgan.cli.ranges import CHANNEL
from adgan.cli.voice import WARNING, say, show, tell, tell_json, warn

if TYPE_CHECKING:
    from adgan.report.page import Value
    from adgan.survey.inspect import Inspected, Inspection

IMAGES_SHOWN_MAX = 3
"""Number of images on the page of channels."""


def inspect(
    images: list[str],
    /,
    *,
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    channel: Annotated[int | None, CHANNEL, READ] = None,
    files: FileOptions = FileOptions(),  # noqa: B008
    json_: Annotated[bool, JSON] = False,
    overwrite: Annotated[bool, RUN] = False,
) -> int:
    """Estimate the size and number of nuclei, and report how the images will be handled.

    Examples
    --------
    Nucleus sizes in a folder of images, drawn on them as circles:

        $ adgan inspect images -o report

    The slices of a volume, half a micrometre apart:

        $ adgan inspect slices --stack --spacing 0.5 0.1 0.1

    Parameters
    ----------
    images
        Folders, files or globs.
    output
        Output folder for a report page and pictures with circles of the estimated size.
    channel
        Nuclear channel, counted from 0.
    json_
        Print the results as JSON and nothing else.
    overwrite
        Write into a folder that already contains files.
    """
    from rich.table import Table

    from adgan.io import claim_output
    from adgan.report.page import format_number
    from adgan.survey.inspect import inspect as look_at

    if output and channel is None and files.axes is None:
        page = _offer_channels(images, files, output, overwrite)
        if page:
            tell(f"These images have several channels: {page} shows each of them")
            more = reading(files.read())
            tell(f"Next: {command('inspect', *images, '--channel', 'N', *more)}")
            return 0
    found = look_at(images, files.read(channel))
    folder = (
        claim_output(output, overwrite, [i.image.path for i in found.images]) if output else None
    )
    rows = {i.image.name: _numbers(i) for i in found.images}
    if json_:
        if folder:
            _draw(found, folder, rows)
        tell_json(_described(found, rows))
        return SKIPPED_EXIT_CODE if found.skipped else 0
    table = Table("image", title=f"{len(rows)} of {found.total} images inspected")
    for head in next(iter(rows.values())):
        table.add_column(head, justify="right")
    for name, numbers in rows.items():
        table.add_row(name, *(format_number(value) for value in numbers.values()))
    show(table)
    tell("\n".join(found.lines()))
    if folder:
        _draw(found, folder, rows)
        tell(f"See circles of these sizes on the images in {folder / 'report.html'}")
    more = reading(files.read(channel))
    training = command("train", *images, "-o", "RUN", *more)
    tell(f"Next: {training}, which estimates these sizes itself")
    low, high = found.sizes.interval
    nuclei = sum(len(i.survey.nuclei.radius) for i in found.images if i.survey.nuclei)
    tell(
        f"Found {nuclei} nuclei in {len(rows)} images; their median radius is {low:.3g} to "
        f"{high:.3g} px (90% interval)"
    )
    for note in found.notes:
        say(note if note.startswith(WARNING) else f"note: {note}")
    for one in found.skipped[:SKIPPED_LISTED_MAX]:
        warn(f"cannot be used: {one.reason}")
    if len(found.skipped) > SKIPPED_LISTED_MAX:
        warn(f"and {len(found.skipped) - SKIPPED_LISTED_MAX} more")
    return SKIPPED_EXIT_CODE if found.skipped else 0


def _offer_channels(
    images: Sequence[str], files: FileOptions, output: Path, overwrite: bool
) -> Path | None:
    """Write a page with the channels of the first images; None if no image has several."""
    from adgan.errors import AdganError
    from adgan.io import claim_output, find_named
    from adgan.io.channels import channels_of
    from adgan.report.inspection import channels_page

    found = find_named(images, files.include, files.exclude)
    shown = {}
    for one in found[:IMAGES_SHOWN_MAX]:
        try:
            channels = channels_of(one.path)
        except AdganError:
            continue  # the error is reported when the image is read
        if channels is not None:
            shown[one.name] = channels
    if not shown:
        return None
    page = claim_output(output, overwrite, [one.path for one in found]) / "report.html"
    channels_page(page, shown)
    return page


def _numbers(one: "Inspected") -> "dict[str, Value]":
    nuclei = one.survey.nuclei
    return {
        "nuclei seen": len(nuclei.radius) if nuclei else 0,
        "radius, px": one.survey.radius,
        "scale": one.handling.factor,
        "inverted": "yes" if one.handling.inverted else "no",
    }


def _described(found: "Inspection", rows: "dict[str, dict[str, Value]]") -> dict[str, object]:
    """Return the results in a form that JSON can represent."""
    sizes = found.sizes
    return {
        "images": [{"name": name, **row} for name, row in rows.items()],
        "total": found.total,
        "radius": sizes.radius,
        "interval": sizes.interval,
        "diameter": sizes.diameter,
        "eccentricity": sizes.eccentricity,
        "count": sizes.count,
        "contact": sizes.contact,
        "planes": found.z_scale,
        "lines": found.lines(),
        "skipped": [{"path": str(one.path), "reason": one.reason} for one in found.skipped],
        "notes": found.notes,
    }


def _draw(found: "Inspection", folder: Path, rows: "dict[str, dict[str, Value]]") -> None:
    import numpy as np

    from adgan.io import write_png
    from adgan.report.inspection import circles, sizes_page
    from adgan.survey.handling import apply_inversion

    pictures = {}
    for one in found.images:
        nuclei, shape = one.survey.nuclei, one.image.pixels.shape
        centres = np.zeros((0, len(shape)))
        if nuclei:
            centres = nuclei.places(np.array(one.survey.reading.spacing))[nuclei.single]
        radius = found.sizes.diameter / 2 * one.handling.factor
        pixel = (one.sides[-2], one.sides[-1])
        drawn = circles(apply_inversion(one.image.pixels, one.handling), centres, radius, pixel)
        place = folder / "circles" / f"{one.image.name}.png"
        place.parent.mkdir(parents=True, exist_ok=True)
        write_png(place, drawn)
        pictures[one.image.name] = drawn, rows[one.image.name]
    sizes_page(folder / "report.html", found.lines(), pictures)
