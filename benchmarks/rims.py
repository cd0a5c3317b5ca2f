"""Compare positions of boundaries: decode existing runs at several fractions of the intensity step.

python benchmarks/rims.py --data DIR --runs RUNS [--sets hela,bbbc050] [--rims 1:0.47 0.3:0.56]

RUNS is a folder from `quality.py --runs` or `volumes.py --runs`; all seeds of a set are used. A
boundary is written POWER:LEVEL, see :mod:`adgan.models.decode`.
"""

import argparse
from pathlib import Path

import numpy as np
from sets import SETS, DataSet, Labelled, load_labelled
from volumes import SIMULATED, load_set

import adgan
from adgan.image.prepare import Prepared
from adgan.models.adgan import IMAGE
from adgan.models.build import build_image
from adgan.models.decode import decode
from adgan.models.translate import translate
from adgan.recipe.recipe import Recipe
from adgan.runs.checkpoint import Model, load

SHOWN = ("dice", "pixel_precision", "pixel_recall", "f1", "seg", "op_csb")


def labelled(name: str, data: Path) -> tuple[list[Labelled], int]:
    """Return the scored images of a set, and the width of the border that is not scored."""
    if name == SIMULATED.name:
        return load_set(name, data)[1], 0
    which = SETS.get(name, DataSet(name))
    return load_labelled(data, which), which.band


def drawn(model: Model, images: list[Labelled]) -> list[tuple[Prepared, np.ndarray]]:
    """Return images as a network sees them, and its masks, 0 to 1."""
    seen = [build_image(model.recipe, i.pixels, model.recipe.data.spacing) for i in images]
    return [
        (s, (translate(model.generator, s.seen, IMAGE, model.recipe.tiling) + 1) / 2) for s in seen
    ]


def with_boundary(recipe: Recipe, power: float, level: float) -> Recipe:
    """Return a recipe whose boundaries lie at a fraction of the intensities to a power."""
    decoding = recipe.decoding
    moved = {"power": (power, power), "level": (level, level)}
    boundary = decoding.boundary.model_copy(update=moved)
    return recipe.model_copy(
        update={"decoding": decoding.model_copy(update={"boundary": boundary})}
    )


def main() -> None:
    """Print a line per run and boundary."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder that holds the sets")
    parser.add_argument("--runs", type=Path, required=True, help="folder of runs")
    parser.add_argument("--sets", help="by default all that there are runs of")
    parser.add_argument("--every", type=int, default=1, help="score one image of so many")
    parser.add_argument("--rims", nargs="+", default=["1:0.47", "0.3:0.56"])
    asked = parser.parse_args()
    for folder in sorted(path.parent for path in asked.runs.glob("*/recipe.json")):
        name = folder.name.rpartition("_")[0]
        if asked.sets and name not in asked.sets.split(","):
            continue
        model = load(folder)
        images, band = labelled(name, asked.data)
        images = images[:: asked.every]
        masks = drawn(model, images)
        for rim in asked.rims:
            recipe = with_boundary(model.recipe, *map(float, rim.split(":")))
            labels = [decode(recipe, seen, soft) for seen, soft in masks]
            found = adgan.evaluate(labels, [i.truth for i in images], ignore_border=band).mean
            print(f"{folder.name:14} {rim:9}", *(f"{s} {found[s]:.3f}" for s in SHOWN), flush=True)


if __name__ == "__main__":
    main()
