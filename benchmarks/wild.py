"""The built-in model on every set, without any settings: sizes, F1 and its own confidence.

python benchmarks/wild.py --data DIR -o wild.jsonl [--plain] [--minutes 5] [--sets a,b]

``--plain`` adds the best plain threshold, chosen by labels and given the true diameter;
``--minutes`` adds a run trained on the images of the set.

Prints a row per set: ratio of the median diameter of the nuclei found to that of the labels, F1,
SEG, DICE, expected F1, and how well that ranks images. The file has a line per image. Labels are
used only for scoring.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from quality import PLAIN
from scipy.stats import spearmanr
from sets import SCORES, WILD, DataSet, Labelled, load_images, load_labelled

import adgan
from adgan.builtin.measured_image import measure_image
from adgan.builtin.network import Network, builtin_network, load_network
from adgan.builtin.reading import Reading
from adgan.builtin.survey import read_image
from adgan.metrics import all_scores
from adgan.metrics.field import tables
from adgan.metrics.matching import expected_f1
from adgan_bench.data import median_diameter
from adgan_bench.rivals.thresholds import segment_plainly


def read_images(network: Network, images: Sequence[np.ndarray]) -> list[Reading]:
    """Read several images; from the fourth on, the median diameter so far is tried first."""
    readings: list[Reading] = []
    for pixels in images:
        known = [reading.read_at for reading in readings if not reading.empty]
        likely = float(np.median(known)) if len(known) >= 3 else None
        readings.append(read_image(network, pixels, likely))
    return readings


def run_set(network: Network, data: Path, which: DataSet, most: int | None) -> list[dict]:
    """Return a record per labelled image of a set."""
    images = load_labelled(data, which)
    if most:
        images = images[:: -(-len(images) // most)]
    started = time.perf_counter()
    readings = read_images(network, [image.pixels for image in images])
    looked = (time.perf_counter() - started) / len(images)
    records = []
    for image, reading in zip(images, readings, strict=True):
        record = {"set": which.name, "image": image.name, "looked": round(looked, 3)}
        started = time.perf_counter()
        labels = np.zeros(image.pixels.shape, np.uint32)
        expected, number = 1.0, 0.0
        if not reading.empty:
            measured = measure_image(network, image.pixels, reading)
            found = measured.find()
            labels, number = found.labels, found.expected
        record["seconds"] = round(time.perf_counter() - started, 3)
        if not reading.empty:
            expected = measured.stability(found)
            expected *= expected_f1(found.confidence, found.missed)
        objects, field = tables(labels, image.truth.astype(np.uint32), which.band)
        scores = all_scores(objects, field)
        record |= {name: round(scores[name], 4) for name in SCORES}
        record |= {
            "expected": round(expected, 4),
            "whole_diameter": round(reading.diameter, 2),
            "diameter": round(median_diameter([labels]), 2),
            "true_diameter": round(median_diameter([image.truth]), 2),
            "inverted": reading.inverted,
            "found": int(labels.max()),
            "number": round(number, 1),
            "true": len(np.unique(image.truth)) - 1,
            "explained": round(reading.explained, 4),
            "megapixels": image.pixels.size / 1e6,
        }
        records.append(record)
    return records


def best_plain(images: Sequence[Labelled], which: DataSet) -> float:
    """Return the mean F1 of the best plain threshold on a set."""
    diameter = median_diameter([image.truth for image in images])

    def score(name: str, smoothing: str) -> float:
        found = [segment_plainly(i.pixels, name, smoothing, diameter) for i in images]
        return mean_scores(found, images, which)["f1"]

    return max(score(*way) for way in PLAIN)


def trained(
    data: Path, images: Sequence[Labelled], which: DataSet, minutes: float, seed: int
) -> dict[str, dict[str, float]]:
    """Train on all images of a set; return the mean scores of the run alone and of both models."""
    settings = {"schedule": {"minutes": minutes}, "seed": seed}
    pixels = [image.pixels for image in load_images(data, which)]
    with tempfile.TemporaryDirectory() as folder:
        model = adgan.train(pixels, Path(folder) / "run", adgan.fit_recipe(pixels, settings))
        alone = replace(model, recipe=model.recipe.model_copy(update={"umpire": False}))
        scores = {}
        for name, chosen in (("run", alone), ("both", model)):
            found = adgan.segment(chosen, [image.pixels for image in images])
            scores[name] = mean_scores([one.labels for one in found], images, which)
    return scores


def mean_scores(
    found: Sequence[np.ndarray], images: Sequence[Labelled], which: DataSet
) -> dict[str, float]:
    """Return the means of :data:`SCORES` over label maps."""
    scores = []
    for labels, image in zip(found, images, strict=True):
        objects, field = tables(labels.astype(np.uint32), image.truth.astype(np.uint32), which.band)
        scores.append(all_scores(objects, field))
    return {name: round(float(np.mean([one[name] for one in scores])), 4) for name in SCORES}


def row(name: str, records: Sequence[dict]) -> str:
    """Return the row of a set."""
    mean = {key: np.mean([r[key] for r in records]) for key in (*SCORES, "expected")}
    ratio = np.array([r["diameter"] / r["true_diameter"] for r in records if r["true"]])
    whole = np.nanmedian([r["diameter"] for r in records]) / np.nanmedian(
        [r["true_diameter"] for r in records]
    )
    error = np.mean([abs(r["f1"] - r["expected"]) for r in records])
    rate = sum(r["megapixels"] for r in records) / sum(r["seconds"] for r in records)
    scores = " ".join(f"{key} {value:.3f}" for key, value in mean.items())
    sizes = f"diameter x {whole:.2f} ({np.nanmin(ratio):.2f} to {np.nanmax(ratio):.2f})"
    return f"{name[:38]:38} {len(records):3} {scores} off {error:.3f} | {sizes} | {rate:.2f} Mpx/s"


def main() -> None:
    """Run the sets and print the rows."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--network", type=Path, help="folder of another network than the package's")
    parser.add_argument("--images", type=int, help="at most so many images per set")
    parser.add_argument("--plain", action="store_true", help="plain thresholds, too")
    parser.add_argument("--minutes", type=float, help="a trained run of so many minutes, too")
    parser.add_argument("--seed", type=int, default=0, help="of this run")
    parser.add_argument("--sets", help="comma-separated; all by default")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    network = load_network(given.network) if given.network else builtin_network()
    chosen = given.sets.split(",") if given.sets else list(WILD)
    every: list[dict] = []
    means = []
    for name in chosen:
        records = run_set(network, given.data, WILD[name], given.images)
        line, images = row(name, records), load_labelled(given.data, WILD[name])
        if given.images:
            images = images[:: -(-len(images) // given.images)]
        if given.plain:
            line += f" | plain {best_plain(images, WILD[name]):.3f}"
        if given.minutes:
            scores = trained(given.data, images, WILD[name], given.minutes, given.seed)
            for method, means_of in scores.items():
                line += f" | {method} " + " ".join(f"{k} {v:.3f}" for k, v in means_of.items())
            for record in records:
                record["trained"] = scores
        print(line, flush=True)
        every += records
        means.append(np.mean([r["f1"] for r in records]))
        if given.output:
            with given.output.open("a") as file:
                file.writelines(json.dumps(r) + "\n" for r in records)
    rank = spearmanr([r["f1"] for r in every], [r["expected"] for r in every]).statistic
    off = np.mean([abs(r["f1"] - r["expected"]) for r in every])
    print(f"mean F1 {np.mean(means):.3f}, worst {np.min(means):.3f}")
    print(f"expected F1: Spearman {rank:.2f} ({attainable(every):.2f} at best), off by {off:.3f}")


def attainable(records: Sequence[dict]) -> float:
    """Return the Spearman that the true chance of each nucleus to be right would reach.

    An image of few nuclei has a score of a few draws. Each image's F1 is taken for that chance,
    and drawn again for its number of nuclei; the median of 50 such sets is returned.
    """
    chances, numbers = (np.array([r[key] for r in records]) for key in ("f1", "true"))
    rng = np.random.default_rng(0)
    drawn = [rng.binomial(np.maximum(numbers, 1), chances) for _ in range(50)]
    ranks = [spearmanr(chances, found / np.maximum(numbers, 1)).statistic for found in drawn]
    return float(np.median(ranks))


if __name__ == "__main__":
    main()
