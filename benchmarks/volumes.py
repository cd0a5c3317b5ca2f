"""Quality on volumes: AD-GAN, given only the voxel size, and plain thresholds.

python benchmarks/volumes.py --data DIR -o RESULTS.jsonl [--sets bbbc050,nuclei3d] [--seeds 3]
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from quality import PLAIN, TITLES, figure, plain_key, show, spread, verdict
from runs import Record, Results, ended, score
from sets import SCORES, DataSet, Labelled, load_images, load_labelled
from sets import SETS as REAL

import adgan
from adgan.errors import AdganError
from adgan.runs.checkpoint import load
from adgan.runs.record import read_run
from adgan.synth.samples import simulated_sample
from adgan_bench.data import median_diameter
from adgan_bench.rivals.thresholds import segment_plainly

HEADER = ("set", "score", "Otsu", "best plain", "ours", "target")


SIMULATED = DataSet("nuclei3d", spacing=(2.0, 0.5, 0.5), target={"dice": 0.90, "f1": 0.90})
SETS = {which.name: which for which in (REAL["bbbc050"], REAL["arabidopsis"], SIMULATED)}
MINUTES = {"bbbc050": 15, "arabidopsis": 15, "nuclei3d": 10}
"""Longest training, in minutes."""
SEEN, HELD = 8, 4
"""Number of simulated volumes to train on, and to score."""


def load_set(name: str, data: Path | None) -> tuple[list[np.ndarray], list[Labelled]]:
    """Return the volumes to train on, and those to score with their labels."""
    if name == SIMULATED.name:
        drawn = simulated_sample(name, images=SEEN + HELD)
        held = [Labelled(str(k), image, truth) for k, (image, truth, _) in enumerate(drawn)]
        return [image for image, _, _ in drawn[:SEEN]], held[SEEN:]
    if data is None:
        raise AdganError(f"--data is needed for {name}: the folder that holds it")
    which = SETS[name]
    return [i.pixels for i in load_images(data, which)], load_labelled(data, which)


def run_adgan(name: str, seed: int, asked: argparse.Namespace) -> Record:
    """Train and segment like a user who gives only the voxel size."""
    which = SETS[name]
    images, held = load_set(name, asked.data)
    settings = {
        "seed": seed,
        "schedule": {"minutes": asked.minutes or MINUTES[name]},
        "data": {"spacing": which.spacing},
    }
    folder = asked.runs / f"{name}_{seed}"
    if not ended(folder):
        recipe = adgan.fit_recipe(images, settings)
        adgan.train(images, folder, recipe, device=asked.device, overwrite=True)
    if not ended(folder):
        # Ctrl-C ends a training cleanly, but an unfinished training is not a result.
        raise KeyboardInterrupt
    about, started = read_run(folder), time.monotonic()
    found = adgan.segment(load(folder), [i.pixels for i in held], device=asked.device)
    return {
        "scores": score([f.labels for f in found], held, which),
        "steps": about["steps"],
        "verdict": about["verdict"],
        "seconds": round(about["seconds"], 1),
        "segment_seconds": round(time.monotonic() - started, 1),
        "images": len(held),
    }


def run_plain(results: Results, name: str, asked: argparse.Namespace) -> None:
    """Score each plain threshold, given the true diameter in voxels."""
    _, held = load_set(name, asked.data)
    diameter = median_diameter([image.truth for image in held])
    for threshold, smoothing in PLAIN:

        def run(threshold: str = threshold, smoothing: str = smoothing) -> Record:
            found = [segment_plainly(i.pixels, threshold, smoothing, diameter) for i in held]
            return {"scores": score(found, held, SETS[name])}

        results.once(plain_key(threshold, smoothing, SETS[name]), run)


def key_of(name: str, seed: int, asked: argparse.Namespace) -> Record:
    """Return the key of a result of AD-GAN."""
    minutes = asked.minutes or MINUTES[name]
    return {"method": "adgan", "set": name, "seed": seed, "minutes": minutes}


def rows_of(records: Sequence[Record], asked: argparse.Namespace) -> list[list[str]]:
    """Return one row per set and score."""

    def values(keys: Sequence[Record], name: str) -> list[float]:
        return [r["scores"]["mean"][name] for r in records if r["key"] in keys]

    rows = []
    for which in asked.chosen:
        for name in SCORES:
            plain = {
                p: found[0] for p in PLAIN if (found := values([plain_key(*p, SETS[which])], name))
            }
            best = max(plain, key=lambda p: plain[p], default=None)
            otsu = max((v for (t, _), v in plain.items() if t == "otsu"), default=None)
            ours = values([key_of(which, seed, asked) for seed in range(asked.seeds)], name)
            title = f"{figure(plain[best])} {' '.join(best)}" if best else "-"
            told = verdict(ours, SETS[which].target.get(name))
            rows.append([which, TITLES[name], figure(otsu), title, spread(ours), told])
    return rows


def main() -> None:
    """Run what is missing and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder that holds bbbc050 and arabidopsis")
    parser.add_argument("-o", "--output", type=Path, required=True, help="results, JSON lines")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="where runs are kept")
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--seeds", type=int, default=3, help="how many, from 0")
    parser.add_argument("--minutes", type=float, help="of training (default: that of each set)")
    parser.add_argument("--device", choices=["cpu", "cuda", "mps"], default="cpu")
    parser.add_argument("--table", action="store_true", help="only print what the file holds")
    asked = parser.parse_args()
    asked.chosen = asked.sets.split(",")
    if unknown := [name for name in asked.chosen if name not in SETS]:
        parser.error(f"no set is called '{unknown[0]}': choose from {', '.join(SETS)}")
    results = Results(asked.output)
    if not asked.table:
        for name in asked.chosen:
            run_plain(results, name, asked)
        for seed in range(asked.seeds):
            for name in asked.chosen:
                results.once(
                    key_of(name, seed, asked), lambda n=name, s=seed: run_adgan(n, s, asked)
                )
    show("volumes, means over images", HEADER, rows_of(results.read(), asked))


if __name__ == "__main__":
    try:
        main()
    except AdganError as error:
        sys.exit(f"error: {error}")
