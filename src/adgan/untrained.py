"""Segmentation without training: the built-in model in the place of a trained one."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np
import torch

from adgan.builtin.broad import BYTES, Broad, bytes_of, measure_broad, read_broad
from adgan.builtin.engines import Engine, EngineName, make_engine
from adgan.builtin.network import Network, builtin_network
from adgan.builtin.segmenting import expected_f1, find, steadiness
from adgan.builtin.survey import WORKING, Reading, read_image
from adgan.confidence import Confidence
from adgan.data.scale import rescale
from adgan.io import Image, Windowed
from adgan.io.windows import coarse_copy, glimpses
from adgan.outputs import Asked, Segmentation
from adgan.peak import held
from adgan.plan import Plan, Spent, plan_of
from adgan.presets import make_preset
from adgan.recipe import Recipe

LOOKS, SIDE = 4, {2: 2048, 3: 256}
"""Parts of a large image that are looked at for its sign and scale, and their side in pixels."""


@dataclass(frozen=True)
class BuiltIn:
    """The built-in model, as :func:`adgan.segment` takes it.

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
    """

    recipe: Recipe
    device: torch.device | None = None
    usual: float = float("nan")
    engine: EngineName = "torch"

    def network(self, rank: int) -> Network:
        """Return the network for images (2) or volumes (3), on the device or by the engine."""
        network = builtin_network(rank)
        if self.engine != "torch":
            return replace(network, engine=_engine(self.engine, rank))
        network.module.to(self.device or torch.device("cpu"))
        return network

    def fingerprint(self) -> str:
        """Return a hash of the weights."""
        digest = hashlib.sha256()
        for rank in (2, 3):
            for name, tensor in sorted(self.network(rank).module.state_dict().items()):
                digest.update(name.encode() + tensor.cpu().numpy().tobytes())
        return digest.hexdigest()

    def read(self, pixels: np.ndarray, spacing: Sequence[float] | None = None) -> Reading:
        """Look at one image: sign and scale."""
        likely = self.usual if self.usual > 0 else None
        return read_image(self.network(pixels.ndim), pixels, likely, spacing)

    def segment(
        self, pixels: np.ndarray, asked: Asked, spacing: Sequence[float] | None = None
    ) -> Segmentation:
        """Label the nuclei of one image.

        Parameters
        ----------
        pixels
            ``(Z) Y X``, native dtype.
        asked
            What is to be found.
        spacing
            Micrometres a pixel; where it is not known, planes of a volume are as far apart as its
            nuclei say.
        """
        network, reading = self.network(pixels.ndim), self.read(pixels, spacing)
        if reading.empty:
            labels = np.zeros(pixels.shape, np.uint32)
            drawn = np.zeros(pixels.shape, np.float32) if asked.probability else None
            sure = Confidence(1.0, np.zeros(0), {}, 0.0) if asked.confidence else None
            return Segmentation(labels, drawn, sure)
        found = find(network, pixels, reading, asked.threshold, self.device)
        drawn, sure = None, None
        if asked.probability:
            drawn = np.clip(rescale(found.maps.foreground, pixels.shape), 0, 1)
        if asked.confidence:
            missed = max(0.0, found.expected - float(found.sure.sum()))
            expected = steadiness(network, pixels, reading, found, self.device)
            expected *= expected_f1(found.sure, found.expected)
            sure = Confidence(expected, found.sure, {}, missed)
        return Segmentation(found.labels, drawn, sure)

    def bytes_each(self, rank: int) -> float:
        """Return the memory that each pixel of a block takes, as far as the usual size tells."""
        diameter = self.usual if self.usual > 0 else WORKING[rank]
        return bytes_of(Reading(diameter, False, 1.0, 1.0, (1.0,) * rank))

    def sight(
        self,
        pixels: Windowed,
        asked: Asked,
        spacing: Sequence[float] | None = None,
        network: Network | None = None,
    ) -> Broad | None:
        """Measure a large image as a whole, so that it can be segmented window by window.

        Parameters
        ----------
        pixels
            In memory or on the disk.
        asked
            What is to be found.
        spacing
            As for :meth:`segment`.
        network
            In the place of the built-in one, such as its student.

        Returns
        -------
        Broad or None
            None where no nuclei stand out.
        """
        rank, likely = len(pixels.shape), self.usual if self.usual > 0 else None
        chosen = network or self.network(rank)

        def read(part: np.ndarray) -> Reading:
            return read_image(chosen, part, likely, spacing)

        reading = read_broad(read, pixels, glimpses(pixels, LOOKS, SIDE[rank]))
        if reading.empty:  # nuclei may be larger than what was looked at
            coarse, factor = coarse_copy(pixels, SIDE[rank])
            reading = read(coarse)
            reading = replace(reading, diameter=reading.diameter * factor)
        if reading.empty:
            return None
        return measure_broad(
            chosen, pixels, reading, asked.threshold, self.device, asked.probability,
            asked.confidence,
        )  # fmt: skip

    def plan(self, images: Sequence[Image], pixels: int, least: float = 0.0) -> Plan:
        """Return time and memory to expect, from the smallest of some images.

        Parameters
        ----------
        images
            Some of them, read.
        pixels
            Of all of them together.
        least
            Bytes that are taken in any case.
        """
        probe = min(images, key=lambda image: image.pixels.size)
        readings = [self.read(image.pixels, image.spacing) for image in images]
        before = held()
        spent = Spent.on(lambda: self.segment(probe.pixels, Asked(), probe.spacing))
        working = [
            image.pixels.size * math.prod(reading.scales)
            for image, reading in zip(images, readings, strict=True)
            if not reading.empty
        ]
        memory = before + max(BYTES * max(working, default=0.0), least)
        return plan_of(spent.processor * pixels / probe.pixels.size, [spent], memory, None)


@lru_cache
def _engine(name: Literal["onnx", "openvino"], rank: int) -> Engine:
    """Return the engine that runs the built-in network of a rank, made once."""
    network = builtin_network(rank)
    return make_engine(name, network.module, rank, network.stride)


def built_in() -> BuiltIn:
    """Return the model that the package carries, which has seen simulation alone."""
    # Sizes are read from each image; those of the recipe only bound the memory asked for.
    recipe = make_preset("fast", {"scene": {"radius": (6, 15), "count": (5, 50)}})
    return BuiltIn(recipe)


def usual_diameter(images: Sequence[Image]) -> float:
    """Return the median diameter over some images, nan where they show nothing."""
    found = [
        read_image(builtin_network(image.pixels.ndim), image.pixels, None, image.spacing).diameter
        for image in images
    ]
    known = [diameter for diameter in found if diameter > 0]
    return float(np.median(known)) if known else float("nan")
