"""Compare the sizes of nuclei that are estimated from volumes with those of the labels.

    python benchmarks/sizes3d.py --data DIR [--sets bbbc050 stardist] [--blind]

The sets are those of ``wild3d.py``; `--blind` omits the voxel size. Labels are read only for
scoring. Each column is the ratio of the estimate to the labels of the surveyed volumes: diameter of
the ball of equal size, semi-major axis, number per volume, and length along Z relative to the
width. Only nuclei that the border leaves whole are measured; those that it cuts count half in the
number. Semi-major axes are those of nuclei that are shortened along Z until they are round.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from wild3d import load

from adgan import estimate_sizes
from adgan.labels.labelmap import cut_by_frame, means
from adgan.recipe.groups import reference_size

SETS = ("bbbc050", "arabidopsis", "nuclei3d", "stardist", "organoid", "five planes")
PIXELS_MIN = 20
"""Number of voxels of a nucleus below which its shape is not measured."""


def whole_nuclei(labels: np.ndarray, sides: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Return sizes ``(N,)`` and covariances ``(N, 3, 3)`` of the whole nuclei, and the number.

    Lengths are in voxels of the last axis, of which `sides` are the sides of a voxel.
    """
    number = int(labels.max()) + 1
    cut, pixels = cut_by_frame(labels)[1:], np.bincount(labels.ravel(), minlength=number)[1:]
    where = np.nonzero(labels)
    label, place = labels[where], [axis * side for axis, side in zip(where, sides, strict=True)]

    def mean(values: np.ndarray) -> np.ndarray:
        return means(values, label, number)[0][1:]

    spread = np.empty((number - 1, 3, 3))
    for i in range(3):
        for j in range(3):
            spread[:, i, j] = mean(place[i] * place[j]) - mean(place[i]) * mean(place[j])
    spread += np.diag(sides**2 / 12)
    whole = ~cut & (pixels > PIXELS_MIN)
    whole = whole if whole.any() else pixels > PIXELS_MIN
    return pixels[whole] * sides.prod(), spread[whole], float(((pixels > 0) * (1 - cut / 2)).sum())


def compare(name: str, data: Path | None, blind: bool) -> str:
    """Return the estimates of a set relative to its labels, as one line."""
    held, spacing = load(name, data)
    spacing = None if blind else spacing
    started = time.process_time()
    found = estimate_sizes([one.pixels for one in held], spacing)
    seconds = time.process_time() - started
    sides = np.divide(spacing, spacing[-1]) if spacing else np.ones(3)
    truths = [held[i].truth.astype(int) for i in found.images]
    sizes, spreads, numbers = zip(*(whole_nuclei(t, sides) for t in truths), strict=True)
    diameter = 2 * np.median(np.concatenate(sizes) * 3 / (4 * np.pi)) ** (1 / 3)
    spread = np.concatenate(spreads)
    length = np.median(np.sqrt(spread[:, 0, 0]) / (spread[:, 1, 1] * spread[:, 2, 2]) ** 0.25)
    round_ = spread / np.outer([length, 1, 1], [length, 1, 1])
    major = np.median(np.sqrt(5 * np.linalg.eigvalsh(round_)[:, -1]))
    density = sum(numbers) / (sum(t.size for t in truths) * sides.prod())
    estimated = np.mean(found.count) / reference_size(3) / found.elongation
    ratios: Sequence[float] = (
        found.diameter / diameter,
        found.median / major,
        estimated / density,
        found.elongation / length,
    )
    return f"{name:17}" + "".join(f"{ratio:12.2f}" for ratio in ratios) + f"{seconds:9.0f}"


def main() -> None:
    """Print one line per set."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder that holds bbbc050 and arabidopsis")
    parser.add_argument("--sets", nargs="+", default=SETS)
    parser.add_argument("--blind", action="store_true", help="without the voxel size")
    given = parser.parse_args()
    print("set                  diameter   semi-axis      number      length    CPU s")
    for name in given.sets:
        print(compare(name, given.data, given.blind), flush=True)


if __name__ == "__main__":
    main()
