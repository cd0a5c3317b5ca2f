"""Score the built-in model on kinds of images that its training never draws.

python benchmarks/kinds.py [--network FOLDER] [--seeds 3] [--kinds plain,stitched]

Each kind is drawn by a few lines here, which share no code with the scenes that the model learnt
from: unusual stains and sizes, artefacts of cameras and of stitching, text, and fields without
nuclei. Prints the F1 of each kind and the number of nuclei found and drawn. On a field without
nuclei, the F1 is 1 if none are found.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image as Picture
from PIL import ImageDraw
from scipy import ndimage

from adgan.builtin.measured_image import measure_image
from adgan.builtin.network import builtin_network, load_network
from adgan.builtin.survey import read_image
from adgan.metrics import count_overlap, f1
from adgan.system.seeding import generator

SIDE = 512
SHAPE = (SIDE, SIDE)
NUCLEUS_COUNTS = 1000
"""Intensity of a nucleus of median brightness above the background."""

Random = np.random.Generator
Drawn = tuple[np.ndarray, np.ndarray]
ROWS, COLUMNS = np.mgrid[:SIDE, :SIDE]
blur = ndimage.gaussian_filter


def ellipses(
    rng: Random,
    number: int,
    radius: float,
    gap: float = 2,
    elongation: tuple[float, float] = (1, 1.6),
) -> np.ndarray:
    """Place ellipses at least `gap` pixels apart (below 0 they overlap); return their labels."""
    labels = np.zeros(SHAPE, np.int32)
    count = 0
    for _ in range(20 * number):
        if count == number:
            break
        size, ratio = radius * np.exp(rng.normal(0, 0.15)), rng.uniform(*elongation)
        long, short = size * np.sqrt(ratio), size / np.sqrt(ratio)
        angle, (row, column) = rng.uniform(0, np.pi), rng.uniform(0, SIDE, 2)
        y, x = ROWS - row, COLUMNS - column
        along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
        inside = (along / long) ** 2 + (across / short) ** 2 <= 1
        around = (along / (long + gap)) ** 2 + (across / (short + gap)) ** 2 <= 1
        if not labels[around].any() and np.count_nonzero(inside) >= 10:
            count += 1
            labels[inside] = count
    return labels


def lit(rng: Random, labels: np.ndarray, spread: float = 0.3) -> np.ndarray:
    """Return nuclei of different brightness, 1 in the median."""
    brightness = np.exp(rng.normal(0, spread, labels.max() + 1))
    brightness[0] = 0
    return brightness[labels]


def texture(rng: Random, amount: float = 0.3, scale: float = 2) -> np.ndarray:
    """Return a factor per pixel, log-normal with a standard deviation of `amount`."""
    noise = blur(rng.normal(size=SHAPE), scale)
    return np.exp(amount * noise / noise.std())


def taken(rng: Random, light: np.ndarray, snr: float = 15, ground: float = 0.2) -> np.ndarray:
    """Add a background and noise."""
    noise = rng.normal(0, NUCLEUS_COUNTS / snr, SHAPE)
    return (NUCLEUS_COUNTS * (ground + light) + noise).astype(np.float32)


def usual(rng: Random) -> Drawn:
    """Draw ninety nuclei of 14 pixels, to which the artefacts below are added."""
    labels = ellipses(rng, 90, 14)
    return taken(rng, blur(lit(rng, labels) * texture(rng), 1.5)), labels


def lamin(rng: Random) -> Drawn:
    """Stain the rims of nuclei."""
    labels = ellipses(rng, 80, 16)
    depth = ndimage.distance_transform_edt(labels)
    rim = ((depth > 0) & (depth < 4)) + 0.15 * (labels > 0)
    return taken(rng, blur(lit(rng, labels) * rim, 1.2)), labels


def stitched(rng: Random) -> Drawn:
    """Stitch sixteen tiles of different gain, each darker at its corners."""
    image, labels = usual(rng)
    tile = SIDE // 4
    shade = 1 - 0.5 * ((ROWS % tile - tile / 2) ** 2 + (COLUMNS % tile - tile / 2) ** 2) / tile**2
    gain = np.kron(rng.uniform(0.5, 1.5, (4, 4)), np.ones((tile, tile)))
    return image * gain * shade, labels


def rotated_mosaic(rng: Random) -> Drawn:
    """Cut two corners to 0, as a rotated mosaic has them."""
    image, labels = usual(rng)
    outside = (ROWS + COLUMNS < 220) | (ROWS - COLUMNS > 300)
    return np.where(outside, 0, image), np.where(outside, 0, labels)


def scale_bar(rng: Random) -> Drawn:
    """Burn a scale bar and text into the image."""
    image, labels = usual(rng)
    text = Picture.new("L", SHAPE)
    draw = ImageDraw.Draw(text)
    draw.text((400, 460), "50 um  DAPI", fill=255)
    draw.rectangle((380, 480, 490, 487), fill=255)
    return np.where(np.asarray(text) > 0, image.max(), image), labels


def hot_pixels(rng: Random) -> Drawn:
    """Add hot pixels, a dead column and a saturated one."""
    image, labels = usual(rng)
    image[rng.random(SHAPE) < 0.004] = 60_000
    image[:, 100], image[:, 333] = 0, 60_000
    return image, labels


def bright_glow(rng: Random) -> Drawn:
    """Add a glow thirty times as bright as nuclei."""
    labels = ellipses(rng, 90, 12)
    glow = 30 * np.exp(-((ROWS - 100) ** 2 + (COLUMNS - 400) ** 2) / (2 * 60**2))
    return taken(rng, blur(lit(rng, labels), 1.5) + glow), labels


def vignetted(rng: Random) -> Drawn:
    """Let the corners fade."""
    labels = ellipses(rng, 90, 14)
    shade = np.exp(-((ROWS - 256) ** 2 + (COLUMNS - 256) ** 2) / (2 * 130**2))
    return taken(rng, (blur(lit(rng, labels), 1.5) + 0.3) * shade, 30, 0.05), labels


def dim_beside_bright(rng: Random) -> Drawn:
    """Make some nuclei 25 times as bright as the others."""
    labels = ellipses(rng, 80, 14)
    bright = np.where(rng.random(labels.max() + 1) < 0.15, 25, 1)[labels]
    return taken(rng, blur(lit(rng, labels, 0.1) * bright, 1.5)), labels


def cytoplasm(rng: Random) -> Drawn:
    """Add cytoplasm around nuclei."""
    labels = ellipses(rng, 90, 14)
    around = blur(0.35 * (ndimage.distance_transform_edt(labels == 0) < 10), 3)
    return taken(rng, blur(lit(rng, labels), 1.5) + around * texture(rng, 0.4, 3)), labels


def tiny(rng: Random) -> Drawn:
    """Draw nuclei 9 pixels across."""
    labels = ellipses(rng, 600, 4.5, gap=1)
    return taken(rng, blur(lit(rng, labels), 0.8)), labels


def low_magnification(rng: Random) -> Drawn:
    """Draw nuclei four pixels across, as an objective of 4x shows them."""
    labels = ellipses(rng, 900, 2, gap=1)
    return taken(rng, blur(lit(rng, labels), 0.5)), labels


def huge(rng: Random) -> Drawn:
    """Draw nuclei 120 pixels across."""
    labels = ellipses(rng, 12, 60, gap=3)
    return taken(rng, blur(lit(rng, labels) * texture(rng, 0.4, 5), 2)), labels


def noisy(rng: Random) -> Drawn:
    """Draw nuclei hardly brighter than the noise of a pixel."""
    labels = ellipses(rng, 90, 14)
    return taken(rng, blur(lit(rng, labels), 1.5), 1.5), labels


def noisy_denoised(rng: Random) -> Drawn:
    """Smooth such an image."""
    labels = ellipses(rng, 90, 14)
    return blur(taken(rng, blur(lit(rng, labels), 1.5), 1.0), 2), labels


def mixed_sizes(rng: Random) -> Drawn:
    """Mix nuclei of 80 and of 18 pixels."""
    large, small = ellipses(rng, 10, 40, gap=3), ellipses(rng, 200, 9)
    near = ndimage.binary_dilation(large > 0, iterations=3)
    small[np.isin(small, small[near])] = 0
    labels = np.where(small > 0, small + large.max(), large)
    return taken(rng, blur(lit(rng, labels) * texture(rng), 1.5)), labels


def rods(rng: Random) -> Drawn:
    """Draw nuclei three to five times as long as wide."""
    labels = ellipses(rng, 70, 13, elongation=(3, 5))
    return taken(rng, blur(lit(rng, labels), 1.2)), labels


def touching(rng: Random) -> Drawn:
    """Draw overlapping nuclei."""
    labels = ellipses(rng, 170, 15, gap=-3)
    return taken(rng, blur(lit(rng, labels, 0.15) * texture(rng, 0.2), 1.2)), labels


def chromocentres(rng: Random) -> Drawn:
    """Draw dim nuclei with six bright spots each."""
    labels, spots = ellipses(rng, 60, 18), np.zeros(SHAPE)
    for label in range(1, labels.max() + 1):
        inside = np.argwhere(labels == label)
        spots[tuple(inside[rng.integers(len(inside), size=6)].T)] = 60
    return taken(rng, blur(spots, 2) + 0.12 * blur((labels > 0) * 1.0, 1.5), 25), labels


def saturated(rng: Random) -> Drawn:
    """Cut off the bright half of the range, in 8 bits."""
    labels = ellipses(rng, 90, 14)
    image = taken(rng, blur(lit(rng, labels, 0.8), 1.5), 10)
    return np.clip(900 * image / image.max(), 0, 255).astype(np.uint8), labels


def striped(rng: Random) -> Drawn:
    """Add stripes."""
    image, labels = usual(rng)
    return image * (1 + 0.5 * np.sin(ROWS / 4)), labels


def interlaced(rng: Random) -> Drawn:
    """Shift every other row."""
    image, labels = usual(rng)
    image[::2] = np.roll(image[::2], 3, axis=1)
    return image, labels


def out_of_focus(rng: Random) -> Drawn:
    """Blur nuclei by a third of their radius."""
    labels = ellipses(rng, 60, 14, gap=4)
    return taken(rng, blur(lit(rng, labels), 5), 40), labels


def fibrous(rng: Random) -> Drawn:
    """Add wavy fibres as bright as nuclei."""
    labels, threads = ellipses(rng, 70, 14), np.zeros(SHAPE)
    for _ in range(25):
        angle, place = rng.uniform(0, np.pi), rng.uniform(-300, 500)
        across = COLUMNS * np.cos(angle) + ROWS * np.sin(angle) - place
        threads += 0.7 * np.exp(-((across + 12 * np.sin((ROWS - COLUMNS) / 40)) ** 2) / 8)
    return taken(rng, blur(lit(rng, labels), 1.5) + threads), labels


def autofluorescent(rng: Random) -> Drawn:
    """Add an uneven ground as bright as nuclei."""
    labels = ellipses(rng, 70, 13)
    ground = blur(rng.normal(size=SHAPE), 18)
    ground = 0.8 * np.clip(ground / ground.std() + 1, 0, None)
    return taken(rng, blur(lit(rng, labels), 1.5) + ground), labels


def few_in_noise(rng: Random) -> Drawn:
    """Draw three nuclei in noise."""
    labels = ellipses(rng, 3, 15)
    return taken(rng, blur(lit(rng, labels), 1.5), 6), labels


def no_nuclei_gradient(rng: Random) -> Drawn:
    """Draw a gradient alone."""
    return taken(rng, COLUMNS / SIDE, 20), np.zeros(SHAPE, int)


def no_nuclei_noise(rng: Random) -> Drawn:
    """Draw noise alone."""
    return taken(rng, np.zeros(SHAPE)), np.zeros(SHAPE, int)


def no_nuclei_smoothed_noise(rng: Random) -> Drawn:
    """Draw smoothed noise alone."""
    return blur(taken(rng, np.zeros(SHAPE)), rng.uniform(0.7, 4)), np.zeros(SHAPE, int)


def no_nuclei_filtered_noise(rng: Random) -> Drawn:
    """Draw noise alone, through a median filter."""
    return ndimage.median_filter(taken(rng, np.zeros(SHAPE)), 5), np.zeros(SHAPE, int)


def no_nuclei_spots(rng: Random) -> Drawn:
    """Draw fluorescent spots three to four pixels across, as single molecules of RNA look."""
    spots = np.zeros(SHAPE)
    spots[tuple(rng.integers(SIDE, size=(2, 100)))] = 8.0
    return taken(rng, blur(spots, 1), 100), np.zeros(SHAPE, int)


KINDS: dict[str, Callable[[Random], Drawn]] = {
    kind.__name__: kind
    for kind in (
        usual, lamin, stitched, rotated_mosaic, scale_bar, hot_pixels, bright_glow, vignetted,
        dim_beside_bright, cytoplasm, tiny, low_magnification, huge, noisy, noisy_denoised,
        mixed_sizes, rods, touching, chromocentres, saturated, striped, interlaced, out_of_focus,
        fibrous, autofluorescent, few_in_noise, no_nuclei_gradient, no_nuclei_noise,
        no_nuclei_smoothed_noise, no_nuclei_filtered_noise, no_nuclei_spots,
    )
}  # fmt: skip


def main() -> None:
    """Draw the kinds, segment them, and print the scores."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--network", type=Path, help="folder of another network than the package's")
    parser.add_argument("--seeds", type=int, default=3, help="images per kind")
    parser.add_argument("--kinds", help="comma-separated; all by default")
    given = parser.parse_args()
    torch.set_num_threads(1)
    network = builtin_network()
    if given.network:
        own = load_network(given.network)
        confidence = own.confidence_model or network.confidence_model
        network = replace(own, reader=network.reading, confidence_model=confidence)
    means = []
    for name in given.kinds.split(",") if given.kinds else KINDS:
        scores, counts = [], []
        for seed in range(given.seeds):
            image, labels = KINDS[name](generator(seed, name))
            reading = read_image(network, image)
            found = np.zeros(SHAPE, np.uint32)
            if not reading.empty:
                found = measure_image(network, image, reading).find().labels
            matched = f1(count_overlap(found, labels.astype(np.uint32)))
            scores.append(matched if labels.any() else float(not found.any()))
            counts.append(f"{found.max()}/{len(np.unique(labels)) - 1}")
        means.append(np.mean(scores))
        print(f"{name:26} F1 {means[-1]:.3f}  found/drawn {', '.join(counts)}", flush=True)
    print(f"mean {np.mean(means):.3f}, lowest {min(means):.3f}")


if __name__ == "__main__":
    main()
