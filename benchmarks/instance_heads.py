"""Compare what the network learns of instances: votes, star-convex polygons, or embeddings.

python benchmarks/instance_heads.py --data DIR -o FOLDER [--steps 1500] [--kinds votes,star]

Each kind is trained from scratch with the scenes, the network and the optimiser of the built-in
model, and decoded at the true median diameter of an image. Printed are F1 per set, the mean and the
lowest. A finished training is not repeated. Star-convex polygons (Schmidt et al. 2018,
arXiv:1806.03535) need the StarDist package, which measures and draws them. Embeddings are those of
Neven et al. 2019 (arXiv:1906.11109): offsets whose clusters have a learnt width, and a seed map.
"""

import argparse
import multiprocessing
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from sets import WILD, DataSet, Labelled, load_labelled
from torch import Tensor
from torch.nn import functional as F

from adgan.builtin.learn import rate_at
from adgan.builtin.normalisation import global_normalisation, measure_normalisation
from adgan.builtin.objective import objective
from adgan.builtin.plan import PLANS
from adgan.builtin.resample import to_working
from adgan.builtin.settings import TARGETS
from adgan.builtin.targets import HEADS, make_targets, stack_targets
from adgan.image.scale import nearest
from adgan.instances.votes import Maps, find_nuclei
from adgan.metrics import all_scores
from adgan.metrics.field import tables
from adgan.nn.instance_unet import InstanceUNet
from adgan.synth.randomised import random_scene
from adgan.system.seeding import generator
from adgan_bench.data import median_diameter

PLAN, UNIT = PLANS[2], TARGETS[2].unit
RAYS = 32
"""Number of rays of a polygon, the default of its authors."""
SMALLEST = 20
"""Size in pixels below which a cluster of embeddings is no nucleus."""


@dataclass(frozen=True)
class Kind:
    """One way to learn instances.

    Parameters
    ----------
    channels
        Output channels of the network.
    targets
        Returns the target channels ``C Y X`` of a label map.
    loss
        Returns the loss of outputs, targets and weights, each ``B C Y X``.
    decoders
        Functions that turn the output ``C Y X`` into a label map, by name.
    """

    channels: int
    targets: Callable[[np.ndarray], np.ndarray]
    loss: Callable[[Tensor, Tensor, Tensor], Tensor]
    decoders: dict[str, Callable[[np.ndarray], np.ndarray]]


