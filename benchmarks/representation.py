"""Compare simulated masks: renderings of nuclei for different kinds of scenes.

python benchmarks/representation.py --data DIR -o RESULTS.jsonl [--masks dome] [--steps 500]
"""

import argparse
import statistics
import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any

from quality import TITLES, figure, show, spread
from runs import Record, Results, run_adgan
from sets import SCORES, DataSet, choose

from adgan.errors import AdganError

MASKS: dict[str, dict[str, Any]] = {
    "semantic": {"mask": "semantic"},
    "edge-.2": {"mask": "edge", "edge": 0.2},
    "edge-.35": {"mask": "edge", "edge": 0.35},
    "edge-.5": {"mask": "edge", "edge": 0.5},
    "dome": {"mask": "dome"},
}
"""Renderings; that of the paper is ``edge-.5``, as in its released experiments."""
SCENES: dict[str, dict[str, Any]] = {
    "apart": {"contact": 0.0, "overlap": 0.0, "irregularity": 0.0},
    "touching": {"contact": 0.4, "overlap": 0.05, "irregularity": 0.0},
    "wobbly": {"contact": 0.0, "overlap": 0.0, "irregularity": 0.1},
    "touching-wobbly": {"contact": 0.4, "overlap": 0.05, "irregularity": 0.1},
}
"""Kinds of scenes; that of the paper is ``apart``."""


def key_of(mask: str, scene: str, which: DataSet, seed: int, asked: argparse.Namespace) -> Record:
    """Return the key of a result, which holds the settings themselves instead of their names."""
    return {
        "method": "adgan",
        "set": which.name,
        "seed": seed,
        "scene": MASKS[mask] | SCENES[scene],
        "schedule": schedule_of(asked),
        "device": asked.device,
    }


def schedule_of(asked: argparse.Namespace) -> Record:
    """Return the length of the training as settings of the recipe."""
    return {"steps": asked.steps} if asked.steps else {"minutes": asked.minutes}


def run_all(results: Results, asked: argparse.Namespace, trials: Sequence[tuple]) -> None:
    """Run what the file does not hold yet, seed by seed."""
    for seed, which, (mask, scene) in product(range(asked.seeds), choose(asked.sets), trials):
        key = key_of(mask, scene, which, seed, asked)
        settings = {"task": "instance", "scene": key["scene"], "schedule": key["schedule"]}

        def run(which: DataSet = which, seed: int = seed, over: Record = settings) -> Record:
            return run_adgan(asked.data, which, seed, over, asked.device)

        results.once(key, run)


def rows_of(
    records: Sequence[Record], asked: argparse.Namespace, trials: Sequence[tuple]
) -> list[list[str]]:
    """Return one row per trial: mean of each score over sets, spread over seeds, and F1 per set.

    Seeds without results for all sets are left out, as means over different sets are not
    comparable.
    """
    chosen = choose(asked.sets)
    table = []
    for mask, scene in trials:
        seeds = []
        for seed in range(asked.seeds):
            keys = [key_of(mask, scene, which, seed, asked) for which in chosen]
            found = [r["scores"]["mean"] for key in keys for r in records if r["key"] == key]
            if len(found) == len(chosen):
                seeds.append(found)
        means = {s: [statistics.fmean(m[s] for m in found) for found in seeds] for s in SCORES}
        alone = (
            figure(statistics.fmean(found[k]["f1"] for found in seeds) if seeds else None)
            for k in range(len(chosen))
        )
        table.append([mask, scene, *(spread(means[s]) for s in SCORES), *alone])
    return table


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder that holds the sets")
    parser.add_argument("-o", "--output", type=Path, required=True, help="results, JSON lines")
    parser.add_argument("--sets", help="comma-separated names")
    parser.add_argument("--masks", help=f"of {', '.join(MASKS)}; default all")
    parser.add_argument("--scenes", help=f"of {', '.join(SCENES)}; default all")
    parser.add_argument("--seeds", type=int, default=3, help="how many, from 0")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=float, default=5.0, help="of training")
    length.add_argument("--steps", type=int, help="of training, in place of minutes")
    parser.add_argument("--device", choices=["cpu", "cuda", "mps"], default="cpu")
    parser.add_argument("--table", action="store_true", help="only print what the file holds")
    asked = parser.parse_args(arguments)
    if asked.data is None and not asked.table:
        parser.error("--data is needed to run; --table prints what the file holds")
    return asked


def pick(names: str | None, known: dict[str, Any]) -> list[str]:
    """Return the names of a comma-separated list, or all that are known."""
    chosen = names.split(",") if names else list(known)
    for name in chosen:
        if name not in known:
            raise AdganError(f"'{name}' is not known: choose from {', '.join(known)}")
    return chosen


def main() -> None:
    """Run what is missing and print the table."""
    asked = parse()
    trials = list(product(pick(asked.masks, MASKS), pick(asked.scenes, SCENES)))
    results = Results(asked.output)
    if not asked.table:
        run_all(results, asked, trials)
    rows = rows_of(results.read(), asked, trials)
    names = [f"F1 {which.name}" for which in choose(asked.sets)]
    length = f"{asked.steps} steps" if asked.steps else f"{asked.minutes:g} minutes"
    header = ("mask", "scene", *(TITLES[s] for s in SCORES), *names)
    show(f"means over sets, {length} on {asked.device}", header, rows)


if __name__ == "__main__":
    try:
        main()
    except AdganError as error:
        sys.exit(f"error: {error}")
