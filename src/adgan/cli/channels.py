"""Images of several channels: a picture of each is offered, to choose by."""

from collections.abc import Sequence
from pathlib import Path

from adgan.cli.options import FileOptions

FIRST = 3
"""Images that are shown."""


def offer_channels(
    images: Sequence[str], files: FileOptions, output: Path, overwrite: bool
) -> Path | None:
    """Write a page with the channels of the first images, where there are several.

    Parameters
    ----------
    images, files
        As the command line has them.
    output
        The folder for the page.
    overwrite
        Whether it may hold files.

    Returns
    -------
    Path or None
        The page; None where the images leave nothing to choose.

    Raises
    ------
    AdganError
        If no images are found, or the page cannot be written.
    """
    from adgan.errors import AdganError
    from adgan.io import claim_output, find_named
    from adgan.io.channels import channels_of
    from adgan.report.channels import channels_page

    found = find_named(images, files.include, files.exclude)
    shown = {}
    for one in found[:FIRST]:
        try:
            channels = channels_of(one.path)
        except AdganError:
            continue  # it is told of where it is read as an image
        if channels is not None:
            shown[one.name] = channels
    if not shown:
        return None
    page = claim_output(output, overwrite, [one.path for one in found]) / "report.html"
    channels_page(page, shown)
    return page
