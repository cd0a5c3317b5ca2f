"""The built-in model behind the interface of a model for segmentation."""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, Self

import numpy as np
import torch
from torch import nn

from adgan.builtin.engines import Engine, EngineName, make_engine
from adgan.builtin.measured_image import bytes_per_pixel, measure_image
from adgan.builtin.network import Network, builtin_network
from adgan.builtin.reading import Reading
from adgan.builtin.settings import SEARCH, WORKING_SCALE
from adgan.builtin.survey import read_image, read_windows
from adgan.image.tiling import Tile
from adgan.image.views import VIEWS
from adgan.io import Collection, Entry, Image, Windowed
from adgan.io.glimpses import coarse_copy, glimpses
from adgan.recipe.presets import make_preset
from adgan.recipe.recipe import Recipe
from adgan.segmentation.blocks import cut_blocks, one_block
from adgan.segmentation.builtin_windows import BuiltInWindows
from adgan.segmentation.expect import plan_untrained
from adgan.segmentation.models import Scan
from adgan.segmentation.options import SegmentOptions
from adgan.segmentation.size import block_size, needs_windows
from adgan.survey.handling import Handling
from adgan.system.device import Precision
from adgan.system.plan import Plan


@dataclass(frozen=True)
class BuiltIn:
    """A :class:`adgan.segmentation.models.SegmentationModel`.

    Attributes
    ----------
    recipe
        How images are read: the default settings, for images and volumes.
    device
        Device to compute on.
    usual
        Median nucleus diameter in pixels over a few of the images, which is tried first on each;
        None if unknown.
    engine
        Engine that runs the networks, see :mod:`adgan.builtin.engines`; engines other than torch
        run on the CPU.
    precision
        Number format of torch and OpenVINO, see :func:`adgan.system.device.in_bfloat16`.
    """

    recipe: Recipe
    device: torch.device | None = None
    usual: float | None = None
    engine: EngineName = "torch"
    precision: Precision = "auto"
    any_ndim = True

    def network(self, ndim: int) -> Network:
        """Return the network for images (2) or volumes (3), on the device or with the engine."""
        network = replace(builtin_network(ndim), precision=self.precision)
        planes, reader = network.planes, network.reader
        if self.engine == "torch":
            for part in (network, planes, reader):
                if part:
                    part.module.to(self.device or torch.device("cpu"))
            return network
        engine = self.engine

        def run(one: Network) -> Network:
            made = _engine(engine, one.module, one.ndim, one.stride, self.precision)
            return replace(one, engine=made)

        return replace(run(network), planes=planes and run(planes), reader=reader and run(reader))

    def fingerprint(self) -> str:
        """Return a hash of the weights."""
        digest = hashlib.sha256()
        for ndim in (2, 3):
            # The hash depends on the weights alone, so no engine is needed.
            network = builtin_network(ndim)
            for part in (network, network.reading):
                for name, tensor in sorted(part.module.state_dict().items()):
                    digest.update(name.encode() + tensor.cpu().numpy().tobytes())
        return digest.hexdigest()

    def on(self, device: torch.device) -> Self:
        """Return the same model, computing on a device."""
        return replace(self, device=device)

    def read(self, pixels: np.ndarray, spacing: Sequence[float] | None = None) -> Reading:
        """Measure the polarity and scale of one image."""
        return read_image(self.network(pixels.ndim), pixels, self.usual, spacing)

    def used_to(self, collection: Collection) -> Self:
        """Return the same model with the median nucleus diameter of some of the images.

        Raises
        ------
        AdganError
            If the library of the engine is missing.
        """
        ndim = len(collection.entries[0].shape)
        places = np.linspace(0, len(collection) - 1, SEARCH[ndim].sized).round().astype(int)
        images = collection.read_some(np.unique(places).tolist())[0]
        self.network(ndim)
        return replace(self, usual=usual_diameter(images))

    def handling(self, name: str) -> Handling:
        """Return no corrections: :meth:`read` measures the polarity of each image."""
        return Handling()

    def is_large(self, entry: Entry, options: SegmentOptions) -> bool:
        """Return True if an image must be read, segmented and written by window."""
        ndim = len(entry.shape)
        diameter = self.usual or WORKING_SCALE[ndim].diameter  # an estimate, if unknown
        likely = Reading(diameter, False, 1.0, 1.0, (1.0,) * ndim)
        return needs_windows(entry, float(entry.size), bytes_per_pixel(likely))

    def measure(
        self, scan: Scan, options: SegmentOptions
    ) -> tuple[BuiltInWindows, list[Tile]] | None:
        """Measure an image as a whole, and cut it into blocks; None if it shows no nuclei."""
        windows = self.measure_windows(scan, options)
        if windows is None:
            return None
        shape, size = scan.shape, math.prod(scan.shape)
        # Small nuclei are enlarged: even an image that fits into memory may need blocks.
        most = block_size(size, bytes_per_pixel(windows.image.reading))
        if most is None:
            return windows, [one_block(shape)]
        return windows, cut_blocks(shape, windows.overlap, most)

    def measure_windows(
        self, scan: Scan, options: SegmentOptions, network: Network | None = None
    ) -> BuiltInWindows | None:
        """Measure the polarity, scale and intensity normalisation of an image.

        Parameters
        ----------
        scan, options
            As for :meth:`measure`. If the voxel size of a volume is unknown, the distance of its
            planes is estimated from the shape of the nuclei.
        network
            Replaces the built-in network, for example by its student.
        """
        pixels, ndim = scan.pixels, len(scan.shape)
        chosen = network or self.network(ndim)
        if options.symmetries:
            chosen = replace(chosen, views=VIEWS)

        def read(part: np.ndarray) -> Reading:
            return read_image(chosen, part, self.usual, scan.spacing)

        reading = _read_large(read, pixels) if scan.large else read(np.asarray(pixels))
        if reading.empty:
            return None
        image = measure_image(chosen, pixels, reading, options.threshold, self.device)
        return BuiltInWindows(image, options.probability, options.confidence)

    def describe(self, entries: Sequence[Entry]) -> list[str]:
        """Return a note that the model was not trained on these images."""
        return ["these images are segmented by the built-in model, without training on them"]

    def plan(
        self,
        entries: Sequence[Entry],
        probes: Sequence[Image],
        options: SegmentOptions,
        pixels_segmented: Callable[[Sequence[int]], int] = math.prod,
    ) -> Plan:
        """Return the expected time and memory, measured on a part of one of some images.

        ``pixels_segmented`` returns the number of pixels that are segmented of an image of a shape.
        """
        network = self.network(len(entries[0].shape))
        return plan_untrained(network, self.read, entries, probes, options, pixels_segmented)


