"""The built-in model on real images that microscopes, cameras and exports have made harder.

python benchmarks/robustness.py --data DIR [--sets hela,bbbc039] [--images 3] [--steadiness 3]

Each image is changed in nineteen ways, by code that no setting was fitted to. Prints the F1 of
each way and set, and the mean of the sets. `--steadiness` replaces that setting of the search of
the scale. Images are cut to 700 x 700 pixels. Labels are read only for scoring.
"""

import argparse
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image as Picture
from scipy import ndimage
from sets import WILD, load_labelled

from adgan.builtin.measured_image import measure_image
from adgan.builtin.network import builtin_network
from adgan.builtin.settings import SEARCH
from adgan.builtin.survey import read_image
from adgan.metrics import all_scores
from adgan.metrics.field import tables
from adgan.system.seeding import generator
from adgan_bench.data import median_diameter

SIDE = 700
"""Largest side of an image, in pixels."""


def unit(image: np.ndarray) -> np.ndarray:
    """Return intensities between 0 and 1, a thousandth cut off at both ends."""
    low, high = np.percentile(image, (0.1, 99.9))
    return np.clip((image - low) / (high - low), 0, 1)


def jpeg(image: np.ndarray, quality: int) -> np.ndarray:
    """Compress by JPEG."""
    with io.BytesIO() as buffer:
        Picture.fromarray((255 * unit(image)).astype(np.uint8)).save(
            buffer, "jpeg", quality=quality
        )
        return np.asarray(Picture.open(buffer), np.float32)


def squares(shape: tuple[int, ...], side: int) -> np.ndarray:
    """Return a chessboard of 0 and 1, of squares of a side in pixels."""
    return (np.indices(shape) // side).sum(0) % 2


def vignette(shape: tuple[int, ...]) -> np.ndarray:
    """Return light that falls from the middle to a four-hundredth in the corners."""
    rows, columns = (np.linspace(-1, 1, n) for n in shape)
    return np.exp(-3 * (rows[:, None] ** 2 + columns**2))


def with_hot_pixel(image: np.ndarray) -> np.ndarray:
    """Make one pixel two hundred times as bright as any other."""
    hot = unit(image)
    hot[hot.shape[0] // 3, hot.shape[1] // 3] = 200
    return hot


def with_line(image: np.ndarray) -> np.ndarray:
    """Make three rows twenty times as bright as any other."""
    lined = unit(image)
    lined[60:63] = 20
    return lined


Changed = Callable[[np.ndarray, float, np.random.Generator], np.ndarray]
WAYS: dict[str, Changed] = {
    "as it is": lambda image, d, rng: image,
    "8 gray levels": lambda image, d, rng: np.floor(7.99 * unit(image)),
    "4 gray levels": lambda image, d, rng: np.floor(3.99 * unit(image)),
    "logarithm": lambda image, d, rng: np.log1p(image - image.min()),
    "square": lambda image, d, rng: unit(image) ** 2,
    "JPEG at 10": lambda image, d, rng: jpeg(image, 10),
    "noise .5": lambda image, d, rng: unit(image) + rng.normal(0, 0.5, image.shape),
    "noise 1": lambda image, d, rng: unit(image) + rng.normal(0, 1, image.shape),
    "noise .5, median of 5": lambda image, d, rng: ndimage.median_filter(
        unit(image) + rng.normal(0, 0.5, image.shape), 5
    ),
    "blur .15 diameters": lambda image, d, rng: ndimage.gaussian_filter(image, 0.15 * d),
    "blur .3 diameters": lambda image, d, rng: ndimage.gaussian_filter(image, 0.3 * d),
    "motion .5 diameters": lambda image, d, rng: ndimage.uniform_filter1d(
        image, max(2, int(0.5 * d)), axis=1
    ),
    "saturated at a fourth": lambda image, d, rng: np.minimum(unit(image), 0.25),
    "light falls to a tenth": lambda image, d, rng: (
        unit(image) * np.linspace(0.1, 1, image.shape[1])
    ),
    "vignette": lambda image, d, rng: unit(image) * vignette(image.shape),
    "bright ground": lambda image, d, rng: unit(image) + 20 + rng.normal(0, 0.04, image.shape),
    "hot pixel": lambda image, d, rng: with_hot_pixel(image),
    "bright line": lambda image, d, rng: with_line(image),
    "fields of gain 1 and .5": lambda image, d, rng: (
        unit(image) * (1 + squares(image.shape, 128)) / 2
    ),
    "negative": lambda image, d, rng: image.max() - image,
}
"""What is done with an image, the diameter of its nuclei in pixels and a random generator."""


def main() -> None:
    """Print a row per way."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", default="hela,bbbc039,hacat20x,gowt1,sbsst265_nb_cellline")
    parser.add_argument("--images", type=int, default=3, help="at most so many per set")
    parser.add_argument("--steadiness", type=float, help="default: that of the package")
    given = parser.parse_args()
    torch.set_num_threads(1)
    if given.steadiness is not None:
        SEARCH[2] = replace(SEARCH[2], steadiness=given.steadiness)
    network, names, cut = builtin_network(), given.sets.split(","), (slice(SIDE),) * 2
    sets = {name: load_labelled(given.data, WILD[name]) for name in names}
    sets = {name: images[:: -(-len(images) // given.images)] for name, images in sets.items()}
    print(f"{'':24} {' '.join(f'{name[-12:]:>12}' for name in names)}         mean")
    for way, change in WAYS.items():
        means = []
        for name, images in sets.items():
            scores, diameter = [], median_diameter([image.truth for image in images])
            for image in images:
                pixels, truth = image.pixels[cut].astype(np.float64), image.truth[cut].copy()
                changed = change(pixels, diameter, generator(0, name, image.name))
                reading, found = read_image(network, changed), np.zeros(truth.shape, np.uint32)
                if not reading.empty:
                    found = measure_image(network, changed, reading).find().labels
                scores.append(all_scores(*tables(found, truth))["f1"])
            means.append(float(np.mean(scores)))
        row = " ".join(f"{value:12.3f}" for value in means)
        print(f"{way:24} {row} {np.mean(means):12.3f}", flush=True)


if __name__ == "__main__":
    main()
