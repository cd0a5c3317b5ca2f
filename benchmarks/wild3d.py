"""The built-in model on volumes, without training and with at most the voxel size given.

python benchmarks/wild3d.py --data DIR -o wild3d.jsonl [--sets bbbc050 organoid] [--blind]

Besides real sets there are simulated ones that are known to be difficult: an organoid of blurred
balls, the same with everything outside set to 0, a stack of five planes, and five planes of flat,
textured nuclei of cells on a substrate. `--blind` omits the voxel size. If the StarDist package is
installed, its dense volume of flat nuclei is a set as well.
"""

import argparse
import json
import math
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import tifffile
from scipy import ndimage
from sets import Labelled
from volumes import SETS, load_set

from adgan.builtin.measured_image import measure_image
from adgan.builtin.network import Network, builtin_network, load_network
from adgan.builtin.survey import read_image
from adgan.metrics import all_scores
from adgan.metrics.field import tables
from adgan.metrics.matching import expected_f1
from adgan_bench.data import median_diameter

SHOWN = ("dice", "f1", "seg")
VOXEL = (2.0, 0.26, 0.26)
"""Voxel size of the simulated organoids, in micrometres."""
ADHERENT_VOXEL = (1.0, 0.2, 0.2)
"""Voxel size of the simulated cells on a substrate, in micrometres."""
BALL, LIGHT, NEAR, FAR = 3.0, 20_000.0, 1.0, 3.0
"""Radius of a nucleus, its intensity, and the standard deviations of two blurs, the wide one with a
weight of one tenth; lengths are in micrometres."""


