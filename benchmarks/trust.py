"""Compare estimates made without labels with the labels: sizes, confidence, verdicts, plans.

python benchmarks/trust.py --data DIR -o RESULTS.jsonl [--parts confidence] [--runs FOLDER]
"""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from broken import BROKEN, train_broken
from planned import WORKS, measure_plan
from runs import Record, Results, estimate_recipe, make_recipe, score
from sets import DEFAULT, DataSet, Labelled, choose, load_images, load_labelled
from trust_tables import show_broken, show_confidence, show_plan, show_sizes, show_typed
from worse import KINDS, worsen

import adgan
from adgan.image.scale import nearest
from adgan.metrics import f1, tables
from adgan.runs.checkpoint import Model
from adgan.survey.inspect import seen_in_frames
from adgan_bench.data import median_diameter


def trained(asked: argparse.Namespace, which: DataSet, seed: int, like: bool = True) -> Path:
    """Return a run of a set; train it unless it exists.

    Parameters
    ----------
    asked
        Options of the command line.
    which, seed
        The set and the random seed.
    like
        Use the sizes of the paper, if it has any; if False, estimate sizes from the images.
    """
    folder = asked.runs / f"{which.name}-{seed}-{asked.steps}{'' if like else '-estimated'}"
    if not finished(folder):
        schedule = {"schedule": {"steps": asked.steps}}
        if like and which.like:
            recipe = make_recipe(which, seed, schedule)
        else:
            recipe = estimate_recipe(asked.data, which, seed, schedule)
        adgan.train(
            asked.data / which.name / "images",
            folder,
            recipe,
            device=asked.device,
            overwrite=True,
        )
    return folder


def finished(folder: Path) -> bool:
    """Return True if a run is finished."""
    about = folder / "run.json"
    return about.exists() and bool(json.loads(about.read_text(encoding="utf-8")).get("finished"))


def run_sizes(results: Results, asked: argparse.Namespace) -> None:
    """Compare estimated sizes with the true ones."""
    for which in asked.chosen:

        def run(which: DataSet = which) -> Record:
            images = [i.pixels for i in load_images(asked.data, which)]
            found = adgan.estimate_sizes(images, which.spacing)
            truths = [i.truth for i in load_labelled(asked.data, which)]
            sides = np.divide(which.spacing, which.spacing[-1]) if which.spacing else 1.0
            seen, cut = seen_in_frames(found.diameter, [i.shape * sides for i in images])
            return {
                "found": found.diameter,
                "seen": seen,
                "cut": cut,
                "true": median_diameter(truths, which.spacing),
                "note": found.note,
            }

        results.once({"part": "sizes", "set": which.name}, run)


def run_typed(results: Results, asked: argparse.Namespace) -> None:
    """Compare training with estimated sizes and with those of the paper."""
    for which, seed, like in product_of(asked, (True, False)):
        if not which.like:
            continue

        def run(which: DataSet = which, seed: int = seed, like: bool = like) -> Record:
            folder, images = trained(asked, which, seed, like), load_labelled(asked.data, which)
            found = adgan.segment(folder, [i.pixels for i in images], device=asked.device)
            return {"scores": score([f.labels for f in found], images, which)}

        results.once(
            {"part": "typed", "set": which.name, "seed": seed, "steps": asked.steps, "like": like},
            run,
        )


def run_confidence(results: Results, asked: argparse.Namespace) -> None:
    """Segment and score images, both unchanged and degraded, with their confidence."""
    for which, seed, kind in product_of(asked, KINDS):

        def run(which: DataSet = which, seed: int = seed, kind: str = kind) -> Record:
            model = adgan.load(trained(asked, which, seed))
            return judge_set(model, asked, which, kind)

        results.once(
            {
                "part": "confidence", "set": which.name, "seed": seed, "steps": asked.steps,
                "kind": kind, "images": asked.images,
            },
            run,
        )  # fmt: skip


