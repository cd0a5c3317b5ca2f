"""Segmentation without training: the built-in model in the place of a trained one."""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, Self

import numpy as np
import torch

from adgan.auto.handling import Handling
from adgan.builtin.broad import Broad, bytes_of, read_broad
from adgan.builtin.engines import Engine, EngineName, make_engine
from adgan.builtin.network import Network, builtin_network
from adgan.builtin.reading import WORKING, Reading
from adgan.builtin.survey import read_image
from adgan.builtin.whole import Whole
from adgan.device import Precision
from adgan.io import Collection, Entry, Image, Windowed
from adgan.io.glimpses import coarse_copy, glimpses
from adgan.plan import Plan
from adgan.presets import make_preset
from adgan.recipe import Recipe
from adgan.segmentation.blocks import cut_blocks, one_block
from adgan.segmentation.builtin_windows import BuiltInWindows
from adgan.segmentation.expect import plan_untrained
from adgan.segmentation.options import Options
from adgan.segmentation.scan import Scan
from adgan.segmentation.size import block_size, needs_windows
from adgan.tiling import Tile
from adgan.views import VIEWS

SOME = {2: 5, 3: 3}
"""Images, by rank, that tell the usual size before the first one is segmented."""
LOOKS, SIDE = 4, {2: 2048, 3: 256}
"""Parts of a large image that are looked at for its sign and scale, and their side in pixels."""


@dataclass(frozen=True)
class BuiltIn:
    """A :class:`adgan.segmentation.models.SegmentationModel`.

    Attributes
    ----------
    recipe
        How images are read: the default settings, whatever their rank.
    device
        To compute on.
    usual
        Median diameter in pixels over a few of the images, tried first on each; nan if none.
    engine
        What runs the networks, see :mod:`adgan.builtin.engines`; others than torch on the CPU.
    precision
        How many bits torch and OpenVINO compute with, see :func:`adgan.device.in_bfloat16`.
    """

    recipe: Recipe
    device: torch.device | None = None
    usual: float = float("nan")
    engine: EngineName = "torch"
    precision: Precision = "auto"
    any_ndim = True

    def network(self, rank: int) -> Network:
        """Return the network for images (2) or volumes (3), on the device or by the engine."""
        network = replace(builtin_network(rank), precision=self.precision)
        if self.engine != "torch":
            return replace(network, engine=_engine(self.engine, rank, self.precision))
        network.module.to(self.device or torch.device("cpu"))
        return network

    def fingerprint(self) -> str:
        """Return a hash of the weights."""
        digest = hashlib.sha256()
        for rank in (2, 3):
            # No engine is made for this: weights alone decide, whatever runs them.
            for name, tensor in sorted(builtin_network(rank).module.state_dict().items()):
                digest.update(name.encode() + tensor.cpu().numpy().tobytes())
        return digest.hexdigest()

    def on(self, device: torch.device) -> Self:
        """Return the same model, computing on a device."""
        return replace(self, device=device)

    def read(self, pixels: np.ndarray, spacing: Sequence[float] | None = None) -> Reading:
        """Look at one image: sign and scale."""
        likely = self.usual if self.usual > 0 else None
        return read_image(self.network(pixels.ndim), pixels, likely, spacing)

    def used_to(self, collection: Collection) -> Self:
        """Return the same model once it knows the usual size of nuclei of some of the images.

        Raises
        ------
        AdganError
            If a library is missing that the engine needs.
        """
        ndim = len(collection.entries[0].shape)
        places = np.linspace(0, len(collection) - 1, SOME[ndim]).round().astype(int)
        images = collection.read_some(np.unique(places).tolist())[0]
        self.network(ndim)
        return replace(self, usual=usual_diameter(images))

    def handling(self, name: str) -> Handling:
        """Return that images are taken as they are: their sign is told when they are looked at."""
        return Handling()

    def is_large(self, entry: Entry, options: Options) -> bool:
        """Whether an image is to be read, segmented and written by window."""
        ndim = len(entry.shape)
        diameter = self.usual if self.usual > 0 else WORKING[ndim]  # as far as it is known
        likely = Reading(diameter, False, 1.0, 1.0, (1.0,) * ndim)
        return needs_windows(entry, float(entry.size), bytes_of(likely))

    def measure(self, scan: Scan, options: Options) -> tuple[BuiltInWindows, list[Tile]] | None:
        """Measure an image as a whole, and cut it into blocks; None where no nuclei stand out."""
        windows = self.look(scan, options)
        if windows is None:
            return None
        shape, size = scan.shape, math.prod(scan.shape)
        if not scan.large:
            return windows, [one_block(shape)]
        most = block_size(size, bytes_of(windows.image.reading))
        return windows, cut_blocks(shape, windows.overlap, most or size)

    def look(
        self, scan: Scan, options: Options, network: Network | None = None
    ) -> BuiltInWindows | None:
        """Look at an image: sign, scale and light.

        Parameters
        ----------
        scan, options
            As for :meth:`measure`. Where the pixel size of a volume is not known, its planes are
            as far apart as its nuclei say.
        network
            In the place of the built-in one, such as its student.
        """
        pixels, rank, likely = scan.pixels, len(scan.shape), self.usual if self.usual > 0 else None
        chosen = network or self.network(rank)
        if options.symmetries:
            chosen = replace(chosen, views=VIEWS)

        def read(part: np.ndarray) -> Reading:
            return read_image(chosen, part, likely, scan.spacing)

        image: Whole | Broad
        if scan.large:
            reading = _read_large(read, pixels)
            image = Broad(chosen, pixels, reading, options.threshold, self.device)
        else:
            whole = np.asarray(pixels)
            reading = read(whole)
            image = Whole(chosen, whole, reading, options.threshold, self.device)
        if reading.empty:
            return None
        return BuiltInWindows(image.measured(), options.probability, options.confidence)

    def describe(self, entries: Sequence[Entry]) -> list[str]:
        """Say that nothing was learnt of these images."""
        return ["the built-in model segments these images: no training on them"]

    def plan(self, entries: Sequence[Entry], probes: Sequence[Image], options: Options) -> Plan:
        """Return time and memory to expect, from the smallest of some images."""
        readings = [self.read(image.pixels, image.spacing) for image in probes]
        return plan_untrained(self, entries, probes, readings, options)


