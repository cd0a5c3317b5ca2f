"""What an image is, where it does not look like nuclei in fluorescence: said, never refused.

A network that learnt from fluorescence draws something in any image. These marks are few and sure:
dark nuclei on a bright ground, dense tissue and empty images have none of them.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy import ndimage

from adgan.errors import AdganError
from adgan.io import Image
from adgan.io.channels import channels_of

SHOWN = 3
"""Images that are named."""
LOOKED = 512
"""Pixels along the longer side at which light is looked at."""
SAME = 0.15
"""Share of neighbours of two values, both above 0, up to which regions are flat: a mask's are,
where nuclei that touch are small too."""
STEEP = 0.9
"""Share of the rim, at least, that is as bright as what lies within: light rises over pixels."""
GROUND = 0.05
"""Share of pixels that are 0 in a mask, at least."""
WHITE, DARK = 0.75, 0.6
"""Shares of full light: of the ground of a stained slide, and under which there is stain."""
TISSUE = 0.01
"""Share of the pixels that are stained, at least."""
COLOURED = 0.15
"""Difference of the light of two colours, as a share of the larger, where there is stain."""

MASK = "a mask or a label map: each region has one value"
STAINED = "stained tissue in transmitted light (H&E or the like)"
GRAY = "phase contrast or bright field: as much is darker than the gray ground as is brighter"
MENDS = {
    MASK: "give the images it was made from; `exclude=PATTERN` leaves files out",
    STAINED: "nuclei are drawn as those of fluorescence, on one colour: separate the stains first, "
    "and trust no number that is not checked",
    GRAY: "this program was made for fluorescence: trust nothing that is not checked",
}


def describe_kinds(images: Sequence[Image]) -> list[str]:
    """Return a warning for each kind of images that are not of fluorescence.

    Parameters
    ----------
    images
        Some of a set.
    """
    by_kind: dict[str, list[str]] = {}
    for image in images:
        if kind := kind_of(image.pixels, image.path):
            by_kind.setdefault(kind, []).append(image.name)
    return [
        f"warning: {', '.join(names[:SHOWN])}{', ...' * (len(names) > SHOWN)} "
        f"look{'s' * (len(names) == 1)} like {kind}; {MENDS[kind]}"
        for kind, names in by_kind.items()
    ]


def kind_of(pixels: np.ndarray, path: Path | None = None) -> str:
    """Say what an image is, if it is not one of fluorescence.

    Parameters
    ----------
    pixels
        ``(Z) Y X``, native dtype.
    path
        The file, whose colours are looked at too.

    Returns
    -------
    str
        Nothing where it may well be fluorescence, on a dark ground or a bright one.
    """
    if is_mask(pixels):
        return MASK
    if path is not None and path.is_file() and _is_stained_file(path):
        return STAINED
    return GRAY if is_gray(pixels) else ""


def is_mask(pixels: np.ndarray) -> bool:
    """Whether an image is flat within regions and 0 between them, as no light ever is."""
    if pixels.dtype.kind not in "bui" or pixels.min() != 0:
        return False
    left, right = pixels[..., :-1], pixels[..., 1:]
    both = (left > 0) & (right > 0)
    rim = (left[..., :-1] == 0) & both[..., 1:]
    if not rim.any() or np.mean(pixels == 0) < GROUND:
        return False
    flat = np.mean(left[both] != right[both]) <= SAME
    steep = np.mean(left[..., 1:][rim] == right[..., 1:][rim]) >= STEEP
    return bool(flat and steep)


def is_stained(rgb: np.ndarray) -> bool:
    """Whether a colour picture shows stain on a white ground.

    Parameters
    ----------
    rgb
        ``3 Y X``, red, green and blue.
    """
    step = max(1, max(rgb.shape[1:]) // LOOKED)
    light = rgb[:, ::step, ::step].astype(np.float64)
    light /= max(np.percentile(light, 99.9), 1e-9)
    ground = np.percentile(light.min(axis=0), 95)
    stain = light.min(axis=0) < DARK * ground
    if ground < WHITE or stain.mean() < TISSUE:
        return False
    red, green, blue = (float(channel[stain].mean()) for channel in light)
    # Stains for nuclei and their counterstains take green away; DAB takes blue.
    return (max(red, blue) - min(green, blue)) / max(red, green, blue) > COLOURED and red > green


def is_gray(pixels: np.ndarray) -> bool:
    """Whether an image has a gray ground with as much darker as brighter than it, without haze.

    In fluorescence the ground is the darkest there is, or in its negative the brightest; where
    tissue fills the frame, light varies over wide distances too. Neither is so where a ring of
    phase or a lack of focus makes the contrast: it takes away what varies over wide distances.

    The bounds were set so that none of 260 random scenes and their negatives, nor of 44 images of
    thirteen real sets and theirs, is called gray; of simulated phase contrast a third is.
    """
    flat = pixels.max(axis=0) if pixels.ndim == 3 else pixels
    step = max(1, max(flat.shape) // LOOKED)
    seen = flat[::step, ::step].astype(np.float32)
    low, high = np.percentile(seen, (0.5, 99.5))
    if min(seen.shape) < 32 or not high > low:
        return False
    seen = ndimage.gaussian_filter(np.clip((seen - low) / (high - low), -0.5, 1.5), 1.0)
    counts, ends = np.histogram(seen, 64, (-0.1, 1.1))
    ground = ends[int(ndimage.gaussian_filter1d(counts.astype(float), 1.5).argmax())]
    over, under = np.percentile(seen, 99) - ground, ground - np.percentile(seen, 1)
    both = min(over, under) / max(over, under, 1e-9)
    # Noise alone is as much darker as brighter, and leaves nothing at any width.
    near, wide = (ndimage.gaussian_filter(seen, width).var() / seen.var() for width in (4.0, 8.0))
    return bool(both > 0.25 and 0.3 < ground < 0.7 and near > 0.25 and wide < 0.3)


def _is_stained_file(path: Path) -> bool:
    try:
        rgb = channels_of(path, colours=True)
    except AdganError:
        return False  # it was read already: what is wrong is that it holds several images
    return rgb is not None and len(rgb) == 3 and is_stained(rgb)
