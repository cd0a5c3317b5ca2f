"""The built-in network: load its weights from the package, and apply it to an image."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn

from adgan.builtin.confidence import ConfidenceModel
from adgan.builtin.engines import PROBABILITIES, Engine
from adgan.builtin.planes import join_planes
from adgan.builtin.settings import PLANES, TARGETS, TILING
from adgan.builtin.targets import HEADS
from adgan.image.tiling import fitting, plan_tiles, stitch
from adgan.image.views import HALF_TURN, PLAIN, View
from adgan.instances.votes import Maps
from adgan.nn.instance_unet import InstanceUNet, fold
from adgan.nn.layout import channels_last, with_channels_last
from adgan.system.device import Precision, in_bfloat16


@dataclass(frozen=True)
class Network:
    """A trained instance network, ready to be applied.

    Attributes
    ----------
    module
        The network of torch.
    ndim
        2 for images, 3 for volumes.
    stride
        Sides of its input are multiples of this many pixels.
    confidence_model
        Rates nuclei; None if it was not fitted.
    engine
        Computes instead of torch, if given.
    views
        Flips and turns whose predictions are averaged to find nuclei (test-time augmentation).
    precision
        Precision of torch, see :func:`adgan.system.device.in_bfloat16`.
    planes
        For volumes, a network for images whose predictions on planes are averaged with those on
        voxels.
    confidence_model_alone
        Confidence model of the predictions on voxels alone.
    reader
        Reads scales (default: the network itself).
    """

    module: nn.Module
    ndim: int
    stride: int
    confidence_model: ConfidenceModel | None = None
    engine: Engine | None = None
    views: tuple[View, ...] = HALF_TURN
    precision: Precision = "auto"
    planes: "Network | None" = None
    confidence_model_alone: ConfidenceModel | None = None
    reader: "Network | None" = None

    @property
    def reading(self) -> "Network":
        """The network that reads scales: it learnt nuclei of all sizes, and sees voxels alone."""
        if not self.reader or self.reader.precision == self.precision:
            return self.reader or self.alone
        return replace(self.reader, precision=self.precision)

    @property
    def alone(self) -> "Network":
        """The network without that for planes, which is faster."""
        if not self.planes:
            return self
        return replace(self, planes=None, confidence_model=self.confidence_model_alone)

    @property
    def alignment(self) -> int:
        """Multiple of pixels at which windows begin, so that a pixel is seen alike in each."""
        if not self.planes:
            return self.stride
        # The smallest whole step that is a whole number of strides in the enlarged planes, too.
        step = Fraction(self.planes.stride) / Fraction(PLANES.zoom)
        return math.lcm(self.stride, step.numerator)

    def maps(
        self,
        image: np.ndarray,
        device: torch.device | None = None,
        views: Sequence[View] = PLAIN,
    ) -> Maps:
        """Apply the network to an image, tile by tile.

        Parameters
        ----------
        image
            float32 ``(Z) Y X``, intensities normalised, nuclei at about the working size.
        device
            Device of torch (default: that of the network).
        views
            Views to average; each takes the time of one prediction.
        """
        maps = _named(self._whole(image, device, views), self.ndim)
        if not self.planes:
            return maps
        device = device or next(self.module.parameters()).device
        self.planes.module.to(device)
        plane_network = replace(self.planes, precision=self.precision)
        return join_planes(maps, image, partial(plane_network.stack_maps, device=device))

    def stack_maps(self, images: np.ndarray, device: torch.device | None = None) -> Maps:
        """Apply the network to images of one size in one pass, which is faster for small ones.

        Parameters
        ----------
        images
            float32 ``N (Z) Y X``, see :meth:`maps`.
        device
            Device of torch (default: that of the network).

        Returns
        -------
        Maps
            With one more axis, that of the images, before the pixels.
        """
        if self.engine or max(images.shape[1:]) > TILING[self.ndim].side:
            each = [self._whole(image, device, PLAIN) for image in images]
            return _named(np.stack(each, axis=1), self.ndim)
        far = [(0, -n % self.stride) for n in images.shape[1:]]
        found = self._run(np.pad(images, [(0, 0), *far], mode="edge"), device)
        inner = tuple(slice(0, n) for n in images.shape[1:])
        return _named(np.moveaxis(found, 1, 0)[:, :, *inner], self.ndim)

    def _whole(
        self, image: np.ndarray, device: torch.device | None, views: Sequence[View]
    ) -> np.ndarray:
        ndim, stride = self.ndim, self.stride
        far = [-n % stride for n in image.shape]
        mode: Any = (
            "reflect" if all(n > f for n, f in zip(image.shape, far, strict=True)) else "edge"
        )
        padded = np.pad(image, [(0, f) for f in far], mode=mode)
        how = TILING[ndim]
        overlap = (how.overlap,) * ndim
        sides = [fitting(n, how.side, how.overlap, stride) for n in padded.shape]
        tiles = plan_tiles(padded.shape, sides, overlap, stride)
        pieces = ((tile, self._mean(padded[tile.window], device, views)) for tile in tiles)
        whole = next(pieces)[1] if len(tiles) == 1 else stitch(padded.shape, pieces, overlap)
        inner = (slice(None), *(slice(0, n) for n in image.shape))
        return np.ascontiguousarray(whole[inner])

    def _mean(
        self, part: np.ndarray, device: torch.device | None, views: Sequence[View]
    ) -> np.ndarray:
        total = np.zeros((len(HEADS) + self.ndim, *part.shape), np.float32)
        for view in views:
            seen = self._run(view.apply(part)[None], device)[0]
            total[: len(HEADS)] += view.undo(seen[: len(HEADS)])
            total[len(HEADS) :] += view.undo_ways(seen[len(HEADS) :])
        total /= len(views)
        return total

    @torch.inference_mode()
    def _run(self, parts: np.ndarray, device: torch.device | None) -> np.ndarray:
        parts = np.ascontiguousarray(parts)
        if self.engine:
            return np.stack([self.engine(part) for part in parts])
        x = torch.from_numpy(parts)[:, None]
        device = device or next(self.module.parameters()).device
        x = x.to(device).contiguous(memory_format=channels_last(self.ndim))
        few = in_bfloat16(device, self.precision)
        with torch.autocast(device.type, torch.bfloat16, enabled=few):
            y = self.module(x).contiguous().float()
        for name in PROBABILITIES:
            y[:, HEADS.index(name)].sigmoid_()
        return y.cpu().numpy()


def _named(channels: np.ndarray, ndim: int) -> Maps:
    """Return the output channels of a network by name."""
    named = dict(zip(HEADS, channels, strict=False))
    return Maps(**named, offset=channels[len(HEADS) :], unit=TARGETS[ndim].unit)


def load_network(folder: Path) -> Network:
    """Load a network that :mod:`adgan.builtin.learn` wrote.

    A network in the sub-folder ``reader`` reads scales for it, and its confidence model serves both
    if there is no other.
    """
    about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    network = make_network(
        about["ndim"], about["widths"], load_file(folder / "weights.safetensors")
    )
    network = replace(network, confidence_model=_confidence_model(folder / "doubt.json"))
    if joint := _confidence_model(folder / "doubt_planes.json"):
        network = with_planes(network, joint)
    if (folder / "reader").is_dir():
        reader = load_network(folder / "reader")
        known = network.confidence_model or reader.confidence_model
        network = replace(network, reader=reader, confidence_model=known)
    return network


def with_planes(network: Network, confidence_model: ConfidenceModel | None = None) -> Network:
    """Return a network for volumes that sees their planes with the network for images as well.

    Parameters
    ----------
    network
        The network for volumes, with the confidence model of its own predictions.
    confidence_model
        The confidence model of the predictions of both.
    """
    return replace(
        network,
        planes=builtin_network(2).reading,  # planes cut nuclei, so that they show all sizes
        confidence_model=confidence_model,
        confidence_model_alone=network.confidence_model,
    )


def _confidence_model(path: Path) -> ConfidenceModel | None:
    """Read a confidence model; None if there is none."""
    if not path.exists():
        return None
    parts = json.loads(path.read_text(encoding="utf-8"))
    arrays = {name: np.array(parts[name]) for name in ("mean", "deviation", "weights")}
    return ConfidenceModel(constant=parts["constant"], **arrays)


def make_network(ndim: int, widths: Sequence[int], weights: dict[str, torch.Tensor]) -> Network:
    """Return a network in single precision, with its normalisations folded into convolutions."""
    module = InstanceUNet(ndim, len(HEADS) + ndim, widths)
    module.load_state_dict(
        {n: w.float() if w.is_floating_point() else w for n, w in weights.items()}
    )
    fold(module.eval())
    return Network(with_channels_last(module, ndim), ndim, module.stride)


@lru_cache
def builtin_network(ndim: int = 2) -> Network:
    """Return the network for images (`ndim` 2) or volumes (`ndim` 3) from the package."""
    return load_network(Path(str(files("adgan.builtin") / f"nuclei{ndim}d")))