def organoid(seed: int, cleaned: bool = False, planes: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Return a blurred volume of balls in a ball, and its labels."""
    rng, spacing = np.random.default_rng(seed), np.array(VOXEL)
    shape = (planes, 250, 250)
    extent = spacing * shape
    centres: list[np.ndarray] = []
    for _ in range(20_000):
        step = rng.normal(size=3)
        centre = extent / 2 + step * 26 * rng.random() ** (1 / 3) / np.linalg.norm(step)
        if any(np.linalg.norm(centre - other) < 2.1 * BALL for other in centres):
            continue
        if planes > 8 and ((centre < BALL).any() or (centre > extent - BALL).any()):
            continue
        centres.append(centre)
        if len(centres) == 60:
            break
    axes = [(np.arange(n) + 0.5) * s for n, s in zip(shape, spacing, strict=True)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
    labels = np.zeros(shape, np.uint32)
    for label, centre in enumerate(centres, start=1):
        stretch = rng.uniform(0.9, 1.1, 3)
        labels[np.linalg.norm((grid - centre) / stretch, axis=-1) < BALL] = label
    light = LIGHT * (labels > 0)
    light = ndimage.gaussian_filter(light, NEAR / spacing) + 0.1 * ndimage.gaussian_filter(
        light, FAR / spacing
    )
    image = 20.0 * rng.poisson(light / 20)
    if cleaned:
        away = ndimage.distance_transform_edt(labels == 0, sampling=spacing)
        image[away > 0.5 * BALL] = 0
    return image, labels


def adherent(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return five planes through flat nuclei of cells on a substrate, and their labels.

    The stack begins in the middle of the nuclei, which are 15 micrometres wide and 8 high, with
    coarse chromatin and dark nucleoli.
    """
    rng, shape = np.random.default_rng(seed), (5, 440, 512)
    axes = [(np.arange(n) + 0.5) * s for n, s in zip(shape, ADHERENT_VOXEL, strict=True)]
    z, y, x = np.meshgrid(*axes, indexing="ij", sparse=True)
    labels, nucleoli = np.zeros(shape, np.uint32), np.zeros(shape)
    centres: list[tuple[float, float]] = []
    while len(centres) < 10:
        down, across = rng.uniform(4, 84), rng.uniform(4, 98)
        if any(math.hypot(down - a, across - b) < 16.5 for a, b in centres):
            continue
        centres.append((down, across))
        stretch, turn = rng.uniform(1, 1.35), rng.uniform(0, math.pi)
        u = (y - down) * math.cos(turn) + (x - across) * math.sin(turn)
        v = (x - across) * math.cos(turn) - (y - down) * math.sin(turn)
        inside = (u / stretch) ** 2 + (v * stretch) ** 2 + (7.5 / 4 * (z - 0.5)) ** 2 < 7.5**2
        labels[inside] = len(centres)
        places = np.argwhere(inside) * ADHERENT_VOXEL
        for a, b, c in places[rng.integers(len(places), size=rng.poisson(3))]:
            nucleoli += np.exp(-(((z - a) / 2) ** 2 + (y - b) ** 2 + (x - c) ** 2))
    brightness = np.append(0, np.exp(rng.normal(0, 0.5, len(centres))))
    grain = ndimage.gaussian_filter(rng.normal(size=shape), (2, 4, 4))
    light = brightness[labels] * np.exp(0.5 * grain / grain.std() - nucleoli)
    return rng.poisson(40 * ndimage.gaussian_filter(light, (0.8, 1, 1)) + 4), labels


def simulated(draw: Callable[[int], tuple[np.ndarray, np.ndarray]]) -> list[Labelled]:
    """Return three such volumes."""
    drawn = [draw(seed) for seed in range(3)]
    return [Labelled(str(k), image, labels) for k, (image, labels) in enumerate(drawn)]


MADE = {
    "organoid": (organoid, VOXEL),
    "cleaned organoid": (partial(organoid, cleaned=True), VOXEL),
    "five planes": (partial(organoid, planes=5), VOXEL),
    "adherent": (adherent, ADHERENT_VOXEL),
}
"""How simulated volumes are drawn, and their voxel size in micrometres."""


def load(name: str, data: Path | None) -> tuple[list[Labelled], tuple[float, ...] | None]:
    """Return the volumes of a set with their labels, and their voxel size if known."""
    if name in MADE:
        draw, spacing = MADE[name]
        return simulated(draw), spacing
    if name == "stardist":
        spec = find_spec("stardist")
        assert spec and spec.submodule_search_locations
        folder = Path(spec.submodule_search_locations[0]) / "data" / "images"
        image, labels = (tifffile.imread(folder / f"{part}3d.tif") for part in ("img", "mask"))
        return [Labelled("img3d", image, labels.astype(np.uint32))], None
    return load_set(name, data)[1], SETS[name].spacing


def run_set(
    network: Network, held: Sequence[Labelled], spacing: tuple[float, ...] | None
) -> list[dict]:
    """Return a record per volume."""
    records = []
    for one in held:
        started = time.perf_counter()
        reading = read_image(network, one.pixels, None, spacing)
        record = {"image": one.name, "read": round(time.perf_counter() - started, 1)}
        labels, expected = np.zeros(one.truth.shape, np.uint32), 0.0
        if not reading.empty:
            image = measure_image(network, one.pixels, reading)
            found = image.find()
            labels = found.labels
            expected = expected_f1(found.confidence, found.missed)
            expected *= image.stability(found)
        scores = all_scores(*tables(labels, one.truth))
        records.append(
            record
            | {name: round(scores[name], 4) for name in SHOWN}
            | {
                "expected": round(expected, 4),
                "diameter": round(reading.diameter, 2),
                "planes": round(reading.spacing[0], 3),
                "seconds": round(time.perf_counter() - started, 1),
            }
        )
    return records


def main() -> None:
    """Run the sets and print a row for each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--sets", nargs="+")
    parser.add_argument("--images", type=int, help="at most, of each set")
    parser.add_argument("--blind", action="store_true", help="without the voxel size")
    parser.add_argument("--network", type=Path, help="another than the one in the package")
    given = parser.parse_args()
    network = load_network(given.network) if given.network else builtin_network(3)
    names = given.sets or [
        *(SETS if given.data else ["nuclei3d"]),
        *MADE,
        *(["stardist"] if find_spec("stardist") else []),
    ]
    for name in names:
        held, spacing = load(name, given.data)
        step = -(-len(held) // given.images) if given.images else 1
        records = run_set(network, held[::step], None if given.blind else spacing)
        with given.output.open("a") as file:
            for record in records:
                key = {"set": name, "blind": given.blind}
                file.write(json.dumps(key | record) + "\n")
        means = {n: float(np.mean([r[n] for r in records])) for n in (*SHOWN, "expected")}
        true = median_diameter([one.truth for one in held])
        told = float(np.median([r["diameter"] for r in records]))
        print(
            f"{name:17} {len(records):3} volumes  "
            + "  ".join(f"{n} {value:.3f}" for n, value in means.items())
            + f"  diameter {told:.1f} (in voxels {true:.1f})",
            flush=True,
        )


if __name__ == "__main__":
    main()
