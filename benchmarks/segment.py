"""Speed and memory of segmentation for different image sizes.

python benchmarks/segment.py [--sizes 512,1024,2048,4096] [--large] [--dense] [--profile]

Images are simulated. The network runs with untrained weights, and the mask of a perfect network is
decoded. The time of the rest includes decoding, but not the measurement of nuclei. Every size runs
in another process, whose peak memory during the network and during the rest is read from the system
(Linux).
"""

import argparse
import cProfile
import json
import pstats
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.console import Console
from rich.table import Table
from scipy import ndimage

from adgan.image.scale import rescale, working_shape
from adgan.measuring.measure import measure
from adgan.models import segmenter
from adgan.models.adgan import Generator
from adgan.models.build import build_generator
from adgan.models.translate import translate
from adgan.recipe.presets import make_preset
from adgan.runs.checkpoint import Model
from adgan.segmentation.image import segment_image
from adgan.segmentation.trained import Trained
from adgan.synth.masks import MASKS
from adgan.synth.render import render
from adgan.synth.scene import SceneSpec, sample_scene
from adgan.system.seeding import generator

RADIUS = (16.0, 24.0)
"""Semi-major axes in pixels: nuclei of about 40 pixels give a working scale of about one half."""
DENSE = (10.0, 15.0)
"""Semi-major axes in pixels of dense nuclei, 3,000 in 2048 x 2048 pixels, to measure decoding."""
BLOCK = 1024
"""Side of the simulated block in pixels; larger images repeat it."""
CAPTION = "MiB beyond what was held before; copies: the rest's, in float32 images"


def draw(side: int, radius: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Simulate an image, uint16, and its labels; repeated blocks have noise of their own."""
    rng = generator(0, "benchmark", side)
    part = min(side, BLOCK)
    count = 256**2 * 0.36 / (np.pi * (sum(radius) / 2) ** 2)
    spec = SceneSpec(radius=radius, count=(count, count), reference=256.0, contact=0.3)
    block = render(sample_scene(rng, spec, (part, part))).astype(np.uint32)
    light = generator(1, "light").uniform(300, 1500, int(block.max()) + 1).astype(np.float32)
    light[0] = 100
    clean = ndimage.gaussian_filter(light[block], 1.5)
    image, labels = np.empty((side, side), np.uint16), np.empty((side, side), np.uint32)
    for number, (y, x) in enumerate(np.ndindex(-(-side // part), -(-side // part))):
        where = (slice(y * part, (y + 1) * part), slice(x * part, (x + 1) * part))
        image[where] = 5 * rng.poisson(clean / 5)
        labels[where] = np.where(block, block + number * int(block.max()), 0)
    return image, labels


def resident(key: str = "VmHWM") -> float:
    """Return the peak memory of this process in MiB, or with ``VmRSS`` its current memory."""
    return float(Path("/proc/self/status").read_text().split(key + ":")[1].split()[0]) / 1024


def start_anew() -> float:
    """Reset the peak memory, and return the current memory in MiB."""
    Path("/proc/self/clear_refs").write_text("5")
    return resident("VmRSS")


def run(side: int, radius: tuple[float, float], show: bool) -> dict[str, float]:
    """Segment one image; return seconds, MiB and nuclei."""
    scene = {"radius": radius, "count": (5, 20), "mask": "dome"}
    recipe = make_preset("fast", {"task": "instance", "scene": scene})
    model = Model(build_generator(recipe).eval(), recipe)
    pixels, labels = draw(side, radius)
    shape = working_shape(pixels.shape, (recipe.scale,) * 2)
    perfect = rescale(MASKS["dome"](labels), shape)
    del labels
    took: dict[str, float] = {"working": shape[0]}
    record = cProfile.Profile()

    def watched(network: Generator, image: np.ndarray, *rest: Any, **more: Any) -> np.ndarray:
        before, start = start_anew(), time.perf_counter()
        translate(network, image, *rest, **more)
        took["network"], took["network_mib"] = time.perf_counter() - start, resident() - before
        if show:
            record.enable()
        return perfect

    segmenter.translate = lambda _, image, *__, **___: perfect[: len(image), : len(image)]
    segment_image(Trained(model), pixels[:64, :64])  # loads everything that is loaded only once

    def timed(*arguments: object) -> np.ndarray:
        start = time.perf_counter()
        labels = decode(*arguments)
        took["decode"] = time.perf_counter() - start
        return labels

    segmenter.translate, decode, segmenter.decode = watched, segmenter.decode, timed
    before, start = start_anew(), time.perf_counter()
    found = segment_image(Trained(model), pixels)
    took["rest"] = time.perf_counter() - start - took["network"]
    took["rest_mib"] = resident() - before
    took["nuclei"] = int(found.labels.max())
    start = time.perf_counter()
    measure(found.labels, pixels)
    took["measure"] = time.perf_counter() - start
    if show:
        record.disable()
        pstats.Stats(record, stream=sys.stderr).sort_stats("cumtime").print_stats(25)
    return took


def in_process(arguments: Sequence[str], side: int) -> dict[str, float]:
    """Measure one size in another process."""
    command = [sys.executable, __file__, *arguments, "--only", str(side)]
    result = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(result.stdout)


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sizes", default="512,1024,2048,4096", help="sides of the images")
    parser.add_argument("--large", action="store_true", help="8192 as well")
    parser.add_argument("--dense", action="store_true", help="3,000 nuclei in 2048 x 2048 pixels")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--profile", action="store_true", help="show what dominates decoding")
    parser.add_argument("--only", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    torch.set_num_threads(asked.threads)
    if asked.only:
        print(json.dumps(run(asked.only, DENSE if asked.dense else RADIUS, asked.profile)))
        return

    table = Table(title=f"Segmenting an image, {asked.threads} threads", caption=CAPTION)
    for column in (
        "side",
        "nuclei",
        "network s",
        "rest s",
        "decode s",
        "measure s",
        "Mpx/s",
        "network MiB",
        "rest MiB",
        "copies",
    ):
        table.add_column(column, justify="right")
    for side in [*map(int, asked.sizes.split(",")), *[8192] * asked.large]:
        row = in_process(arguments, side)
        table.add_row(
            f"{side}",
            f"{row['nuclei']}",
            f"{row['network']:.2f}",
            f"{row['rest']:.2f}",
            f"{row['decode']:.2f}",
            f"{row['measure']:.2f}",
            f"{side**2 / 1e6 / (row['network'] + row['rest']):.2f}",
            f"{row['network_mib']:.0f}",
            f"{row['rest_mib']:.0f}",
            f"{row['rest_mib'] * 2**20 / (4 * side**2):.1f}",
        )
    Console().print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
