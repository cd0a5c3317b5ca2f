"""Measure what AD-GAN's pairs teach the built-in model: real-looking images of simulated masks.

python benchmarks/pairs.py --data DIR [--sets hacat20x,hela,intestine_widefield] [--seeds 3]
    [--steps 400] [--student 300] [--number 24] [-o pairs.jsonl] [--pictures FOLDER]

For each set and seed AD-GAN is trained on all images, without labels, and draws pairs. Then the
built-in model is fine-tuned without pairs, with pairs as one more source, and on pairs alone; all
labelled images are scored, without the vote of a run. With --pictures, some pairs are written, and
some real images, to look at.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from labels import label
from sets import SCORES, WILD, load_images, load_labelled
from wild import mean_scores

import adgan
from adgan.builtin.network import builtin_network
from adgan.builtin.reading import Reading
from adgan.builtin.survey import read_image
from adgan.io import write_png
from adgan.recipe.student import StudentSettings
from adgan.report.overlay import overlay
from adgan.student.learn import Seen, teach
from adgan.student.lesson import Lesson, take_labels
from adgan.synthesize import Pair

USUAL = StudentSettings()
WAYS = {
    "student": (USUAL.model_copy(update={"labelled": 0.0}), False),
    "and pairs": (USUAL.model_copy(update={"labelled": USUAL.scenes}), True),
    "pairs alone": (USUAL.model_copy(update={"scenes": 0.0, "images": 0.0}), True),
}
"""Settings of the student, and whether it sees pairs."""


def draw_pairs(
    pixels: Sequence[np.ndarray], steps: int, seed: int, number: int
) -> tuple[list[Pair], list[Pair]]:
    """Train AD-GAN; return its pairs, and its own nuclei in a few of the real images."""
    recipe = adgan.fit_recipe(pixels, {"schedule": {"steps": steps}, "seed": seed})
    recipe = recipe.model_copy(update={"umpire": False})
    with tempfile.TemporaryDirectory() as folder:
        model = adgan.train(pixels, Path(folder) / "run", recipe)
        size = tuple(min(n, 512) for n in pixels[0].shape)
        pairs = adgan.synthesize(model, n=number, size=size, seed=seed)
        found = adgan.segment(model, list(pixels[:3]))
        real = [(image, one.labels) for image, one in zip(pixels[:3], found, strict=True)]
    return pairs, real


def lessons_of(pairs: Sequence[Pair], readings: Sequence[Reading]) -> list[Lesson]:
    """Return pairs as labelled images, at the scale of the real ones."""
    usual = sorted(readings, key=lambda reading: reading.diameter)[len(readings) // 2]
    reading = replace(usual, inverted=False)
    return [take_labels(image, labels, reading) for image, labels in pairs if labels.any()]


def show(folder: Path, name: str, pairs: Sequence[Pair], real: Sequence[Pair]) -> None:
    """Write pairs and real images, each with its outlines."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, some in (("drawn", pairs[:3]), ("real", real)):
        for number, (image, labels) in enumerate(some):
            low, high = np.percentile(image, (0.5, 99.8))
            gray = np.sqrt(np.clip((image - low) / max(high - low, 1e-6), 0, 1))
            picture = overlay((255 * gray).astype(np.uint8), labels)
            write_png(folder / f"{name}_{kind}_{number}.png", picture)


def main() -> None:
    """Run sets and seeds, and print a row each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", default="hacat20x,hela,intestine_widefield")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=400, help="of AD-GAN")
    parser.add_argument("--student", type=int, default=300, help="steps of the student")
    parser.add_argument("--number", type=int, default=24, help="of pairs")
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--pictures", type=Path)
    given = parser.parse_args()
    torch.set_num_threads(1)
    network = builtin_network()
    for name in given.sets.split(","):
        which = WILD[name]
        pixels = [image.pixels for image in load_images(given.data, which)]
        images = load_labelled(given.data, which)
        seen = [Seen(one, read_image(network, one)) for one in pixels]
        seen = [one for one in seen if not one.reading.empty]
        readings = [read_image(network, image.pixels) for image in images]
        for seed in range(given.seeds):
            pairs, real = draw_pairs(pixels, given.steps, seed, given.number)
            lessons = lessons_of(pairs, [one.reading for one in seen])
            if given.pictures:
                show(given.pictures, f"{name}_{seed}", pairs, real)
            models = {"built-in": network}
            for way, (settings, sees) in WAYS.items():
                known = lessons if sees else []
                how = {"steps": given.student, "settings": settings, "seed": seed}
                models[way], _ = teach(network, seen, labelled=known, **how)
            for way, model in models.items():
                found = [label(model, *pair) for pair in zip(images, readings, strict=True)]
                scores = mean_scores(found, images, which)
                record = {"set": name, "seed": seed, "way": way} | scores
                said = " ".join(f"{score} {scores[score]:.3f}" for score in SCORES)
                print(f"{name[:20]:20} seed {seed} {way:12} {said}", flush=True)
                if given.output:
                    with given.output.open("a") as file:
                        file.write(json.dumps(record) + "\n")


if __name__ == "__main__":
    main()
