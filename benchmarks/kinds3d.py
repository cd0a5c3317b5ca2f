"""Score the built-in model on kinds of volumes that its training never draws.

python benchmarks/kinds3d.py [--network FOLDER] [--seeds 2] [--kinds usual,deskewed] [--blind]
                             [--coarser 2 4 4]

Each kind is drawn by a few lines here, which share no code with the scenes that the model learnt
from: unusual shapes, layouts and stains, artefacts of light sheets and of exports, and volumes
without nuclei. Voxels are 1 x 0.5 x 0.5 micrometres; `--blind` omits that. With
`--coarser`, blocks of voxels are averaged, as at low magnification. Prints the F1 and SEG of
each kind and the number of nuclei found and drawn. On a volume without nuclei, both are 1 if none
are found.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from scipy import ndimage
from worse import binned

from adgan.builtin.measured_image import measure_image
from adgan.builtin.network import builtin_network, load_network
from adgan.builtin.survey import read_image
from adgan.metrics import all_scores
from adgan.metrics.field import tables
from adgan.system.seeding import generator

SHAPE = (40, 160, 160)
VOXEL = (1.0, 0.5, 0.5)
"""Voxel size in micrometres."""
NUCLEUS_COUNTS = 1000
"""Intensity of a nucleus of median brightness above the background."""

Random = np.random.Generator
Drawn = tuple[np.ndarray, np.ndarray]
Z, Y, X = (
    np.arange(n).reshape([-1 if axis == k else 1 for k in range(3)]) * side
    for axis, (n, side) in enumerate(zip(SHAPE, VOXEL, strict=True))
)
EXTENT = np.multiply(SHAPE, VOXEL)


def blur(light: np.ndarray, sigma: float, along: float = 2.5) -> np.ndarray:
    """Blur by a standard deviation in micrometres, `along` times as long along Z."""
    return ndimage.gaussian_filter(light, (along * sigma / VOXEL[0], sigma / 0.5, sigma / 0.5))


def ellipsoids(
    rng: Random,
    number: int,
    radius: float,
    gap: float = 0.5,
    elongation: tuple[float, float] = (1, 1.5),
    spread: float = 0.12,
    flat: float = 1.0,
    inside_of: Callable[[np.ndarray], bool] = lambda centre: True,
    least: int = 30,
) -> np.ndarray:
    """Place ellipsoids of a radius in micrometres, `gap` apart at least; return their labels.

    Those of which the frame leaves fewer than `least` voxels are left out.
    """
    labels = np.zeros(SHAPE, np.int32)
    count = 0
    for _ in range(15 * number):
        if count == number:
            break
        size, ratio = radius * np.exp(rng.normal(0, spread)), rng.uniform(*elongation)
        axes = size * np.array([flat, 1, 1]) * np.array([1, 1, ratio]) / ratio ** (1 / 3)
        turn = rng.uniform(0, np.pi)
        centre = rng.uniform(0, EXTENT)
        if not inside_of(centre):
            continue
        z, y, x = Z - centre[0], Y - centre[1], X - centre[2]
        along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)

        def level(more: float, axes=axes, z=z, across=across, along=along) -> np.ndarray:
            a = axes + more
            return (z / a[0]) ** 2 + (across / a[1]) ** 2 + (along / a[2]) ** 2

        body = level(0) <= 1
        if not labels[level(gap) <= 1].any() and np.count_nonzero(body) >= least:
            count += 1
            labels[body] = count
    return labels


def lit(rng: Random, labels: np.ndarray, spread: float = 0.3) -> np.ndarray:
    """Return nuclei of different brightness, 1 in the median."""
    brightness = np.exp(rng.normal(0, spread, labels.max() + 1))
    brightness[0] = 0
    return brightness[labels]


def texture(rng: Random, amount: float = 0.3, scale: float = 1.0) -> np.ndarray:
    """Return a factor per voxel, log-normal with a standard deviation of `amount`."""
    noise = blur(rng.normal(size=SHAPE), scale, 1)
    return np.exp(amount * noise / noise.std())


def taken(rng: Random, light: np.ndarray, snr: float = 12, ground: float = 0.2) -> np.ndarray:
    """Add a background and noise."""
    noise = rng.normal(0, NUCLEUS_COUNTS / snr, light.shape)
    return (NUCLEUS_COUNTS * (ground + light) + noise).astype(np.float32)


def usual(rng: Random) -> Drawn:
    """Draw sixty nuclei of 4 micrometres, to which the artefacts below are added."""
    labels = ellipsoids(rng, 60, 4)
    return taken(rng, blur(lit(rng, labels) * texture(rng), 0.4)), labels


def deskewed(rng: Random) -> Drawn:
    """Cut two wedges to 0, as a light sheet that is deskewed has them."""
    image, labels = usual(rng)
    slope = Y + np.zeros(SHAPE) - 1.2 * Z
    outside = (slope < -8) | (slope > 50)
    return np.where(outside, 0, image), np.where(outside, 0, labels)


def sinking_light(rng: Random) -> Drawn:
    """Let nine tenths of the light be lost over the depth."""
    labels = ellipsoids(rng, 60, 4)
    light = blur(lit(rng, labels), 0.4) * np.exp(-Z / EXTENT[0] * 2.3)
    return taken(rng, light, 25, 0.1), labels


def striped_sheet(rng: Random) -> Drawn:
    """Draw shadows along one axis, as a light sheet has them."""
    image, labels = usual(rng)
    shadow = 1 - 0.6 * (blur(rng.normal(size=SHAPE), 1).mean(2, keepdims=True) > 0.02)
    return image * shadow, labels


def jumping_planes(rng: Random) -> Drawn:
    """Change the gain from plane to plane."""
    image, labels = usual(rng)
    return image * np.exp(rng.normal(0, 0.25, (SHAPE[0], 1, 1))), labels


def missing_planes(rng: Random) -> Drawn:
    """Leave two planes black."""
    image, labels = usual(rng)
    image[[11, 27]] = 0
    return image, labels


def bright_debris(rng: Random) -> Drawn:
    """Add specks twenty times as bright as nuclei."""
    image, labels = usual(rng)
    specks = np.zeros(SHAPE)
    specks[tuple(rng.integers(SHAPE, size=(12, 3)).T)] = 3000.0
    return image + NUCLEUS_COUNTS * blur(specks, 0.5, 2), labels


def hollow(rng: Random) -> Drawn:
    """Stain the envelopes of nuclei."""
    labels = ellipsoids(rng, 50, 5)
    depth = ndimage.distance_transform_edt(labels, sampling=VOXEL)
    rim = ((depth > 0) & (depth < 1.2)) + 0.15 * (labels > 0)
    return taken(rng, blur(lit(rng, labels) * rim, 0.3)), labels


def nucleoli(rng: Random) -> Drawn:
    """Draw plant nuclei: a large dark nucleolus in the middle."""
    labels = ellipsoids(rng, 50, 5)
    depth = ndimage.distance_transform_edt(labels, sampling=VOXEL)
    return taken(rng, blur(lit(rng, labels) * (1 - 0.85 * (depth > 2.5)), 0.3)), labels


def rods(rng: Random) -> Drawn:
    """Draw nuclei four times as long as wide."""
    labels = ellipsoids(rng, 60, 3.5, elongation=(3, 4.5))
    return taken(rng, blur(lit(rng, labels), 0.4)), labels


def low_magnification(rng: Random) -> Drawn:
    """Draw nuclei four voxels across."""
    labels = ellipsoids(rng, 400, 1, least=12)
    return taken(rng, blur(lit(rng, labels), 0.3, 1.5)), labels


def sheet_of_cells(rng: Random) -> Drawn:
    """Draw flat nuclei in one bent layer."""

    def near(centre: np.ndarray) -> bool:
        return abs(centre[0] - 20 - 10 * np.sin(centre[2] / 20)) < 2.5

    labels = ellipsoids(rng, 90, 4, gap=0.3, flat=0.5, inside_of=near)
    return taken(rng, blur(lit(rng, labels), 0.4)), labels


def spheroid(rng: Random) -> Drawn:
    """Draw a ball of touching nuclei with a dark core."""
    middle = EXTENT / 2

    def within(centre: np.ndarray) -> bool:
        return bool(8 < np.linalg.norm((centre - middle) * [1.6, 1, 1]) < 30)

    labels = ellipsoids(rng, 220, 3.2, gap=-0.2, inside_of=within)
    out = np.sqrt(((Z - middle[0]) * 1.6) ** 2 + (Y - middle[1]) ** 2 + (X - middle[2]) ** 2)
    return taken(rng, blur(lit(rng, labels), 0.5) * np.clip(out / 30, 0.25, 1)), labels


def packed(rng: Random) -> Drawn:
    """Fill the volume: every voxel within reach of the nearest of many seeds."""
    seeds = rng.uniform(0, EXTENT, (170, 3))
    places = np.stack(np.broadcast_arrays(Z, Y, X), -1).reshape(-1, 3)
    apart = np.stack([((places - seed) ** 2).sum(1) for seed in seeds])
    nearest = apart.argmin(0).reshape(SHAPE)
    first, second = np.sqrt(np.partition(apart, 1, axis=0)[:2])
    inside = ((second - first > 1.0) & (first < 5.5)).reshape(SHAPE)
    labels = np.where(inside, nearest + 1, 0)
    return taken(rng, blur(lit(rng, labels), 0.4)), labels


def mixed_sizes(rng: Random) -> Drawn:
    """Mix nuclei whose radii differ by a factor of two and a half."""
    labels = ellipsoids(rng, 60, 4, spread=0.45)
    return taken(rng, blur(lit(rng, labels), 0.4)), labels


def dim_beside_bright(rng: Random) -> Drawn:
    """Mix nuclei whose brightness differs by a factor of ten and more."""
    labels = ellipsoids(rng, 60, 4)
    return taken(rng, blur(lit(rng, labels, 0.9), 0.4), 40, 0.1), labels


def noisy(rng: Random) -> Drawn:
    """Draw nuclei half as bright as the noise."""
    labels = ellipsoids(rng, 60, 4)
    return taken(rng, blur(lit(rng, labels), 0.4), 0.7), labels


def denoised(rng: Random) -> Drawn:
    """The same, denoised with a median filter."""
    image, labels = noisy(rng)
    return ndimage.median_filter(image, (3, 5, 5)), labels


def few_gray_levels(rng: Random) -> Drawn:
    """Keep twelve levels of gray."""
    image, labels = usual(rng)
    return np.floor(np.clip(image / 200, 0, 11)), labels


def upside_down(rng: Random) -> Drawn:
    """Draw dark nuclei."""
    image, labels = usual(rng)
    return image.max() - image, labels


def large_offset(rng: Random) -> Drawn:
    """Add the offset of a camera that stores signed numbers."""
    image, labels = usual(rng)
    return image + 32_768, labels


def few(rng: Random) -> Drawn:
    """Draw three nuclei in an empty volume."""
    labels = ellipsoids(rng, 3, 4)
    return taken(rng, blur(lit(rng, labels), 0.4)), labels


def no_nuclei_noise(rng: Random) -> Drawn:
    """Draw noise alone."""
    return taken(rng, np.zeros(SHAPE)), np.zeros(SHAPE, int)


def no_nuclei_smoothed_noise(rng: Random) -> Drawn:
    """Draw smoothed noise alone."""
    return blur(taken(rng, np.zeros(SHAPE)), rng.uniform(0.3, 1.5)), np.zeros(SHAPE, int)


def no_nuclei_gradient(rng: Random) -> Drawn:
    """Draw a gradient alone."""
    light = np.broadcast_to(X / EXTENT[2] + Z / EXTENT[0], SHAPE)
    return taken(rng, light, 20), np.zeros(SHAPE, int)


KINDS: dict[str, Callable[[Random], Drawn]] = {
    kind.__name__: kind
    for kind in (
        usual, deskewed, sinking_light, striped_sheet, jumping_planes, missing_planes,
        bright_debris, hollow, nucleoli, rods, low_magnification, sheet_of_cells,
        spheroid, packed, mixed_sizes, dim_beside_bright, noisy, denoised, few_gray_levels,
        upside_down, large_offset, few, no_nuclei_noise, no_nuclei_smoothed_noise,
        no_nuclei_gradient,
    )
}  # fmt: skip


def main() -> None:
    """Draw the kinds, segment them, and print the scores."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--network", type=Path, help="folder of another network than the package's")
    parser.add_argument("--seeds", type=int, default=2, help="volumes per kind")
    parser.add_argument("--kinds", help="comma-separated; all by default")
    parser.add_argument("--blind", action="store_true", help="without the voxel size")
    parser.add_argument("--coarser", type=int, nargs=3, default=(1, 1, 1), help="voxels per block")
    given = parser.parse_args()
    torch.set_num_threads(1)
    network = load_network(given.network) if given.network else builtin_network(3)
    spacing = None if given.blind else tuple(np.multiply(VOXEL, given.coarser))
    means = []
    for name in given.kinds.split(",") if given.kinds else KINDS:
        scores, counts = [], []
        for seed in range(given.seeds):
            image, labels = binned(*KINDS[name](generator(seed, name)), given.coarser)
            reading = read_image(network, image, None, spacing)
            found = np.zeros(labels.shape, np.uint32)
            if not reading.empty:
                found = measure_image(network, image, reading).find().labels
            score = all_scores(*tables(found, labels.astype(np.uint32)))
            one = float(not found.any())
            scores.append((score["f1"], score["seg"]) if labels.any() else (one, one))
            counts.append(f"{found.max()}/{len(np.unique(labels)) - 1}")
        means.append(np.mean(scores, axis=0))
        f1, seg = means[-1]
        found_drawn = ", ".join(counts)
        print(f"{name:26} F1 {f1:.3f} SEG {seg:.3f}  found/drawn {found_drawn}", flush=True)
    f1, seg = np.mean(means, axis=0)
    print(f"mean {f1:.3f} (SEG {seg:.3f}), lowest {min(mean[0] for mean in means):.3f}")


if __name__ == "__main__":
    main()
