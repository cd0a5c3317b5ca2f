"""Recognise images that are not fluorescence images: masks, stained tissue, phase contrast.

A network that learnt from fluorescence finds nuclei in any image, so such images get a warning;
they are not refused. The criteria are strict: fluorescence images with dark nuclei on a bright
background, with dense tissue, or without any nuclei get no warning.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import ndimage

from adgan.errors import AdganError
from adgan.io import Image
from adgan.io.channels import channels_of

NAMED_IMAGES_MAX = 3
"""Largest number of images that a warning names."""
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


@dataclass(frozen=True)
class MaskCriteria:
    """What makes an integer image a mask or a label map.

    Parameters
    ----------
    changes_max
        Largest fraction of neighbouring foreground pixels with different values. Touching labels
        differ too, so it is not 0.
    steps_min
        Smallest fraction of boundary pixels that are as bright as the pixels next to them inside.
        In an image the intensity rises over several pixels.
    background_min
        Smallest fraction of pixels that are 0.
    """

    changes_max: float = 0.15
    steps_min: float = 0.9
    background_min: float = 0.05


@dataclass(frozen=True)
class StainCriteria:
    """What makes a colour image a stained slide.

    Parameters
    ----------
    background_min
        Smallest brightness of the background, as a fraction of the maximum.
    brightness_max
        Largest brightness of stained pixels, as a fraction of the background.
    area_min
        Smallest fraction of the pixels that are stained.
    colour_min
        Smallest difference between two colours of stained pixels, as a fraction of the brightest
        one.
    side
        Longest side to which the image is reduced, in pixels.
    """

    background_min: float = 0.75
    brightness_max: float = 0.6
    area_min: float = 0.01
    colour_min: float = 0.15
    side: int = 512


@dataclass(frozen=True)
class GrayCriteria:
    """What makes an image one of phase contrast or bright field.

    With these limits, none of 260 random scenes and of 44 images from thirteen real sets is called
    gray, nor are their negatives; a third of simulated phase contrast images is.

    Parameters
    ----------
    symmetry_min
        Smallest ratio of the contrasts of dark and bright objects, the weaker over the stronger.
    mode
        Range of the most frequent intensity, from dark (0) to bright (1).
    near_min, wide_max
        Smallest and largest fraction of the variance that smoothing by 4 and by 8 pixels leaves.
    side
        Longest side to which the image is reduced, in pixels.
    """

    symmetry_min: float = 0.25
    mode: tuple[float, float] = (0.3, 0.7)
    near_min: float = 0.25
    wide_max: float = 0.3
    side: int = 512


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


def is_mask(pixels: np.ndarray, limits: MaskCriteria = MaskCriteria()) -> bool:  # noqa: B008
    """Return True for an integer image that is constant within regions and 0 between them."""
    if pixels.dtype.kind not in "bui" or pixels.min() != 0:
        return False
    left, right = pixels[..., :-1], pixels[..., 1:]
    both = (left > 0) & (right > 0)
    # Two foreground pixels after a background pixel: the boundary pixel and the next one inside.
    entry = (left[..., :-1] == 0) & both[..., 1:]
    if not entry.any() or np.mean(pixels == 0) < limits.background_min:
        return False
    changes = np.mean(left[both] != right[both])
    steps = np.mean(left[..., 1:][entry] == right[..., 1:][entry])
    return bool(changes <= limits.changes_max and steps >= limits.steps_min)


def is_stained(rgb: np.ndarray, limits: StainCriteria = StainCriteria()) -> bool:  # noqa: B008
    """Return True for a colour image that shows stain on a white background.

    Parameters
    ----------
    rgb
        ``3 Y X``: red, green and blue, any real dtype.
    """
    step = max(1, max(rgb.shape[1:]) // limits.side)
    brightness = rgb[:, ::step, ::step].astype(np.float64)
    brightness /= max(np.percentile(brightness, 99.9), 1e-9)
    darkest = brightness.min(axis=0)
    background = np.percentile(darkest, 95)
    stained = darkest < limits.brightness_max * background
    if background < limits.background_min or stained.mean() < limits.area_min:
        return False
    red, green, blue = (float(channel[stained].mean()) for channel in brightness)
    # Stains for nuclei and their counterstains absorb green; DAB absorbs blue.
    difference = (max(red, blue) - min(green, blue)) / max(red, green, blue)
    return difference > limits.colour_min and red > green


def is_gray(pixels: np.ndarray, limits: GrayCriteria = GrayCriteria()) -> bool:  # noqa: B008
    """Return True for an image with equally strong dark and bright objects on gray, without haze.

    In fluorescence the background is the darkest intensity, or the brightest one in a negative.
    Where tissue fills the image, intensities also vary over large distances. Phase contrast and
    defocused bright field differ in both: their contrast removes variation over large distances.
    """
    flat = pixels.max(axis=0) if pixels.ndim == 3 else pixels
    step = max(1, max(flat.shape) // limits.side)
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
    balanced = symmetry > limits.symmetry_min and limits.mode[0] < mode < limits.mode[1]
    return bool(balanced and near > limits.near_min and wide < limits.wide_max)


def _is_stained_file(path: Path) -> bool:
    """Return True if a file holds one colour image, and it shows stain."""
    try:
        rgb = channels_of(path, colours=True)
    except AdganError:
        return False  # The image itself was read before: the file holds several images.
    return rgb is not None and len(rgb) == 3 and is_stained(rgb)
