"""Train the built-in model from simulation alone: ``python -m adgan.builtin.learn -o FOLDER``.

With ``--rank 3`` it is the model of volumes.

Called again with the same folder it goes on where it stopped. Scene ``n`` depends on the seed and
``n`` alone, and step ``k`` draws its crops from the scenes made until then, so that a run that was
stopped gives the weights of one that was not.
"""

import argparse
import json
import math
import multiprocessing
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from adgan.builtin.light import levels
from adgan.builtin.objective import objective
from adgan.builtin.targets import HEADS, make_targets
from adgan.io.atomic import atomic
from adgan.nn.instance_unet import InstanceUNet
from adgan.seeding import generator
from adgan.synth.randomised import random_scene

WEIGHTS, STATE, CURVE, ABOUT = (
    "weights.safetensors",
    "state.safetensors",
    "curve.jsonl",
    "model.json",
)

THIN, DEPTH = 0.12, (3.0, 16.0)
"""Share of the crops of volumes that are stacks of a few planes, and how many working voxels deep
these are."""


@dataclass(frozen=True)
class Plan:
    """How the built-in model is trained.

    Parameters
    ----------
    rank
        2 for images, 3 for volumes.
    widths
        Of the network, see :class:`adgan.nn.instance_unet.InstanceUNet`.
    scene, crop
        Sides in pixels of a scene, and of what a step sees of it: nuclei cut by the crop are
        told as the whole ones they are.
    batch, steps, rate
        Crops a step, steps in all, and the highest learning rate (AdamW, cosine after a warm-up).
    fresh, kept
        New scenes per step, and how many of the latest ones steps draw from.
    seed
        Of weights, scenes and crops.
    """

    rank: int = 2
    widths: tuple[int, ...] = (16, 32, 64, 96, 96)
    scene: tuple[int, ...] = (176, 176)
    crop: tuple[int, ...] = (144, 144)
    batch: int = 6
    steps: int = 8_000
    rate: float = 3e-3
    fresh: float = 2
    kept: int = 1500
    seed: int = 0

    def made(self, steps: int) -> int:
        """Return the number of scenes that so many steps have seen made."""
        return math.ceil(steps * self.fresh)


PLANS = {
    2: Plan(),
    3: Plan(
        rank=3,
        widths=(16, 32, 64, 96),
        scene=(48, 48, 48),
        crop=(40, 40, 40),
        batch=4,
        steps=5_000,
        fresh=1,
        kept=1000,
    ),
}
"""The plans of the networks in the package, by rank."""


@dataclass(frozen=True)
class Example:
    """A scene as it is stored: image float32, targets and doubt float16."""

    image: np.ndarray
    target: np.ndarray
    sure: np.ndarray


def make_example(number: int, plan: Plan) -> Example:
    """Draw scene `number` and what the network should make of it."""
    scene = random_scene(generator(plan.seed, "scene", number), plan.scene)
    return example_of(scene.image, scene.labels, scene.sure)


def example_of(image: np.ndarray, labels: np.ndarray, sure: np.ndarray) -> Example:
    """Return an image ``(Z) Y X`` with what its label map should give."""
    made = make_targets(labels)
    target = np.concatenate([np.stack([made[name] for name in HEADS]), made["offset"]])
    return Example(image.astype(np.float32, copy=False), target.astype(np.float16), sure)