def vote_loss(output: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Return the loss of the built-in model."""
    return torch.stack(list(objective(output, target, weight).values())).sum()


def by_votes(output: np.ndarray) -> np.ndarray:
    """Decode as the built-in model does."""
    logits = torch.from_numpy(output[[0, 2]]).sigmoid().numpy()
    return find_nuclei(Maps(logits[0], output[1], logits[1], output[3], output[4:], UNIT))


def star_targets(labels: np.ndarray) -> np.ndarray:
    """Return the relative depth, and the distance to the boundary along each ray, in units."""
    from stardist.geometry import star_dist

    rays = star_dist(labels.astype(np.uint16), RAYS)
    depth = make_targets(labels)["depth"]
    return np.concatenate([depth[None], np.moveaxis(rays, -1, 0) / UNIT]).astype(np.float32)


def star_loss(output: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Return cross-entropy of the depth, and the error of distances where it is high."""
    depth = target[:, :1]
    seen = F.binary_cross_entropy_with_logits(output[:, :1], depth, reduction="none") * weight
    sure = depth * weight
    far = (output[:, 1:] - target[:, 1:]).abs().mean(1, keepdim=True) * sure
    return seen.sum() / weight.sum().clamp(min=1) + 2 * far.sum() / sure.sum().clamp(min=1)


def by_stars(output: np.ndarray, least: float, overlap: float) -> np.ndarray:
    """Keep the most probable of polygons that overlap, and draw them."""
    from stardist.geometry import polygons_to_label
    from stardist.nms import non_maximum_suppression

    depth = torch.from_numpy(output[0]).sigmoid().numpy()
    rays = np.maximum(np.moveaxis(output[1:], 0, -1) * UNIT, 1e-3)
    points, chances, distances = non_maximum_suppression(
        np.ascontiguousarray(rays), depth, nms_thresh=overlap, prob_thresh=least
    )
    return polygons_to_label(distances, points, depth.shape, prob=chances).astype(np.uint32)


def embedding_loss(output: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Return the loss of embeddings: two offsets, a width, and a seed.

    The pixels of a nucleus shall lie within its width around the mean of their embeddings, and all
    others outside (soft Dice); widths are alike within a nucleus; the seed tells how well a pixel
    lies at that mean.
    """
    labels, total = target[:, 0].long(), output.new_zeros(())
    size = labels.shape[-2:]
    grid = torch.stack(torch.meshgrid(*(torch.arange(n) / UNIT for n in size), indexing="ij"))
    number = 0
    for out, label, sure in zip(output, labels, weight[:, 0], strict=True):
        place = grid + out[:2]
        seed = out[3].sigmoid()
        names = label.unique()
        names = names[names > 0]
        outside = (seed.square() * (label == 0) * sure).sum() / (label == 0).sum().clamp(min=1)
        total = total + outside * len(output)
        for name in names:
            own = label == name
            if not bool(sure[own].all()) or int(own.sum()) < SMALLEST:
                continue
            centre, width = place[:, own].mean(1), out[2][own]
            spread = torch.exp(width.mean())
            near = torch.exp(-spread * (place - centre[:, None, None]).square().sum(0))
            near_sure = near * sure
            dice = 1 - 2 * near_sure[own].sum() / (near_sure.square().sum() + own.sum())
            alike = (width - width.mean().detach()).square().mean()
            seeded = (seed[own] - near[own].detach()).square().mean()
            total = total + dice + 0.1 * alike + seeded
            number += 1
    return total / max(1, number)


def by_embeddings(output: np.ndarray, least: float) -> np.ndarray:
    """Take the best seed left and the pixels within its width, until no seed is good enough."""
    size = output.shape[1:]
    grid = np.stack(np.meshgrid(*(np.arange(n) / UNIT for n in size), indexing="ij"))
    seed = torch.from_numpy(output[3]).sigmoid().numpy()
    inside = np.flatnonzero(seed > least / 2)
    place, width = (grid + output[:2]).reshape(2, -1)[:, inside], output[2].ravel()[inside]
    left, labels = seed.ravel()[inside].copy(), np.zeros(seed.size, np.uint32)
    free, number = np.ones(len(inside), bool), 0
    while len(left) and left.max() > least:
        best = int(left.argmax())
        near = ((place - place[:, [best]]) ** 2).sum(0) * np.exp(width[best]) < np.log(2)
        mine = near & free
        left[near], left[best] = 0, 0
        if np.count_nonzero(mine) >= max(SMALLEST, np.count_nonzero(near) / 2):
            number += 1
            labels[inside[mine]] = number
            free &= ~mine
    return labels.reshape(size)


KINDS = {
    "votes": Kind(len(HEADS) + 2, stack_targets, vote_loss, {"votes": by_votes}),
    "star": Kind(
        1 + RAYS,
        star_targets,
        star_loss,
        {f"star {p}": partial(by_stars, least=p, overlap=0.4) for p in (0.3, 0.5, 0.6, 0.7)},
    ),
    "embeddings": Kind(
        4,
        lambda labels: labels[None],
        embedding_loss,
        {f"embeddings {p}": partial(by_embeddings, least=p) for p in (0.5, 0.7, 0.8, 0.9)},
    ),
}


def make(number: int, kind: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a scene, turned at random: image, targets and weights."""
    rng = generator(PLAN.seed, "scene", number)
    scene = random_scene(rng, PLAN.scene)
    image = global_normalisation(scene.image).apply(scene.image)
    axes = tuple(axis for axis in (0, 1) if rng.random() < 0.5)
    image, labels, certain = (
        np.ascontiguousarray(np.flip(part, axes)) for part in (image, scene.labels, scene.certain)
    )
    return image, KINDS[kind].targets(labels).astype(np.float16), certain


def learn(kind: str, path: Path, steps: int) -> InstanceUNet:
    """Train a network, or read it."""
    torch.manual_seed(PLAN.seed)
    torch.set_num_threads(1)
    network = InstanceUNet(2, KINDS[kind].channels, PLAN.widths)
    if path.exists():
        network.load_state_dict(load_file(path))
        return network.eval()
    optimiser = torch.optim.AdamW(network.parameters(), PLAN.rate, weight_decay=PLAN.decay)
    kept: deque = deque(maxlen=PLAN.kept)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        source = pool.imap(partial(make, kind=kind), range(steps + 32), chunksize=4)
        for _ in range(32):
            kept.append(next(source))
        for step in range(steps):
            kept.append(next(source))
            rng, parts = generator(PLAN.seed, "batch", step), []
            for chosen in rng.integers(len(kept), size=PLAN.batch):
                image, target, weight = kept[int(chosen)]
                top, left = (
                    int(rng.integers(n - c + 1))
                    for n, c in zip(image.shape, PLAN.crop, strict=True)
                )
                window = (slice(top, top + PLAN.crop[0]), slice(left, left + PLAN.crop[1]))
                parts.append((image[window][None], target[:, *window], weight[window][None]))
            image, target, weight = (
                torch.from_numpy(np.stack([part[i] for part in parts]).astype(np.float32))
                for i in range(3)
            )
            for group in optimiser.param_groups:
                group["lr"] = rate_at(replace(PLAN, steps=steps), step)
            with torch.autocast("cpu", torch.bfloat16):
                output = network(image)
            loss = KINDS[kind].loss(output.float(), target, weight)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), PLAN.gradient)
            optimiser.step()
            if step % 100 == 0:
                print(f"{kind} step {step} loss {float(loss.detach()):.3f}", flush=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(network.state_dict(), path)
    return network.eval()


def score_set(
    network: InstanceUNet, kind: Kind, images: list[Labelled], which: DataSet, diameter: float
) -> np.ndarray:
    """Return the mean F1 over the images of a set, one value per decoder."""
    usual, scores = median_diameter([image.truth for image in images]), []
    for image in images:
        own = median_diameter([image.truth])
        working = to_working(image.pixels, (diameter / (own if own > 0 else usual),) * 2)
        seen = measure_normalisation(working).apply(working)
        sides = [(0, -n % network.stride) for n in seen.shape]
        padded = np.pad(seen, sides, mode="symmetric").astype(np.float32)
        with torch.inference_mode():
            output = network(torch.from_numpy(padded)[None, None])[0].float().numpy()
        output = output[:, : seen.shape[0], : seen.shape[1]]
        truth, row = image.truth.astype(np.uint32), []
        for decode in kind.decoders.values():
            labels = nearest(decode(output), truth.shape).astype(np.uint32)
            row.append(all_scores(*tables(labels, truth, which.band))["f1"])
        scores.append(row)
    return np.mean(scores, axis=0)


def main() -> None:
    """Train the kinds and print their F1."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder of the trainings")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--images", type=int, default=3, help="per set")
    parser.add_argument("--diameter", type=float, default=25.0, help="working pixels of a nucleus")
    given = parser.parse_args()
    for name in given.kinds.split(","):
        network = learn(name, given.output / f"{name}_{given.steps}.safetensors", given.steps)
        kind, rows = KINDS[name], []
        print(f"{'F1':38}", *(f"{decoder:>16}" for decoder in kind.decoders))
        for which in WILD.values():
            images = load_labelled(given.data, which)
            some = images[:: -(-len(images) // given.images)]
            rows.append(score_set(network, kind, some, which, given.diameter))
            print(f"{which.name:38}", *(f"{score:16.3f}" for score in rows[-1]), flush=True)
        for title, values in (("mean", np.mean(rows, axis=0)), ("worst", np.min(rows, axis=0))):
            print(f"{title:38}", *(f"{score:16.3f}" for score in values), flush=True)


if __name__ == "__main__":
    main()
