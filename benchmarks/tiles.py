"""Compare masks of real images from tiles with shared statistics with those of whole images.

python benchmarks/tiles.py --data DIR --runs RUNS [--sets hela,gowt1]

RUNS is a folder from `quality.py --runs`; the run of seed 0 of each set is used.
"""

import argparse
from pathlib import Path

import numpy as np
from choices import some
from sets import choose, load_labelled

from adgan.models.adgan import IMAGE
from adgan.models.build import build_image
from adgan.models.decode import threshold_of
from adgan.models.translate import translate
from adgan.nn.grid import GENERATOR_STRIDE
from adgan.runs.checkpoint import Model, load


def agreement(model: Model, pixels: np.ndarray, side: int) -> float | None:
    """Return the DICE of the tiled and the whole mask, or None if one tile covers the image."""
    seen = build_image(model.recipe, pixels).seen
    if max(seen.shape) <= side:
        return None
    tiles = [(length,) * seen.ndim for length in (GENERATOR_STRIDE * max(seen.shape), side)]
    drawn = [translate(model.generator, seen, IMAGE, model.recipe.tiling, tile=t) for t in tiles]
    soft = [(mask + 1) / 2 for mask in drawn]
    whole, tiled = (mask >= threshold_of(model.recipe) for mask in soft)
    return float(2 * (whole & tiled).sum() / max(1, whole.sum() + tiled.sum()))


def main() -> None:
    """Print the lowest and the mean DICE of each set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder that holds the sets")
    parser.add_argument("--runs", type=Path, required=True, help="folder of runs")
    parser.add_argument("--sets", help="by default those of quality.py")
    parser.add_argument("--side", type=int, default=128, help="of a tile, at the working scale")
    parser.add_argument("--images", type=int, default=4, help="at most, a set")
    asked = parser.parse_args()
    for which in choose(asked.sets):
        model = load(asked.runs / f"{which.name}_0")
        images = some(load_labelled(asked.data, which), asked.images)
        found = [agreement(model, image.pixels, asked.side) for image in images]
        scores = [score for score in found if score is not None]
        if scores:
            mean = sum(scores) / len(scores)
            print(f"{which.name:10} lowest {min(scores):.4f}, mean {mean:.4f} ({len(scores)})")


if __name__ == "__main__":
    main()