@lru_cache
def _engine(
    name: Literal["onnx", "openvino"],
    module: nn.Module,
    ndim: int,
    stride: int,
    precision: Precision,
) -> Engine:
    """Return the engine of a built-in network, created once."""
    return make_engine(name, module, ndim, stride, precision)


def built_in(engine: EngineName = "torch", precision: Precision = "auto") -> BuiltIn:
    """Return the model that ships with the package, trained on simulated images only.

    Parameters
    ----------
    engine
        Engine that runs the network: ``torch``, or on the CPU ``onnx`` or ``openvino``, which is
        faster there. Labels are the same up to rounding.
    precision
        Number format: ``float32``, ``bfloat16``, or ``auto``, which is bfloat16 on processors that
        multiply it (AMX, AVX-512 BF16), where it is two to three times as fast.
    """
    # Nucleus sizes are measured on each image; those of the recipe only limit the memory.
    recipe = make_preset("fast", {"scene": {"radius": (6, 15), "count": (5, 50)}})
    return BuiltIn(recipe, engine=engine, precision=precision)


def _read_large(read: Callable[[np.ndarray], Reading], pixels: Windowed) -> Reading:
    """Measure the polarity and scale of a large image on windows of it."""
    how = SEARCH[len(pixels.shape)]
    reading = read_windows(read, pixels, glimpses(pixels, how.large_windows, how.large_side))
    if not reading.empty:
        return reading
    coarse, factor = coarse_copy(pixels, how.large_side)  # nuclei may be larger than the windows
    reading = read(coarse)
    return replace(reading, diameter=reading.diameter * factor)


def usual_diameter(images: Sequence[Image]) -> float | None:
    """Return the median diameter at which images are read, in pixels; None if none shows nuclei."""
    found = [
        read_image(builtin_network(image.pixels.ndim), image.pixels, None, image.spacing).read_at
        for image in images
    ]
    known = [diameter for diameter in found if diameter > 0]
    return float(np.median(known)) if known else None
