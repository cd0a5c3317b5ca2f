"""The built-in network: load its weights from the package, and apply it to an image."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from torch import nn

from adgan.builtin.confidence import ConfidenceModel
from adgan.builtin.engines import PROBABILITIES, Engine
from adgan.builtin.settings import TARGETS, TILING
from adgan.builtin.targets import HEADS
from adgan.image.tiling import fitting, plan_tiles, stitch
from adgan.image.views import HALF_TURN, PLAIN, View
from adgan.instances.votes import Maps
from adgan.nn.instance_unet import InstanceUNet, fold
from adgan.system.device import Precision, in_bfloat16


@dataclass(frozen=True)
class Network:
    """A trained instance network, ready to be applied.

    ``engine``, if given, computes instead of torch. ``views`` are the flips and turns whose
    predictions are averaged to find nuclei (test-time augmentation). ``precision`` is that of
    torch, see :func:`adgan.system.device.in_bfloat16`.
    """

    module: nn.Module
    rank: int
    stride: int
    confidence_model: ConfidenceModel | None = None
    engine: Engine | None = None
    views: tuple[View, ...] = HALF_TURN
    precision: Precision = "auto"

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
        rank, stride = self.rank, self.stride
        far = [-n % stride for n in image.shape]
        mode: Any = (
            "reflect" if all(n > f for n, f in zip(image.shape, far, strict=True)) else "edge"
        )
        padded = np.pad(image, [(0, f) for f in far], mode=mode)
        how = TILING[rank]
        overlap = (how.overlap,) * rank
        sides = [fitting(n, how.side, how.overlap, stride) for n in padded.shape]
        tiles = plan_tiles(padded.shape, sides, overlap, stride)
        pieces = ((tile, self._mean(padded[tile.window], device, views)) for tile in tiles)
        whole = next(pieces)[1] if len(tiles) == 1 else stitch(padded.shape, pieces, overlap)
        inner = (slice(None), *(slice(0, n) for n in image.shape))
        whole = np.ascontiguousarray(whole[inner])
        named = dict(zip(HEADS, whole, strict=False))
        return Maps(**named, offset=whole[len(HEADS) :], unit=TARGETS[rank].unit)

    def _mean(
        self, part: np.ndarray, device: torch.device | None, views: Sequence[View]
    ) -> np.ndarray:
        total = np.zeros((len(HEADS) + self.rank, *part.shape), np.float32)
        for view in views:
            seen = self._run(view.apply(part), device)
            total[: len(HEADS)] += view.undo(seen[: len(HEADS)])
            total[len(HEADS) :] += view.undo_ways(seen[len(HEADS) :])
        total /= len(views)
        return total

    @torch.inference_mode()
    def _run(self, part: np.ndarray, device: torch.device | None) -> np.ndarray:
        if self.engine:
            return self.engine(np.ascontiguousarray(part))
        x = torch.from_numpy(np.ascontiguousarray(part))[None, None]
        memory = torch.channels_last if self.rank == 2 else torch.channels_last_3d
        device = device or next(self.module.parameters()).device
        x = x.to(device).contiguous(memory_format=memory)
        few = in_bfloat16(device, self.precision)
        with torch.autocast(device.type, torch.bfloat16, enabled=few):
            y = self.module(x)[0].contiguous().float()
        for name in PROBABILITIES:
            y[HEADS.index(name)].sigmoid_()
        return y.cpu().numpy()


def load_network(folder: Path) -> Network:
    """Load a network that :mod:`adgan.builtin.learn` wrote."""
    about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    network = make_network(
        about["rank"], about["widths"], load_file(folder / "weights.safetensors")
    )
    fitted = folder / "doubt.json"
    if not fitted.exists():
        return network
    parts = json.loads(fitted.read_text(encoding="utf-8"))
    arrays = {name: np.array(parts[name]) for name in ("mean", "deviation", "weights")}
    return replace(network, confidence_model=ConfidenceModel(constant=parts["constant"], **arrays))


def make_network(rank: int, widths: Sequence[int], weights: dict[str, torch.Tensor]) -> Network:
    """Return a network in single precision, with its normalisations folded into convolutions."""
    module = InstanceUNet(rank, len(HEADS) + rank, widths)
    module.load_state_dict(
        {n: w.float() if w.is_floating_point() else w for n, w in weights.items()}
    )
    fold(module.eval())
    memory = torch.channels_last if rank == 2 else torch.channels_last_3d
    return Network(module.to(memory_format=memory), rank, module.stride)  # type: ignore[call-overload]


@lru_cache
def builtin_network(rank: int = 2) -> Network:
    """Return the network for images (`rank` 2) or volumes (`rank` 3) from the package."""
    return load_network(Path(str(files("adgan.builtin") / f"nuclei{rank}d")))
