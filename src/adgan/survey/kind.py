"""Recognise images that are not fluorescence images: masks, stained tissue, phase contrast.

A network that learnt from fluorescence finds nuclei in any image, so such images get a warning;
they are not refused. The criteria are strict: fluorescence images with dark nuclei on a bright
background, with dense tissue, or without any nuclei get no warning.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy import ndimage

from adgan.errors import AdganError
from adgan.io import Image
from adgan.io.channels import channels_of

NAMED_IMAGES_MAX = 3
"""Largest number of images that a warning names."""
CHECKED_SIDE_PIXELS = 512
"""Longest side of an image to which the checks of intensities reduce it, in pixels."""
MASK_CHANGES_FRACTION_MAX = 0.15
"""Largest fraction of neighbouring foreground pixels with different values in a mask. Touching
labels differ too, so it is not 0."""
MASK_STEPS_FRACTION_MIN = 0.9
"""Smallest fraction of boundary pixels in a mask that are as bright as the pixels next to them
inside. In an image the intensity rises over several pixels."""
MASK_BACKGROUND_FRACTION_MIN = 0.05
"""Smallest fraction of pixels in a mask that are 0."""
STAIN_BACKGROUND_FRACTION_MIN = 0.75
"""Smallest brightness of the background of a stained slide, as a fraction of the maximum."""
STAIN_BRIGHTNESS_FRACTION_MAX = 0.6
"""Largest brightness of stained pixels, as a fraction of the background."""
STAIN_AREA_FRACTION_MIN = 0.01
"""Smallest fraction of the pixels of a stained slide that are stained."""
STAIN_COLOUR_FRACTION_MIN = 0.15
"""Smallest difference between two colours of stained pixels, as a fraction of the brightest one."""

MASK = "a mask or a label map, where each region has one value"
STAINED = "stained tissue in transmitted light (H&E or the like)"
GRAY = "phase contrast or bright field, with equally strong dark and bright objects on gray"
REMEDIES = {
    MASK: "give the images that it was made from; `exclude=PATTERN` leaves files out",
    STAINED: "nuclei are segmented as in one fluorescence channel: separate the stains first, and "
    "check all results",
    GRAY: "this program is made for fluorescence: check all results",
}
"""What a warning suggests, by kind of image."""


def describe_kinds(images: Sequence[Image]) -> list[str]:
    """Return a warning for each kind of images that are not fluorescence images.

    Parameters
    ----------
    images
        Some images of a set.
    """
    by_kind: dict[str, list[str]] = {}
    for image in images:
        if kind := kind_of(image.pixels, image.path):
            by_kind.setdefault(kind, []).append(image.name)
    return [
        f"warning: {', '.join(names[:NAMED_IMAGES_MAX])}{', ...' * (len(names) > NAMED_IMAGES_MAX)}"
        f" look{'s' * (len(names) == 1)} like {kind}; {REMEDIES[kind]}"
        for kind, names in by_kind.items()
    ]


def kind_of(pixels: np.ndarray, path: Path | None = None) -> str:
    """Return the kind of an image that is not a fluorescence image.

    Parameters
    ----------
    pixels
        ``(Z) Y X``, native dtype.
    path
        File of the image, whose colours are checked too (default: no file).

    Returns
    -------
    str
        :data:`MASK`, :data:`STAINED` or :data:`GRAY`; empty if the image may show fluorescence, on
        a dark or on a bright background.
    """
    if is_mask(pixels):
        return MASK
    if path is not None and path.is_file() and _is_stained_file(path):
        return STAINED
    return GRAY if is_gray(pixels) else ""


def is_mask(pixels: np.ndarray) -> bool:
    """Return True for an integer image that is constant within regions and 0 between them."""
    if pixels.dtype.kind not in "bui" or pixels.min() != 0:
        return False
    left, right = pixels[..., :-1], pixels[..., 1:]
    both = (left > 0) & (right > 0)
    # Two foreground pixels after a background pixel: the boundary pixel and the next one inside.
    entry = (left[..., :-1] == 0) & both[..., 1:]
    if not entry.any() or np.mean(pixels == 0) < MASK_BACKGROUND_FRACTION_MIN:
        return False
    changes = np.mean(left[both] != right[both])
    steps = np.mean(left[..., 1:][entry] == right[..., 1:][entry])
    return bool(changes <= MASK_CHANGES_FRACTION_MAX and steps >= MASK_STEPS_FRACTION_MIN)


def is_stained(rgb: np.ndarray) -> bool:
    """Return True for a colour image that shows stain on a white background.

    Parameters
    ----------
    rgb
        ``3 Y X``: red, green and blue, any real dtype.
    """
    step = max(1, max(rgb.shape[1:]) // CHECKED_SIDE_PIXELS)
    brightness = rgb[:, ::step, ::step].astype(np.float64)
    brightness /= max(np.percentile(brightness, 99.9), 1e-9)
    darkest = brightness.min(axis=0)
    background = np.percentile(darkest, 95)
    stained = darkest < STAIN_BRIGHTNESS_FRACTION_MAX * background
    if background < STAIN_BACKGROUND_FRACTION_MIN or stained.mean() < STAIN_AREA_FRACTION_MIN:
        return False
    red, green, blue = (float(channel[stained].mean()) for channel in brightness)
    # Stains for nuclei and their counterstains absorb green; DAB absorbs blue.
    difference = (max(red, blue) - min(green, blue)) / max(red, green, blue)
    return difference > STAIN_COLOUR_FRACTION_MIN and red > green


def is_gray(pixels: np.ndarray) -> bool:
    """Return True for an image with equally strong dark and bright objects on gray, without haze.

    In fluorescence the background is the darkest intensity, or the brightest one in a negative.
    Where tissue fills the image, intensities also vary over large distances. Phase contrast and
    defocused bright field differ in both: their contrast removes variation over large distances.

    With these limits, none of 260 random scenes and of 44 images from thirteen real sets is called
    gray, nor are their negatives; a third of simulated phase contrast images is.
    """
    flat = pixels.max(axis=0) if pixels.ndim == 3 else pixels
    step = max(1, max(flat.shape) // CHECKED_SIDE_PIXELS)
    reduced = flat[::step, ::step].astype(np.float32)
    low, high = np.percentile(reduced, (0.5, 99.5))
    if min(reduced.shape) < 32 or not high > low:
        return False
    unit = np.clip((reduced - low) / (high - low), -0.5, 1.5)
    smooth = ndimage.gaussian_filter(unit, 1.0)
    counts, ends = np.histogram(smooth, 64, (-0.1, 1.1))
    mode = ends[int(ndimage.gaussian_filter1d(counts.astype(float), 1.5).argmax())]
    over, under = np.percentile(smooth, 99) - mode, mode - np.percentile(smooth, 1)
    symmetry = min(over, under) / max(over, under, 1e-9)
    # Noise alone is symmetric too, but no variance of it remains at either width.
    near, wide = (
        ndimage.gaussian_filter(smooth, sigma).var() / smooth.var() for sigma in (4.0, 8.0)
    )
    return bool(symmetry > 0.25 and 0.3 < mode < 0.7 and near > 0.25 and wide < 0.3)


def _is_stained_file(path: Path) -> bool:
    """Return True if a file holds one colour image, and it shows stain."""
    try:
        rgb = channels_of(path, colours=True)
    except AdganError:
        return False  # The image itself was read before: the file holds several images.
    return rgb is not None and len(rgb) == 3 and is_stained(rgb)
