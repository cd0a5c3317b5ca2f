"""Compare decoding from different output channels of the network, at a given diameter.

python benchmarks/heads.py --data DIR [--network FOLDER] [--images 3] [--diameter 22]

Voting by offsets with several smoothings is compared with a watershed of the depth with several
dips, for one network. Printed are F1 per set, the mean and the lowest.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from scipy import ndimage
from sets import WILD, DataSet, Labelled, load_labelled
from skimage.measure import label
from skimage.morphology import h_maxima
from skimage.segmentation import watershed

from adgan.builtin.network import Network, builtin_network, load_network
from adgan.builtin.normalisation import measure_normalisation
from adgan.builtin.resample import labels_at, positions, to_working
from adgan.instances.votes import Maps, Voting, find_nuclei, whole_pieces
from adgan.metrics import all_scores
from adgan.metrics.field import tables
from adgan_bench.data import median_diameter

DEPTH_STEPS = 200
"""Number of integer steps per unit of depth."""
PIECE_SIZE_MINIMUM_PIXELS = 20
"""Size below which a piece is removed, in pixels."""


def by_depth(maps: Maps, dip: float, foreground: float = 0.5) -> np.ndarray:
    """Divide the foreground by a watershed of the smoothed depth."""
    inside = maps.foreground > foreground
    depth = np.where(inside, ndimage.gaussian_filter(maps.depth, 1.0), -1)
    steps = np.rint(np.clip(depth, -1, 2) * DEPTH_STEPS).astype(np.int32) + 2 * DEPTH_STEPS
    peaks = label(h_maxima(steps, int(dip * DEPTH_STEPS)), connectivity=inside.ndim) * inside
    return whole_pieces(
        watershed(-depth, peaks, mask=inside).astype(np.uint32), PIECE_SIZE_MINIMUM_PIXELS
    )


Decoder = Callable[[Maps], np.ndarray]
DECODERS: dict[str, Decoder] = {
    **{f"depth {dip}": lambda maps, dip=dip: by_depth(maps, dip) for dip in (0.05, 0.08, 0.15)},
    **{
        f"votes {s}": lambda maps, s=s: find_nuclei(maps, Voting(smoothing=s))
        for s in (0.2, 0.27, 0.35)
    },
}


def score_set(
    network: Network,
    images: Sequence[Labelled],
    which: DataSet,
    diameter: float,
    decoders: Mapping[str, Decoder],
) -> np.ndarray:
    """Return the mean F1 over the images of a set, one value per decoder.

    Each image is rescaled so that its true median nucleus has `diameter` working pixels.
    """
    usual = median_diameter([image.truth for image in images])
    scores = []
    for image in images:
        own = median_diameter([image.truth])
        scale = diameter / (own if own > 0 else usual)
        working = to_working(image.pixels, (scale,) * image.pixels.ndim)
        maps = network.maps(measure_normalisation(working).apply(working))
        truth = image.truth.astype(np.uint32)
        everything = tuple(slice(0, n) for n in truth.shape)
        places = positions(everything, truth.shape, working.shape)
        found = (labels_at(d(maps), maps.foreground, places, 0.5) for d in decoders.values())
        scores.append([all_scores(*tables(labels, truth, which.band))["f1"] for labels in found])
    return np.mean(scores, axis=0)


def main() -> None:
    """Decode the sets and print F1."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--network", type=Path, help="folder of another network than the package's")
    parser.add_argument("--images", type=int, default=3, help="per set")
    parser.add_argument("--diameter", type=float, default=22.0, help="working pixels of a nucleus")
    given = parser.parse_args()
    torch.set_num_threads(1)
    network = load_network(given.network) if given.network else builtin_network()
    means = []
    print(f"{'set':38}", *(f"{name:>11}" for name in DECODERS))
    for which in WILD.values():
        images = load_labelled(given.data, which)
        some = images[:: -(-len(images) // given.images)]
        means.append(score_set(network, some, which, given.diameter, DECODERS))
        print(f"{which.name:38}", *(f"{score:11.3f}" for score in means[-1]), flush=True)
    print(f"{'mean':38}", *(f"{score:11.3f}" for score in np.mean(means, axis=0)))
    print(f"{'worst':38}", *(f"{score:11.3f}" for score in np.min(means, axis=0)))


if __name__ == "__main__":
    main()
