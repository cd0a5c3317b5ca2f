"""Compare ways to put together what is seen of a volume: its voxels and the planes of three axes.

python benchmarks/fusion.py --data DIR -o FOLDER [--sets bbbc050 stardist] [--images 4]

Compared are the mean that segmentation uses; planes weighted by how sharp they are; a small network
that learns from simulated scenes to put together everything that both networks tell; and votes that
follow the offsets again from the place they point to, as flows do. The network is trained first and
kept in FOLDER. Printed are F1 and SEG per set and their means; no nucleus is left out as
improbable.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from scipy import ndimage
from torch import Tensor, nn
from torch.nn import functional as F
from volume_maps import Decode, by_votes, compare
from volumes import SETS
from wild3d import MADE

from adgan.builtin.examples import crop_of, make_example
from adgan.builtin.network import Network, builtin_network
from adgan.builtin.plan import PLANS
from adgan.builtin.planes import planes_across
from adgan.builtin.settings import PLANES
from adgan.builtin.targets import HEADS
from adgan.instances.votes import Maps
from adgan.system.seeding import generator

THRESHOLDS = ((0.3, 0.25), (0.4, 0.35), (0.5, 0.5))
"""Foreground probabilities of votes and of outlines."""
SEED = 1000
"""Scenes begin at this number, beyond those of the networks' own training."""


def look(volume: np.ndarray, maps: Maps, planes: Network) -> np.ndarray:
    """Return all that is seen of a volume: voxels, planes of each axis, image, ``17 Z Y X``.

    Parameters
    ----------
    volume
        float32 ``Z Y X``, intensities normalised.
    maps
        Output of the network for volumes.
    planes
        The network for images.
    """
    parts = [maps.foreground, maps.depth, maps.contact, maps.size, *maps.offset]
    for axis in range(3):
        seen = np.zeros((3, *volume.shape), np.float32)
        for part, foreground, ways in planes_across(volume, axis, planes.stack_maps, PLANES.zoom):
            seen[0][part] = np.clip(foreground, 0, 1)
            for one, way in zip(seen[1:], ways.values(), strict=True):
                one[part] = way / maps.unit
        parts += list(seen)
    return np.stack([*parts, volume]).astype(np.float32)


