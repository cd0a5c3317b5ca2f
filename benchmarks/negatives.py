"""Check the polarity that the built-in model reads from each image of every set, and its negative.

python benchmarks/negatives.py --data DIR [--images 10] [--sets a,b]

Prints the images with a wrong polarity, and those whose diameter differs from that of their
negative by more than 10 %. Images without labels do not count.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from sets import WILD, load_labelled

from adgan.builtin.network import builtin_network
from adgan.builtin.survey import read_image


def main() -> None:
    """Read the images and print the counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--images", type=int, help="at most so many per set")
    parser.add_argument("--sets", help="comma-separated; all by default")
    given = parser.parse_args()
    torch.set_num_threads(1)
    network, wrong, apart, number = builtin_network(), 0, 0, 0
    for name in given.sets.split(",") if given.sets else WILD:
        images = [image for image in load_labelled(given.data, WILD[name]) if image.truth.any()]
        for image in images[:: -(-len(images) // given.images) if given.images else 1]:
            pixels = image.pixels.astype(np.float32)
            one = read_image(network, pixels)
            other = read_image(network, pixels.max() + pixels.min() - pixels)
            number += 1
            if one.inverted or not other.inverted:
                wrong += 1
                print(f"{name} {image.name}: inverted {one.inverted}, negative {other.inverted}")
            elif abs(other.diameter / one.diameter - 1) > 0.1:
                apart += 1
        print(f"{name}: {number} images so far, {wrong} wrong, {apart} sizes apart", flush=True)


if __name__ == "__main__":
    main()
