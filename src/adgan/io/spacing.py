"""Pixel size in micrometres from the metadata of a TIFF."""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

import tifffile

from adgan.errors import AdganError
from adgan.recipe.groups import PIXEL_SIZE_UM

MICROMETRES = {
    "pm": 1e-6,
    "å": 1e-4,
    "nm": 1e-3,
    "um": 1.0,
    "µm": 1.0,
    "micron": 1.0,
    "microns": 1.0,
    "micrometer": 1.0,
    "micrometers": 1.0,
    "micrometre": 1.0,
    "micrometres": 1.0,
    "angstrom": 1e-4,
    "millimeter": 1e3,
    "centimeter": 1e4,
    "meter": 1e6,
    "nanometer": 1e-3,
    "nanometers": 1e-3,
    "mm": 1e3,
    "cm": 1e4,
    "m": 1e6,
    "in": 2.54e4,
    "inch": 2.54e4,
    "inches": 2.54e4,
}
"""Length of one unit in micrometres, by the unit's name in lower case."""

PLAUSIBLE_PIXEL_SIZE_UM = (0.005, 20.0)
"""Range of pixel sizes in micrometres that are accepted in inches or centimetres. Print
resolutions of 72 to 600 dpi would be 353 to 42."""

PRINT_UNITS = {"in", "inch", "inches", "cm"}


def length_of(unit: str) -> float | None:
    """Return the length of a unit in micrometres, or None if it is not a unit of length.

    Parameters
    ----------
    unit
        As OME or ImageJ write it. Both micro signs are recognised, escaped or read with the
        wrong encoding too.
    """
    plain = unit.replace("\\u00B5", "µ").replace("\u03bc", "µ").replace("Âµ", "µ").strip().lower()
    return MICROMETRES.get(plain)


def from_ome(xml: str, image: int = 0) -> dict[str, float]:
    """Read the physical pixel size of an image from OME-XML.

    Parameters
    ----------
    xml
        The text of the image description.
    image
        Index of the image in the description, counted from 0.

    Returns
    -------
    dict
        Micrometres by axis letter, for the axes that have a size; not checked to be positive.
    """
    try:
        root = ElementTree.fromstring(xml)
    except ElementTree.ParseError:
        return {}
    described = [e for e in root.iter() if e.tag.rpartition("}")[2] == "Pixels"]
    if image >= len(described):
        return {}
    pixels = described[image]
    found: dict[str, float] = {}
    for axis in "ZYX":
        unit = length_of(pixels.get(f"PhysicalSize{axis}Unit", "µm"))
        size = _number(pixels.get(f"PhysicalSize{axis}"))
        if unit and size is not None:
            found[axis] = size * unit
    return found


def from_imagej(metadata: Mapping[str, Any], page: tifffile.TiffPage) -> dict[str, float]:
    """Read ImageJ's calibration: the resolution tags in its own unit, and the slice spacing.

    ImageJ omits a spacing of 1 unit.

    Parameters
    ----------
    metadata
        The parsed ImageJ description.
    page
        The first page, which has the resolution tags.

    Returns
    -------
    dict
        Micrometres by axis letter; empty if the unit is not a length.
    """
    name = str(metadata.get("unit", ""))
    across = length_of(name)
    if across is None:
        return {}
    # Y and Z may have units of their own; an axis whose unit is not a length has no size.
    units = {axis: length_of(str(metadata.get(f"{axis.lower()}unit", name))) for axis in "ZY"}
    found = _resolution(page, across)
    if name in PRINT_UNITS and not _plausible(found):
        return {}
    if found and (along := units["Y"]):
        found["Y"] *= along / across
    depth = _number(metadata.get("spacing", 1.0))
    if depth is None or units["Z"] is None:
        return found
    return {**found, "Z": abs(depth) * units["Z"]}  # negative if slices are counted downwards


def from_lsm(metadata: Mapping[str, Any]) -> dict[str, float]:
    """Read the voxel size of a Zeiss LSM file.

    Parameters
    ----------
    metadata
        As stored in the file, with lengths in metres.

    Returns
    -------
    dict
        Micrometres by axis letter.
    """
    sizes = {axis: _number(metadata.get(f"VoxelSize{axis}")) for axis in "ZYX"}
    return {axis: 1e6 * size for axis, size in sizes.items() if size}


def from_tags(page: tifffile.TiffPage) -> dict[str, float]:
    """Read the resolution tags of a plain TIFF, if they can be those of a microscope.

    Parameters
    ----------
    page
        The first page.

    Returns
    -------
    dict
        Micrometres by axis letter; empty for print resolutions such as 72 or 300 dpi.
    """
    unit = {2: MICROMETRES["inch"], 3: MICROMETRES["cm"]}.get(int(page.resolutionunit))
    found = _resolution(page, unit) if unit else {}
    return found if _plausible(found) else {}


def check_spacing(spacing: tuple[float, ...], ndim: int) -> None:
    """Refuse a pixel size that does not match the image.

    Parameters
    ----------
    spacing
        Micrometres per axis, ``(Z) Y X``.
    ndim
        Number of axes of the image, 2 or 3.

    Raises
    ------
    AdganError
        If a size is out of range, or if their number is not ``ndim``.
    """
    if len(spacing) != ndim:
        raise AdganError(f"spacing {spacing} has {len(spacing)} numbers: give {ndim}, (Z) Y X")
    if not possible(spacing):
        low, high = PIXEL_SIZE_UM
        raise AdganError(
            f"spacing {spacing} must be positive, {low:g} to {high:g}: give micrometres per pixel"
        )


def possible(spacing: Sequence[float]) -> bool:
    """Return True if all sizes, in micrometres, are in the range of pixel sizes."""
    low, high = PIXEL_SIZE_UM
    return all(low <= size <= high for size in spacing)


def _resolution(page: tifffile.TiffPage, unit: float) -> dict[str, float]:
    found: dict[str, float] = {}
    for axis in "YX":
        tag = page.tags.get(f"{axis}Resolution")
        top, bottom = tag.value if tag is not None else (0, 0)
        if top > 0 and bottom > 0:
            found[axis] = unit * bottom / top
    return found if len(found) == 2 else {}


def _plausible(found: dict[str, float]) -> bool:
    return all(
        PLAUSIBLE_PIXEL_SIZE_UM[0] <= size <= PLAUSIBLE_PIXEL_SIZE_UM[1] for size in found.values()
    )


def _number(text: Any) -> float | None:
    try:
        number = float(text)
    except (TypeError, ValueError):
        return None
    return number if abs(number) < float("inf") else None
