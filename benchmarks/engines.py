"""Compare the engines of the built-in model: the network alone, and from images to labels.

python benchmarks/engines.py [--threads 2] [--side 1024] [--rounds 7] [--engines torch openvino]
    [--precision float32]

Each round runs every engine once on a simulated image of nuclei 30 px across. Printed are medians
of elapsed time and of CPU time, both also relative to the first engine, and how far results agree.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_args

import numpy as np
import torch

from adgan.builtin.engines import EngineName
from adgan.builtin.measured_image import measure_image
from adgan.builtin.normalisation import measure_normalisation
from adgan.builtin.reading import Reading
from adgan.builtin.resample import to_working
from adgan.metrics import count_overlap, f1
from adgan.segmentation.untrained import built_in
from adgan.synth.microscope import MicroscopeSpec, microscope
from adgan.synth.render import render
from adgan.synth.scene import SceneSpec, sample_scene
from adgan.system.device import Precision
from adgan.system.seeding import generator


def main() -> None:
    """Time the engines and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--side", type=int, default=1024)
    parser.add_argument("--radius", type=float, default=15.0)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--engines", nargs="+", default=get_args(EngineName))
    parser.add_argument("--precision", choices=get_args(Precision), default="auto")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    spec = SceneSpec((0.8 * given.radius, 1.2 * given.radius), (20, 30), contact=0.3)
    labels = render(sample_scene(generator(0, "speed"), spec, (given.side, given.side)))
    image = microscope(generator(0, "light"), labels, MicroscopeSpec())
    reading = Reading(2 * given.radius, False, 1.0, 1.0, (1.0, 1.0))
    working = to_working(image, (reading.scale,) * 2)
    seen = measure_normalisation(working).apply(working)

    networks = {}
    for engine in given.engines:
        started = time.perf_counter()
        networks[engine] = replace(built_in(), engine=engine, precision=given.precision).network(2)
        print(f"{engine}: ready after {time.perf_counter() - started:.1f} s")
    jobs: dict[str, Callable[[Any], Any]] = {
        "network": lambda network: network.maps(seen),
        "image to labels": lambda network: measure_image(network, image, reading).find(),
    }
    for job, run in jobs.items():
        times: dict[str, list[tuple[float, float]]] = {engine: [] for engine in networks}
        results = {engine: run(network) for engine, network in networks.items()}
        for _ in range(given.rounds):
            for engine, network in networks.items():
                started = time.perf_counter(), time.process_time()
                run(network)
                ended = time.perf_counter(), time.process_time()
                times[engine].append((ended[0] - started[0], ended[1] - started[1]))
        first = next(iter(networks))
        base = [statistics.median(column) for column in zip(*times[first], strict=True)]
        for engine, rows in times.items():
            wall, work = (statistics.median(column) for column in zip(*rows, strict=True))
            print(
                f"{job}, {engine}: {wall:.2f} s, processor {work:.2f} s; {base[0] / wall:.2f} and "
                f"{base[1] / work:.2f} times {first}; {_agreement(results[first], results[engine])}"
            )


def _agreement(one: Any, other: Any) -> str:
    if hasattr(one, "labels"):
        return f"F1 at IoU .9 {f1(count_overlap(other.labels, one.labels), 0.9):.4f}"
    return f"off by {np.abs(one.foreground - other.foreground).max():.1e} at most"


if __name__ == "__main__":
    main()