@lru_cache
def _engine(name: Literal["onnx", "openvino"], rank: int, precision: Precision) -> Engine:
    """Return the engine that runs the built-in network of a rank, made once."""
    network = builtin_network(rank)
    return make_engine(name, network.module, rank, network.stride, precision)


def built_in() -> BuiltIn:
    """Return the model that the package carries, which has seen simulation alone."""
    # Sizes are read from each image; those of the recipe only bound the memory asked for.
    recipe = make_preset("fast", {"scene": {"radius": (6, 15), "count": (5, 50)}})
    return BuiltIn(recipe)


def _read_large(read: Callable[[np.ndarray], Reading], pixels: Windowed) -> Reading:
    """Look at parts of a large image for its sign and scale."""
    side = SIDE[len(pixels.shape)]
    reading = read_broad(read, pixels, glimpses(pixels, LOOKS, side))
    if not reading.empty:
        return reading
    coarse, factor = coarse_copy(pixels, side)  # nuclei may be larger than what was looked at
    reading = read(coarse)
    return replace(reading, diameter=reading.diameter * factor)


def usual_diameter(images: Sequence[Image]) -> float:
    """Return the median diameter over some images, nan where they show nothing."""
    found = [
        read_image(builtin_network(image.pixels.ndim), image.pixels, None, image.spacing).diameter
        for image in images
    ]
    known = [diameter for diameter in found if diameter > 0]
    return float(np.median(known)) if known else float("nan")
