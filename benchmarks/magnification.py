"""The built-in model on real images made coarser, as objectives of lower magnification show them.

python benchmarks/magnification.py --data DIR [--sets hela,bbbc039] [--diameters 3.5,5,7]
                                   [--images 4] [--smallest 3]

Blocks of pixels are averaged, as a camera with larger pixels would, until the nuclei of a set are
about as large as asked. `--smallest` replaces the diameter in pixels below which an object is too
small for a nucleus. Prints true and read diameters, F1, SEG, and the images read as empty. Labels
are read only for scoring.
"""

import argparse
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from sets import WILD, load_labelled
from worse import binned

from adgan.builtin.measured_image import measure_image
from adgan.builtin.network import builtin_network
from adgan.builtin.settings import SEARCH
from adgan.builtin.survey import read_image
from adgan.metrics import all_scores
from adgan.metrics.field import tables
from adgan_bench.data import median_diameter


def main() -> None:
    """Print a row per set and diameter."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", default="hela,bbbc039,hacat20x,dsb_noisy_512x640")
    parser.add_argument("--diameters", default="3.5,4.2,5,7", help="of nuclei, in pixels")
    parser.add_argument("--images", type=int, default=4, help="at most so many per set")
    parser.add_argument("--smallest", type=float, help="default: that of the package")
    given = parser.parse_args()
    torch.set_num_threads(1)
    if given.smallest:
        SEARCH[2] = replace(SEARCH[2], smallest=given.smallest)
    network, scores = builtin_network(), []
    for name in given.sets.split(","):
        images = load_labelled(given.data, WILD[name])
        images = images[:: -(-len(images) // given.images)]
        usual = median_diameter([image.truth for image in images])
        for factor in sorted({round(usual / float(d)) for d in given.diameters.split(",")} - {0}):
            rows = []
            for image in images:
                pixels, truth = binned(image.pixels, image.truth, (factor, factor))
                reading, found = read_image(network, pixels), np.zeros(truth.shape, np.uint32)
                if not reading.empty:
                    found = measure_image(network, pixels, reading).find().labels
                score = all_scores(*tables(found, truth))
                rows.append((median_diameter([truth]), reading.diameter, score["f1"], score["seg"]))
            true, read, f1, seg = zip(*rows, strict=True)
            empty = sum(map(math.isnan, read))
            seen = np.nanmean(read) if empty < len(read) else math.nan
            scores.append((np.mean(f1), np.mean(seg)))
            print(
                f"{name:24} 1/{factor:<3} diameter {np.mean(true):4.1f} read {seen:4.1f}  "
                f"F1 {np.mean(f1):.3f} SEG {np.mean(seg):.3f}  empty {empty}/{len(rows)}",
                flush=True,
            )
    f1, seg = np.mean(scores, axis=0)
    print(f"mean F1 {f1:.3f}, SEG {seg:.3f}")


if __name__ == "__main__":
    main()
