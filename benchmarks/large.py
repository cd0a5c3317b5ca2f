"""Segment a large volume by the command line; measure time and peak memory of the process.

python benchmarks/large.py [--shape 128 1024 1024] [--run RUN | --built-in] [-o large.jsonl]

The volume is simulated, mirrored until it is large, with independent noise in every voxel. It is
segmented by a given run, by the built-in model, or by a run that is first trained on simulated
volumes, with just enough steps to find nuclei.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from processes import ADGAN, measured

import adgan
from adgan.image.sample import write_sample
from adgan.io import write_gray
from adgan.recipe.presets import make_preset
from adgan.synth.microscope import microscope
from adgan.synth.render import render
from adgan.synth.samples import SAMPLES
from adgan.synth.scene import sample_scene
from adgan.system.seeding import generator

KIND, BLOCK = "nuclei3d", (32, 256, 256)
RADIUS, COUNT = (10.0, 15.0), (14.0, 21.0)
NOISE = 0.02
"""Standard deviation of the noise, relative to the highest intensity."""
OUTPUTS = ("--probability", "--table", "--overlay")


def draw(shape: Sequence[int], seed: int) -> np.ndarray:
    """Simulate one block, and mirror it until it fills the shape."""
    rng, kind = generator(seed, "large"), SAMPLES[KIND]
    labels = render(sample_scene(rng, kind.scene, BLOCK, kind.spacing))
    block = microscope(rng, labels, kind.microscope, kind.spacing)
    sides = [(0, max(0, n - m)) for n, m in zip(shape, block.shape, strict=True)]
    volume = np.pad(block, sides, mode="symmetric")[tuple(slice(n) for n in shape)]
    noise = rng.integers(0, int(NOISE * block.max()), volume.shape, np.uint16)
    return (volume + noise).astype(np.uint16)


def train(folder: Path, steps: int) -> Path:
    """Train a run on simulated volumes."""
    images = write_sample(folder / "sample", KIND, 8) / "images"
    scene = {"radius": RADIUS, "count": COUNT}
    schedule = {"steps": steps, "restarts": (1.0,)}
    recipe = make_preset("fast", {"data": {"ndim": 3}, "scene": scene, "schedule": schedule})
    adgan.train(images, folder / "run", recipe)
    return folder / "run"


def main(arguments: Sequence[str]) -> None:
    """Print the result, and append it to a file if requested."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shape", type=int, nargs=3, default=[128, 1024, 1024])
    parser.add_argument("--run", type=Path, help="of volumes like the simulated ones")
    parser.add_argument("--built-in", action="store_true", help="segment without a run")
    parser.add_argument("--steps", type=int, default=150, help="of training, without a run")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path, help="JSON lines to add to")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = [] if asked.built_in else [str(asked.run or train(folder, asked.steps))]
        volume = folder / "large.tif"
        write_gray(volume, draw(asked.shape, asked.seed), SAMPLES[KIND].spacing)
        command = [*ADGAN, "segment", *model, str(volume)]
        row = measured([*command, "-o", str(folder / "out"), *OUTPUTS])
        with (folder / "out" / "tables" / "large.csv").open() as table:
            row["nuclei"] = sum(1 for _ in table) - 1
    sides = " x ".join(map(str, asked.shape))
    print(
        f"{sides}: {row['nuclei']} nuclei in {row['seconds']:.0f} s, {row['cpu']:.0f} s of CPU, "
        f"{row['mib']:.0f} MiB at most"
    )
    if asked.output:
        with asked.output.open("a") as file:
            file.write(json.dumps({"shape": asked.shape, **row}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
