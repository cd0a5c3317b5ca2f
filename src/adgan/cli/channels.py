"""A page with a picture of each channel, for users who must choose one."""

from collections.abc import Sequence
from pathlib import Path

from adgan.cli.options import FileOptions

IMAGES_SHOWN_MAX = 3
"""Number of images on the page."""


def offer_channels(
    images: Sequence[str], files: FileOptions, output: Path, overwrite: bool
) -> Path | None:
    """Write a page with the channels of the first images, if they have several.

    Parameters
    ----------
    images, files
        Arguments of the command line.
    output
        The folder for the page.
    overwrite
        If True, the folder may contain files.

    Returns
    -------
    Path or None
        The page; None if no image has several channels.

    Raises
    ------
    AdganError
        If no images are found, or the page cannot be written.
    """
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
