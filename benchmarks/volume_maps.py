"""Compare what sees a volume, voxels, planes or both, and how their maps become nuclei.

python benchmarks/volume_maps.py --data DIR [--sets bbbc050 stardist] [--images 4]

The network for volumes sees voxels; the network for images sees the planes of three axes, enlarged
by several factors. Votes are compared with a watershed of the depth. Printed are F1 and SEG per
set and their means; no nucleus is left out as improbable.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from heads import by_depth
from volumes import SETS
from wild3d import MADE, load

from adgan.builtin.decoding import DECODING, DECODING_ALONE
from adgan.builtin.measured_image import measure_image
from adgan.builtin.network import builtin_network
from adgan.builtin.planes import see_planes
from adgan.builtin.resample import labels_at, positions
from adgan.builtin.survey import read_image
from adgan.instances.votes import Maps, find_nuclei
from adgan.metrics import all_scores
from adgan.metrics.field import tables

ZOOMS = (1.0, 1.5, 2.0)
WEIGHTS = (0.3, 0.4, 0.5, 0.6)
ALONE = (DECODING_ALONE[3].voting.foreground, DECODING_ALONE[3].outline)
BOTH = (DECODING[3].voting.foreground, DECODING[3].outline)
"""Foreground probability thresholds of votes and of outlines."""

Decode = Callable[[Maps], np.ndarray]


def by_votes(foreground: float) -> Decode:
    """Return the decoder of the built-in model with a foreground probability threshold."""
    return partial(find_nuclei, voting=replace(DECODING[3].voting, foreground=foreground))


def variants(volume: np.ndarray, alone: Maps) -> Iterator[tuple[str, Maps, Decode, float]]:
    """Yield a title, maps, their decoder and the probability at which nuclei end.

    Parameters
    ----------
    volume
        The volume at the working size, intensities normalised.
    alone
        Output of the network for volumes.
    """
    yield "voxels", alone, by_votes(ALONE[0]), ALONE[1]
    for dip in (0.05, 0.15):
        decode = partial(by_depth, dip=dip, foreground=ALONE[0])
        yield f"voxels, depth, dip {dip}", alone, decode, ALONE[1]
    for zoom in ZOOMS:
        foreground, offset = see_planes(volume, builtin_network(2).reading.stack_maps, zoom)
        offset /= alone.unit
        for weight in (*WEIGHTS, 1.0) if zoom == 1.5 else (0.4,):
            both = replace(
                alone,
                foreground=(1 - weight) * alone.foreground + weight * foreground,
                offset=(1 - weight) * alone.offset + weight * offset,
            )
            title = f"planes x {zoom}, weight {weight}"
            yield title, both, by_votes(BOTH[0]), BOTH[1]


Variants = Callable[[np.ndarray, Maps], Iterator[tuple[str, Maps, Decode, float]]]
"""Yields a title, maps, their decoder and the probability at which nuclei end."""


def compare(names: Sequence[str], data: Path, most: int, variants_of: Variants) -> None:
    """Decode volumes in several ways, and print F1 and SEG per set and their means.

    Parameters
    ----------
    names
        Sets of volumes.
    data
        Folder that holds them.
    most
        Largest number of volumes of each set.
    variants_of
        Given a volume at the working size and the output of the network for volumes.
    """
    torch.set_num_threads(1)
    network = builtin_network(3)
    scores: dict[str, list[np.ndarray]] = {}
    for name in names:
        held, spacing = load(name, data)
        own: dict[str, list[tuple[float, float]]] = {}
        for one in held[:: -(-len(held) // most)]:
            reading = read_image(network, one.pixels, None, spacing)
            if reading.empty:
                continue
            found = measure_image(network.alone, one.pixels, reading).find()
            everything = tuple(slice(0, n) for n in one.pixels.shape)
            places = positions(everything, one.pixels.shape, found.small.shape)
            for title, maps, decode, outline in variants_of(found.seen, found.maps):
                labels = labels_at(decode(maps), maps.foreground, places, outline)
                score = all_scores(*tables(labels, one.truth))
                own.setdefault(title, []).append((score["f1"], score["seg"]))
        print(f"{name}:", flush=True)
        for title, values in own.items():
            mean = np.mean(values, axis=0)
            scores.setdefault(title, []).append(mean)
            print(f"  {title:38} F1 {mean[0]:.3f} SEG {mean[1]:.3f}", flush=True)
    print("mean:")
    for title, rows in scores.items():
        f1, seg = np.mean(rows, axis=0)
        print(f"  {title:38} F1 {f1:.3f} SEG {seg:.3f}")


def main() -> None:
    """Compare maps and decoders."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--sets", nargs="+", default=[*SETS, *MADE])
    parser.add_argument("--images", type=int, default=4, help="at most, of each set")
    given = parser.parse_args()
    compare(given.sets, given.data, given.images, variants)


if __name__ == "__main__":
    main()