def averaged(seen: np.ndarray, weights: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Return foreground and offsets of the planes, with a weight for each axis they lie across."""
    foreground, offset = np.zeros_like(seen[0]), np.zeros_like(seen[:3])
    total = np.zeros(3)
    for axis, weight in enumerate(weights):
        first = 7 + 3 * axis
        foreground += weight / sum(weights) * seen[first]
        for k, other in enumerate(a for a in range(3) if a != axis):
            offset[other] += weight * seen[first + 1 + k]
            total[other] += weight
    return foreground, offset / np.maximum(total, 1e-6).reshape(3, 1, 1, 1).astype(np.float32)


def joined(maps: Maps, foreground: np.ndarray, offset: np.ndarray) -> Maps:
    """Return the mean of voxels and planes, weighted as in segmentation."""
    part = np.float32(PLANES.weight)
    return replace(
        maps,
        foreground=maps.foreground + part * (foreground - maps.foreground),
        offset=maps.offset + part * (offset - maps.offset),
    )


def sharpness(volume: np.ndarray) -> list[float]:
    """Return the mean square of the second difference in the planes across each axis."""
    second = [
        float(np.mean(np.diff(volume, 2, axis=axis) ** 2)) if volume.shape[axis] > 2 else 0.0
        for axis in range(3)
    ]
    return [sum(second) - own + 1e-6 for own in second]


def followed(maps: Maps, times: int) -> Maps:
    """Return maps whose offsets end where following them several times leads."""
    places = np.indices(maps.foreground.shape).astype(np.float32)
    aim = places + maps.unit * maps.offset
    for _ in range(times):
        step = [ndimage.map_coordinates(way, aim, order=1, mode="nearest") for way in maps.offset]
        inside = ndimage.map_coordinates(maps.foreground, aim, order=1, mode="nearest")
        aim = aim + maps.unit * np.stack(step) * (inside > 0.5)
    return replace(maps, offset=(aim - places) / maps.unit)


class Fusion(nn.Module):
    """Corrects the mean of voxels and planes: two convolutions over all that is seen."""

    def __init__(self, width: int = 24):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv3d(17, width, 3, padding=1),
            nn.ReLU(),
            nn.Conv3d(width, width, 3, padding=1),
            nn.ReLU(),
            nn.Conv3d(width, 4, 1),
        )
        last = self.layers[-1]
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)

    def forward(self, seen: Tensor, mean: Tensor) -> Tensor:
        """Map ``B 17 Z Y X`` and the mean's logit and offsets, ``B 4 Z Y X``, to the latter."""
        y: Tensor = mean + self.layers(seen)
        return y


def mean_of(seen: np.ndarray, maps: Maps) -> np.ndarray:
    """Return logit of the foreground and offsets of the mean of segmentation, ``4 Z Y X``."""
    both = joined(maps, *averaged(seen, (1, 1, 1)))
    chance = np.clip(both.foreground, 1e-3, 1 - 1e-3)
    return np.concatenate([np.log(chance / (1 - chance))[None], both.offset]).astype(np.float32)


def examples(number: int, network: Network) -> Iterator[tuple[np.ndarray, ...]]:
    """Yield what is seen of simulated scenes, its mean, targets and weights, float16."""
    plan, planes = PLANS[3], builtin_network(2).reading
    for k in range(number):
        example = make_example(SEED + k, plan)
        image, target, weight = crop_of(generator(SEED, "crop", k), example, plan.crop, plan.vary)
        image = np.ascontiguousarray(image)
        maps = network.alone.maps(image)
        seen = look(image, maps, planes)
        wanted = target[[0, *range(len(HEADS), len(HEADS) + 3)]]
        parts = seen, mean_of(seen, maps), wanted, weight[None]
        yield tuple(np.ascontiguousarray(part, np.float16) for part in parts)
        if (k + 1) % 50 == 0:
            print(f"seen {k + 1} of {number} scenes", flush=True)


def loss_of(output: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Return the loss of foreground and offsets, weighted as for the networks."""
    logit, truth = output[:, :1], target[:, :1]
    inside, total = truth * weight, weight.sum().clamp(min=1)
    entropy = F.binary_cross_entropy_with_logits(logit, truth, reduction="none")
    ways = F.smooth_l1_loss(output[:, 1:], target[:, 1:], reduction="none", beta=0.2)
    offset = (ways.mean(1, keepdim=True) * inside).sum() / inside.sum().clamp(min=1)
    share = torch.sigmoid(logit) * weight
    dice = 1 - (2 * (share * inside).sum() + 1) / (share.sum() + inside.sum() + 1)
    return (entropy * weight).sum() / total + 0.5 * dice + 2 * offset


def learn(folder: Path, scenes: int, steps: int) -> Fusion:
    """Train the small network, or load it if it was trained before."""
    torch.manual_seed(0)
    fusion, path = Fusion(), folder / "fusion.safetensors"
    if path.exists():
        fusion.load_state_dict(load_file(path))
        return fusion.eval()
    kept = list(examples(scenes, builtin_network(3)))
    optimiser = torch.optim.AdamW(fusion.parameters(), 2e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    rng, sums = np.random.default_rng(0), [0.0, 0.0]
    for step in range(1, steps + 1):
        chosen = [kept[int(i)] for i in rng.integers(len(kept), size=4)]
        seen, mean, target, weight = (
            torch.from_numpy(np.stack(part)).float() for part in zip(*chosen, strict=True)
        )
        loss = loss_of(fusion(seen, mean), target, weight)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        sums[0] += loss.item()
        sums[1] += loss_of(mean, target, weight).item()
        if step % 100 == 0:
            print(
                f"step {step}: loss {sums[0] / 100:.4f}, of the mean {sums[1] / 100:.4f}",
                flush=True,
            )
            sums = [0.0, 0.0]
    folder.mkdir(parents=True, exist_ok=True)
    save_file(fusion.state_dict(), path)
    return fusion.eval()


@torch.inference_mode()
def fused(fusion: Fusion, seen: np.ndarray, maps: Maps) -> Maps:
    """Return maps put together by the small network."""
    y = fusion(torch.from_numpy(seen)[None], torch.from_numpy(mean_of(seen, maps))[None])[0]
    return replace(maps, foreground=torch.sigmoid(y[0]).numpy(), offset=y[1:].numpy())


def ways(fusion: Fusion, volume: np.ndarray, maps: Maps) -> Iterator[tuple[str, Maps]]:
    """Yield a title and maps for each way."""
    seen = look(volume, maps, builtin_network(2).reading)
    mean = joined(maps, *averaged(seen, (1, 1, 1)))
    yield "mean", mean
    yield "foreground of planes across Z", joined(maps, seen[7], averaged(seen, (1, 1, 1))[1])
    yield "planes by sharpness", joined(maps, *averaged(seen, sharpness(volume)))
    yield "mean, followed once", followed(mean, 1)
    yield "mean, followed three times", followed(mean, 3)
    small = fused(fusion, seen, maps)
    yield "small network", small
    yield "small network's offsets", replace(mean, offset=small.offset)
    half = replace(
        mean,
        foreground=(mean.foreground + small.foreground) / 2,
        offset=(mean.offset + small.offset) / 2,
    )
    yield "mean and small network", half


def variants(
    fusion: Fusion, volume: np.ndarray, maps: Maps
) -> Iterator[tuple[str, Maps, Decode, float]]:
    """Yield each way with each pair of thresholds, see :data:`volume_maps.Variants`."""
    for title, made in ways(fusion, volume, maps):
        for votes, outline in THRESHOLDS:
            yield f"{title}, {votes}/{outline}", made, by_votes(votes), outline


def main() -> None:
    """Train the small network, and compare all ways."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--sets", nargs="+", default=[*SETS, *MADE])
    parser.add_argument("--images", type=int, default=8, help="at most, of each set")
    parser.add_argument("--scenes", type=int, default=400, help="to learn from")
    parser.add_argument("--steps", type=int, default=1200)
    given = parser.parse_args()
    torch.set_num_threads(1)
    fusion = learn(given.output, given.scenes, given.steps)
    compare(given.sets, given.data, given.images, partial(variants, fusion))


if __name__ == "__main__":
    main()