def crop_of(
    rng: np.random.Generator, example: Example, crop: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cut, turn and brighten one example: image, target ``C (Z) Y X``, sure."""
    low, high = rng.uniform(0.3, 3), rng.uniform(99.0, 99.95)
    light = levels(example.image, (low, high))
    power = float(rng.uniform(0.35, 0.9)) if rng.random() < 0.6 else 0.5
    image = type(light)(light.low, light.high, power).apply(example.image)
    starts = [int(rng.integers(n - c + 1)) for n, c in zip(example.image.shape, crop, strict=True)]
    window = tuple(slice(s, s + c) for s, c in zip(starts, crop, strict=True))
    image, target = image[window], example.target[(slice(None), *window)].astype(np.float32)
    sure, rank = example.sure[window], len(crop)
    if rank == 3 and rng.random() < THIN:
        depth = min(len(image), int(rng.uniform(*DEPTH)))
        image, sure = _thinned(image, sure, depth)
    for axis in range(rank):
        if rng.random() < 0.5:
            image, target, sure = (
                np.flip(image, axis),
                np.flip(target, axis + 1),
                np.flip(sure, axis),
            )
            target = target.copy()
            target[len(HEADS) + axis] *= -1
    if rng.random() < 0.5:
        image, sure = image.swapaxes(-1, -2), sure.swapaxes(-1, -2)
        target = target.swapaxes(-1, -2).copy()
        target[[-1, -2]] = target[[-2, -1]]
    return image, target, sure


def _thinned(image: np.ndarray, sure: np.ndarray, depth: int) -> tuple[np.ndarray, np.ndarray]:
    """Leave the first few planes of a volume; the last of them is repeated, as padding does."""
    below = [(0, len(image) - depth), (0, 0), (0, 0)]
    return np.pad(image[:depth], below, mode="edge"), np.pad(sure[:depth], below)


def scenes(plan: Plan, start: int, workers: int) -> Iterator[Example]:
    """Give the scenes from number `start` on, made by other processes."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(workers) as pool:
        ahead: deque = deque()
        for number in range(start, plan.made(plan.steps) + 1):
            ahead.append(pool.apply_async(make_example, (number, plan)))
            if len(ahead) > 8 * workers:
                yield ahead.popleft().get()
        while ahead:
            yield ahead.popleft().get()


def draw_batch(plan: Plan, step: int, kept: deque[Example]) -> tuple[Tensor, Tensor, Tensor]:
    """Return a batch of images ``B 1``, targets ``B C`` and doubts ``B 1``, then ``(Z) Y X``."""
    rng = generator(plan.seed, "batch", step)
    chosen = [kept[int(i)] for i in rng.integers(len(kept), size=plan.batch)]
    parts = [crop_of(rng, example, plan.crop) for example in chosen]
    image, target, sure = (np.stack([part[i] for part in parts]) for i in range(3))
    return (
        torch.from_numpy(image[:, None].copy()),
        torch.from_numpy(target.copy()),
        torch.from_numpy(sure[:, None].astype(np.float32)),
    )


def rate_at(plan: Plan, step: int) -> float:
    """Return the learning rate of a step."""
    warm = min(1.0, (step + 1) / 200)
    return plan.rate * warm * (0.5 * (1 + np.cos(np.pi * step / plan.steps)) + 1e-3)


def learn(
    folder: Path, plan: Plan, workers: int = 1, threads: int = 1, stop: int | None = None
) -> None:
    """Train, writing weights and state every few hundred steps.

    Parameters
    ----------
    folder
        To write to, and to go on from.
    plan
        The same whenever it goes on.
    workers, threads
        Processes that make scenes, and threads that learn from them.
    stop
        Step after which to stop, for another call to go on; the plan's last when absent.
    """
    stop = plan.steps if stop is None else min(stop, plan.steps)
    torch.set_num_threads(threads)
    torch.manual_seed(plan.seed)
    network = InstanceUNet(plan.rank, len(HEADS) + plan.rank, plan.widths)
    memory = torch.channels_last if plan.rank == 2 else torch.channels_last_3d
    network.to(memory_format=memory)  # type: ignore[call-overload]
    optimiser = torch.optim.AdamW(network.parameters(), plan.rate, weight_decay=1e-3)
    folder.mkdir(parents=True, exist_ok=True)
    step = 0
    if (folder / STATE).exists():
        step = restore(folder / STATE, network, optimiser)
    kept: deque[Example] = deque(maxlen=plan.kept)
    made = plan.made(step)
    source = scenes(plan, max(0, made - plan.kept), workers)
    for _ in range(min(plan.kept, made)):
        kept.append(next(source))
    started, sums, added = time.monotonic(), dict[str, float](), 0
    while step < stop:
        for _ in range(plan.made(step + 1) - plan.made(step)):
            kept.append(next(source))
        image, target, sure = draw_batch(plan, step, kept)
        network.train()
        for group in optimiser.param_groups:
            group["lr"] = rate_at(plan, step)
        image = image.to(memory_format=memory)
        terms = objective(network(image), target, sure)
        optimiser.zero_grad()
        torch.stack(list(terms.values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        step += 1
        for name, term in terms.items():
            sums[name] = sums.get(name, 0.0) + float(term.detach())
        added += 1
        if step % 100 == 0 or step == stop:
            row = {name: round(value / added, 5) for name, value in sums.items()}
            sums, added = {}, 0
            row |= {"step": step, "seconds": round(time.monotonic() - started, 1)}
            with (folder / CURVE).open("a") as file:
                file.write(json.dumps(row) + "\n")
        if step % 500 == 0 or step == stop:
            save_file(halved(network), folder / WEIGHTS)
            (folder / ABOUT).write_text(json.dumps(asdict(plan), indent=2) + "\n")
            save(folder / STATE, network, optimiser, step)


def halved(network: nn.Module) -> dict[str, Tensor]:
    """Return the weights in half precision, as the package ships them."""
    return {
        name: (part.half() if part.is_floating_point() else part).contiguous()
        for name, part in network.state_dict().items()
    }


def save(path: Path, network: nn.Module, optimiser: torch.optim.Optimizer, step: int) -> None:
    """Write what going on needs: weights, moments of the optimiser, the step."""
    state = {f"network.{name}": part for name, part in network.state_dict().items()}
    for name, parameter in network.named_parameters():
        state |= {f"{key}.{name}": part for key, part in optimiser.state[parameter].items()}
    state["at"] = torch.tensor(step)
    with atomic(path) as temporary:
        save_file({name: part.contiguous() for name, part in state.items()}, temporary)


def restore(path: Path, network: nn.Module, optimiser: torch.optim.Optimizer) -> int:
    """Read it back; return the step."""
    state = load_file(path)
    network.load_state_dict({n: state[f"network.{n}"] for n in network.state_dict()})
    for name, parameter in network.named_parameters():
        for key in ("step", "exp_avg", "exp_avg_sq"):
            optimiser.state[parameter][key] = state[f"{key}.{name}"]
    return int(state["at"])


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--rank", type=int, choices=(2, 3), default=2)
    parser.add_argument("--steps", type=int, help="of the plan of that rank when absent")
    parser.add_argument("--widths", type=int, nargs="+", help="the same")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    plan = PLANS[given.rank]
    plan = replace(
        plan,
        widths=tuple(given.widths or plan.widths),
        steps=given.steps or plan.steps,
        seed=given.seed,
    )
    learn(given.output, plan, given.workers, given.threads)


if __name__ == "__main__":
    main()
