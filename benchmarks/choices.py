"""Compare weights and threshold that are chosen without labels with the best choice by labels.

python benchmarks/choices.py --data DIR -o RESULTS.jsonl --runs FOLDER [--sets gowt1] [--seeds 3]
"""

import argparse
import statistics
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from runs import Record, Results, ended, make_recipe, score
from sets import DataSet, Labelled, choose, load_labelled

import adgan
from adgan.runs import CHECKS, KEPT
from adgan.runs.checkpoint import Model, load
from adgan.runs.tables import read_rows
from adgan.runs.tensors import load_tensors
from adgan.runs.weights import assign
from adgan.training.course import choose as choose_weights

THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
COMPARED = ("dice", "f1", "op_csb")


def trained(asked: argparse.Namespace, which: DataSet, seed: int) -> Path:
    """Return a run that keeps the weights of every check; train it unless it exists."""
    folder = asked.runs / f"{which.name}_{seed}_{asked.steps}"
    if not ended(folder):
        schedule = {"steps": asked.steps, "keep": True, "patience": asked.steps}
        recipe = make_recipe(which, seed, {"schedule": schedule})
        adgan.train(asked.data / which.name / "images", folder, recipe, overwrite=True)
    return folder


def some(images: Sequence[Labelled], most: int) -> list[Labelled]:
    """Return at most `most` images, evenly spread."""
    return [images[i] for i in np.unique(np.linspace(0, len(images) - 1, most).astype(int))]


def scored(
    model: Model, images: Sequence[Labelled], which: DataSet, threshold: float | None = None
) -> dict[str, float]:
    """Return the mean scores of a model on images."""
    found = adgan.segment(
        model, [i.pixels for i in images], options=adgan.SegmentOptions(threshold=threshold)
    )
    mean = score([f.labels for f in found], images, which)["mean"]
    return {name: round(mean[name], 4) for name in COMPARED}


def run(asked: argparse.Namespace, which: DataSet, seed: int) -> Record:
    """Score the weights of every check, and the chosen ones at every threshold."""
    folder = trained(asked, which, seed)
    images = some(load_labelled(asked.data, which), asked.images)
    checks = read_rows(folder / CHECKS)
    model = load(folder)
    thresholds = {str(t): scored(model, images, which, t) for t in THRESHOLDS}
    thresholds["chosen"] = scored(model, images, which)
    weights = []
    for row in checks:
        path = folder / KEPT / f"step_{int(row['step']):06d}.safetensors"
        assign(model.generator, load_tensors(path), path)
        weights.append({**row, **scored(model, images, which)})
    return {
        "thresholds": thresholds,
        "weights": weights,
        "chosen": checks.index(choose_weights(checks, model.recipe.schedule.sound)),
    }


def show(records: Sequence[Record]) -> None:
    """Print the loss by the choices, one line per run, and then the means."""
    names = [f"{what} {score}" for what in ("weights", "last", "threshold") for score in COMPARED]
    print("lost to the best that labels pick: weights chosen, weights of the last step, threshold")
    print(f"{'':14}" + " ".join(f"{name:>16}" for name in names))
    table = []
    for record in records:
        weights, chosen = record["weights"], record["weights"][record["chosen"]]
        levels = record["thresholds"]
        lost = [max(w[s] for w in weights) - chosen[s] for s in COMPARED]
        lost += [max(w[s] for w in weights) - weights[-1][s] for s in COMPARED]
        lost += [max(t[s] for t in levels.values()) - levels["chosen"][s] for s in COMPARED]
        table.append(lost)
        name = f"{record['key']['set']} {record['key']['seed']}"
        print(f"{name:14}" + " ".join(f"{value:16.3f}" for value in lost))
    if table:
        means = [statistics.fmean(column) for column in zip(*table, strict=True)]
        print(f"{'mean':14}" + " ".join(f"{value:16.3f}" for value in means))


def main() -> None:
    """Run what is missing, then print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder that holds the sets")
    parser.add_argument("-o", "--output", type=Path, required=True, help="results, JSON lines")
    parser.add_argument("--runs", type=Path, required=True, help="where runs are kept and found")
    parser.add_argument("--sets", help="by default those of quality.py")
    parser.add_argument("--seeds", type=int, default=3, help="how many, from 0")
    parser.add_argument("--steps", type=int, default=900, help="of training, all tries together")
    parser.add_argument("--images", type=int, default=8, help="at most, scored a set")
    asked = parser.parse_args()
    results = Results(asked.output)
    for seed in range(asked.seeds):
        for which in choose(asked.sets):
            key = {"set": which.name, "seed": seed, "steps": asked.steps, "images": asked.images}
            results.once(key, lambda w=which, s=seed: run(asked, w, s))
    show(results.read())


if __name__ == "__main__":
    main()