def judge_set(model: Model, asked: argparse.Namespace, which: DataSet, kind: str) -> Record:
    """Return F1 and confidence of some images, and IoU and confidence of their nuclei."""
    images = load_labelled(asked.data, which)
    chosen = np.unique(np.linspace(0, len(images) - 1, asked.images).astype(int))
    radius = usual_radius(which, images)
    record: dict[str, list[Any]] = {"f1": [], "image": [], "iou": [], "nuclei": []}
    for number in chosen:
        image = images[number]
        pixels = worsen(image.pixels, kind, radius, int(number))
        (found,) = adgan.segment(
            model, [pixels], options=adgan.SegmentOptions(confidence=True), device=asked.device
        )
        assert found.labels is not None and found.confidence is not None
        labels = nearest(found.labels, image.truth.shape)
        objects, _ = tables(labels, image.truth, which.band)
        iou = np.zeros(found.count + 1)
        np.maximum.at(iou, objects.predicted_labels[objects.predicted], objects.iou)
        counted = objects.predicted_labels
        record["f1"].append(round(f1(objects), 4))
        record["image"].append(round(found.confidence.image, 4))
        record["iou"] += iou[counted].round(3).tolist()
        record["nuclei"] += found.confidence.nuclei[counted - 1].round(4).tolist()
    return record


def usual_radius(which: DataSet, images: Sequence[Labelled]) -> float | np.ndarray:
    """Return the radius of nuclei in pixels; for volumes in voxels along each axis."""
    if which.spacing is None:
        return sum(which.settings()["scene"]["radius"]) / 2
    diameter = median_diameter([i.truth for i in images], which.spacing)
    return diameter / 2 * which.spacing[-1] / np.array(which.spacing)


def run_broken(results: Results, asked: argparse.Namespace) -> None:
    """Train runs that must fail, and good ones, and record their verdicts."""
    for which, seed, kind in product_of(asked, ("healthy", *BROKEN)):

        def run(which: DataSet = which, seed: int = seed, kind: str = kind) -> Record:
            if kind == "healthy":
                folder = trained(asked, which, seed)
            else:
                folder = asked.runs / f"{which.name}-{seed}-{asked.steps}-{kind}"
                train_broken(kind, asked, which, seed, folder)
            about = json.loads((folder / "run.json").read_text(encoding="utf-8"))
            return {"verdict": about["verdict"]}

        results.once(
            {"part": "broken", "set": which.name, "seed": seed, "steps": asked.steps, "kind": kind},
            run,
        )


def run_plan(results: Results, asked: argparse.Namespace) -> None:
    """Compare plans with the measured time and memory."""
    for which, seed, work in product_of(asked, WORKS):

        def run(which: DataSet = which, seed: int = seed, work: str = work) -> Record:
            folder = trained(asked, which, seed)
            images = asked.data / which.name / "images"
            return dict(measure_plan(work, images, folder, asked.steps, asked.device))

        results.once(
            {"part": "plan", "set": which.name, "seed": seed, "steps": asked.steps, "work": work},
            run,
        )


def product_of(asked: argparse.Namespace, kinds: Sequence[Any]) -> list[tuple[DataSet, int, Any]]:
    """Return all combinations, seed by seed, so that all sets have results early."""
    return [(w, s, k) for s in range(asked.seeds) for w in asked.chosen for k in kinds]


PARTS: dict[str, tuple[Callable[..., None], Callable[..., None]]] = {
    "sizes": (run_sizes, show_sizes),
    "typed": (run_typed, show_typed),
    "confidence": (run_confidence, show_confidence),
    "broken": (run_broken, show_broken),
    "plan": (run_plan, show_plan),
}


def main() -> None:
    """Run what is missing, then print each part."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="where runs are kept")
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--sets", default=",".join(DEFAULT))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--images", type=int, default=6, help="of each set, for confidence")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--show", action="store_true", help="print what is known, run nothing")
    asked = parser.parse_args()
    asked.chosen = choose(asked.sets)
    results = Results(asked.output)
    for part in asked.parts.split(","):
        run, show = PARTS[part]
        if not asked.show:
            run(results, asked)
        print(f"\n{part}")
        show([r for r in results.read() if r["key"]["part"] == part])


if __name__ == "__main__":
    main()
