"""Speed and memory of `adgan segment` from 1 megapixel to gigapixels, and over many images.

python benchmarks/scale.py [--sides 1024,4096,20000] [--images 50,500] [--workers 1,2] [--run RUN]

A slide consists of copies of a simulated scene of 1024 x 1024 pixels, every other one mirrored,
each with noise of its own. It is written window by window as a tiled BigTIFF, so that its size does
not affect the memory for making it. Every measurement runs in another process, whose peak memory is
read from the system. `--blocks` segments a slide twice, in blocks of two sizes, and counts the
nuclei that differ. Each number of `--workers` is compared with as many processes that share the
images by `--part`, which shows what the machine can do. `--alone` compares as many calls with one
image each with one call for all.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import tifffile
from processes import ADGAN, measured

import adgan
from adgan.io import read_labels, write_gray
from adgan.metrics import count_overlap
from adgan.synth.microscope import MicroscopeSpec, microscope
from adgan.synth.render import render
from adgan.synth.scene import SceneSpec, sample_scene
from adgan.system.seeding import generator

SCENE, TILE = 1024, 512
NOISE = 0.02
"""Standard deviation of the noise of a tile, relative to the highest intensity of the scene."""
CUT = (
    "import sys, adgan.segmentation.size as b; "
    "b.BLOCK_LIMITS = b.BlockLimits(pixels_max=int(float(sys.argv.pop(1)) * 2**20)); "
)


def draw(radius: float) -> np.ndarray:
    """Simulate the scene, uint16, with nuclei of about a radius in pixels."""
    count = 0.36 * 256**2 / (np.pi * radius**2)
    spec = SceneSpec((0.8 * radius, 1.2 * radius), (count, count), contact=0.3)
    labels = render(sample_scene(generator(0, "scale"), spec, (SCENE, SCENE)))
    return microscope(generator(0, "light"), labels, MicroscopeSpec())


def tiles(scene: np.ndarray, side: int) -> Iterator[np.ndarray]:
    """Yield the tiles of a slide, row by row."""
    turned = [scene, scene[::-1], scene[:, ::-1], scene[::-1, ::-1]]
    many = -(-side // TILE)
    for y in range(many):
        for x in range(many):
            part = turned[(y * TILE // SCENE % 2) + 2 * (x * TILE // SCENE % 2)]
            row, column = y * TILE % SCENE, x * TILE % SCENE
            tile = part[row : row + TILE, column : column + TILE].astype(np.float32)
            noise = generator(1, "tile", y, x).normal(0, NOISE * scene.max(), tile.shape)
            yield np.clip(tile + noise, 0, 65535).astype(np.uint16)


def write_slide(path: Path, scene: np.ndarray, side: int) -> None:
    """Write a slide tile by tile."""
    tifffile.imwrite(
        path, tiles(scene, side), shape=(side, side), dtype=np.uint16, tile=(TILE, TILE),
        compression="zlib", bigtiff=True,
    )  # fmt: skip


def run(words: Sequence[str], most: float | None = None, parts: int = 1) -> dict[str, float]:
    """Segment in `parts` processes, in blocks of at most `most` megapixels if given."""
    python, option, code = ADGAN
    call = [python, option, code] if most is None else [python, option, CUT + code, str(most)]
    shares = [["--part", f"{part}/{parts}"] for part in range(1, parts + 1)] if parts > 1 else [[]]
    return measured(*([*call, "segment", *words, *share] for share in shares))


def tell(what: str, pixels: float, row: dict[str, float], file: Path | None) -> None:
    """Print a measurement, and append it to a file if given."""
    rate, alone = pixels / 1e6 / row["seconds"], pixels / 1e6 / max(row["cpu"], 1e-9)
    print(
        f"{what}: {rate:.2f} megapixels per second ({alone:.2f} per second of CPU), "
        f"{row['mib']:.0f} MiB at most, {row['seconds']:.0f} s",
        flush=True,
    )
    if file:
        with file.open("a") as opened:
            opened.write(json.dumps({"what": what, "pixels": pixels, **row}) + "\n")


def seconds_alone(model: str | None, paths: Sequence[Path], folder: Path) -> tuple[float, float]:
    """Return the seconds of one call for each image, in all, and of one call for all images."""
    adgan.segment(model, paths[:1], folder / "first")  # the network is prepared once
    started = time.perf_counter()
    for path in paths:
        adgan.segment(model, [path], folder / path.stem)
    apart = time.perf_counter()
    adgan.segment(model, paths, folder / "all")
    return apart - started, time.perf_counter() - apart


def nuclei_that_differ(one: Path, other: Path) -> tuple[int, int]:
    """Return the number of nuclei without a match of IoU > .5, and the number of nuclei."""
    table = count_overlap(read_labels(one).pixels, read_labels(other).pixels)
    met = int(np.count_nonzero(table.iou > 0.5))
    most = max(len(table.predicted_labels), len(table.truth_labels))
    return most - met, most


def main(arguments: Sequence[str]) -> None:
    """Run the measurements given on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sides", default="1024,4096", help="of slides; 49152 is 2.4 gigapixels")
    parser.add_argument("--images", default="", help="numbers of images of 1024 x 1024")
    parser.add_argument("--side", type=int, default=SCENE, help="of these images")
    parser.add_argument("--workers", default="", help="numbers of workers for the images")
    parser.add_argument("--alone", type=int, default=0, help="number of images segmented alone")
    parser.add_argument("--radius", type=float, default=15.0)
    parser.add_argument("--run", help="a run folder, in place of the built-in model")
    parser.add_argument("--blocks", default="", help="two sizes in 2**20 pixels to compare")
    parser.add_argument("--options", default="", help="for segment, such as '--table --overlay'")
    parser.add_argument("-o", "--output", type=Path, help="JSON lines to add to")
    asked = parser.parse_args(arguments)
    scene, model = draw(asked.radius), [asked.run] if asked.run else []
    options = asked.options.split()

    def numbers(text: str) -> list[float]:
        return [float(n) for n in text.split(",") if n]

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for side in map(int, numbers(asked.sides)):
            slide = folder / f"slide_{side}.tif"
            write_slide(slide, scene, side)
            sizes = numbers(asked.blocks) or [None]
            outs = [folder / f"out_{side}_{number}" for number in range(len(sizes))]
            for out, most in zip(outs, sizes, strict=True):
                row = run([*model, str(slide), "-o", str(out), *options], most)
                blocks = f" in blocks of {most:g} x 2**20" if most else ""
                tell(f"{side} x {side}{blocks}", side**2, row, asked.output)
            if len(outs) == 2:
                differ, of = nuclei_that_differ(*(out / slide.name for out in outs))
                print(f"{differ} of {of} nuclei differ ({1000 * differ / max(of, 1):.2f} of 1,000)")
            slide.unlink()
        most = int(max([*numbers(asked.images), asked.alone]))
        (folder / "images").mkdir()
        for number in range(most):
            noise = generator(2, "image", number).normal(0, NOISE * scene.max(), scene.shape)
            pixels = np.clip(scene + noise, 0, 65535).astype(np.uint16)[: asked.side, : asked.side]
            write_gray(folder / "images" / f"{number:05d}.tif", pixels)
        names = sorted((folder / "images").iterdir())
        if asked.alone:
            apart, together = seconds_alone(asked.run, names[: asked.alone], folder / "alone")
            print(f"{asked.alone} images: {apart:.1f} s one by one, {together:.1f} s in one call")
        for count in map(int, numbers(asked.images)):
            for workers in numbers(asked.workers) or [0]:
                out = folder / f"images_{count}_{workers:g}"
                more = ["--workers", f"{workers:g}"] if workers else []
                chosen = [str(path) for path in names[:count]]
                row = run([*model, *chosen, "-o", str(out), *more, *options])
                what = f"{count} images" + (f", {workers:g} workers" if workers else "")
                tell(what, count * asked.side**2, row, asked.output)
                if workers > 1:
                    beside = [*model, *chosen, "-o", f"{out}_parts", *options]
                    row = run(beside, parts=int(workers))
                    tell(
                        f"{count} images, {workers:g} parts",
                        count * asked.side**2,
                        row,
                        asked.output,
                    )


if __name__ == "__main__":
    main(sys.argv[1:])
