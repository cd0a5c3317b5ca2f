"""Speed of the built-in model including decoding, at a known nucleus size.

python benchmarks/speed.py [--threads 2] [--side 2048] [--radius 15] [--rounds 5]
    [--precision float32]

Prints the median over rounds in megapixels per second, for a simulated image of nuclei 30 px
across.
"""

import argparse
import statistics
import time
from dataclasses import replace
from typing import get_args

import torch

from adgan.builtin.measured_image import measure_image
from adgan.builtin.network import builtin_network
from adgan.builtin.reading import Reading
from adgan.synth.microscope import MicroscopeSpec, microscope
from adgan.synth.render import render
from adgan.synth.scene import SceneSpec, sample_scene
from adgan.system.device import Precision
from adgan.system.seeding import generator


def main() -> None:
    """Time the segmentation and print the speed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--side", type=int, default=2048)
    parser.add_argument("--radius", type=float, default=15.0)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--precision", choices=get_args(Precision), default="auto")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    spec = SceneSpec((0.8 * given.radius, 1.2 * given.radius), (20, 30), contact=0.3)
    labels = render(sample_scene(generator(0, "speed"), spec, (given.side, given.side)))
    image = microscope(generator(0, "light"), labels, MicroscopeSpec())
    network = replace(builtin_network(), precision=given.precision)
    reading = Reading(2 * given.radius, False, 1.0, 1.0)
    seconds = []
    for _ in range(given.rounds + 1):
        started = time.perf_counter()
        found = measure_image(network, image, reading).find()
        seconds.append(time.perf_counter() - started)
    rate = image.size / 1e6 / statistics.median(seconds[1:])
    print(f"{len(found.confidence)} nuclei of {labels.max()}, {rate:.2f} megapixels per second")


if __name__ == "__main__":
    main()
