"""Train the built-in model on simulated scenes: ``python -m adgan.builtin.learn -o FOLDER``.

``--ndim 3`` trains the model for volumes.

Run again with the same folder, the command resumes an interrupted training. Scene ``n`` depends
only on the seed and on ``n``, and step ``k`` draws its crops from the scenes made until then.
Therefore a resumed training ends with the same weights as an uninterrupted one.
"""

import argparse
import json
import multiprocessing
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from adgan.builtin.examples import Example, collate, crop_of, make_example
from adgan.builtin.objective import objective
from adgan.builtin.plan import PLANS, Plan, near
from adgan.builtin.targets import HEADS
from adgan.io.atomic import atomic
from adgan.nn.instance_unet import InstanceUNet
from adgan.nn.layout import channels_last, with_channels_last
from adgan.system.device import in_bfloat16
from adgan.system.seeding import generator

WEIGHTS, STATE, CURVE, ABOUT = (
    "weights.safetensors",
    "state.safetensors",
    "curve.jsonl",
    "model.json",
)


def scenes(plan: Plan, start: int, workers: int) -> Iterator[Example]:
    """Yield the scenes from number `start` on, which worker processes make."""
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
    """Return the batch of a step, see :func:`adgan.builtin.examples.collate`."""
    rng = generator(plan.seed, "batch", step)
    chosen = [kept[int(i)] for i in rng.integers(len(kept), size=plan.batch)]
    return collate([crop_of(rng, example, plan.crop, plan.vary) for example in chosen])


def rate_at(plan: Plan, step: int) -> float:
    """Return the learning rate of a step."""
    warm = min(1.0, (step + 1) / plan.warm_up)
    return plan.rate * warm * (0.5 * (1 + np.cos(np.pi * step / plan.steps)) + plan.last_rate)


def learn(
    folder: Path,
    plan: Plan,
    workers: int = 1,
    threads: int = 1,
    stop: int | None = None,
    begin: Path | None = None,
) -> None:
    """Train the network, and write weights and state every 500 steps.

    Parameters
    ----------
    folder
        Folder to write to. If it holds the state of a training, that training is resumed.
    plan
        Settings of the training; a resumed training needs the same ones.
    workers, threads
        Number of processes that make scenes, and number of threads that train.
    stop
        Step after which to stop, so that another call can resume (default: the plan's last step).
    begin
        Folder with the weights to begin with (default: random ones); its network has the widths of
        the plan.
    """
    stop = plan.steps if stop is None else min(stop, plan.steps)
    torch.set_num_threads(threads)
    torch.manual_seed(plan.seed)
    few = in_bfloat16(torch.device("cpu"), plan.precision)
    network = InstanceUNet(plan.ndim, len(HEADS) + plan.ndim, plan.widths)
    with_channels_last(network, plan.ndim)
    optimiser = torch.optim.AdamW(network.parameters(), plan.rate, weight_decay=plan.decay)
    folder.mkdir(parents=True, exist_ok=True)
    step = 0
    if (folder / STATE).exists():
        step = restore(folder / STATE, network, optimiser)
    elif begin:
        network.load_state_dict(load_file(begin / WEIGHTS))
    kept: deque[Example] = deque(maxlen=plan.kept)
    made = plan.made(step)
    source = scenes(plan, max(0, made - plan.kept), workers)
    for _ in range(min(plan.kept, made)):
        kept.append(next(source))
    started, sums, added = time.monotonic(), dict[str, float](), 0
    while step < stop:
        for _ in range(plan.made(step + 1) - plan.made(step)):
            kept.append(next(source))
        image, target, weight = draw_batch(plan, step, kept)
        network.train()
        for group in optimiser.param_groups:
            group["lr"] = rate_at(plan, step)
        with torch.autocast("cpu", torch.bfloat16, enabled=few):
            output = network(image.to(memory_format=channels_last(plan.ndim)))
        terms = objective(output.float(), target, weight)
        optimiser.zero_grad()
        torch.stack(list(terms.values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), plan.gradient)
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
    """Return the weights in half precision, as they are in the package."""
    return {
        name: (part.half() if part.is_floating_point() else part).contiguous()
        for name, part in network.state_dict().items()
    }


def save(path: Path, network: nn.Module, optimiser: torch.optim.Optimizer, step: int) -> None:
    """Write the state that resuming needs: weights, moments of the optimiser, and the step."""
    state = {f"network.{name}": part for name, part in network.state_dict().items()}
    for name, parameter in network.named_parameters():
        state |= {f"{key}.{name}": part for key, part in optimiser.state[parameter].items()}
    state["at"] = torch.tensor(step)
    with atomic(path) as temporary:
        save_file({name: part.contiguous() for name, part in state.items()}, temporary)


def restore(path: Path, network: nn.Module, optimiser: torch.optim.Optimizer) -> int:
    """Read the state that :func:`save` wrote, and return the step."""
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
    parser.add_argument("--ndim", type=int, choices=(2, 3), default=2)
    parser.add_argument("--steps", type=int, help="training steps (default: those of the plan)")
    parser.add_argument(
        "--widths", type=int, nargs="+", help="channels per level (default: those of the plan)"
    )
    parser.add_argument("--rate", type=float, help="highest learning rate (default: the plan's)")
    parser.add_argument("--begin", type=Path, help="folder of another training to begin with")
    parser.add_argument(
        "--near", action="store_true", help="learn nuclei of the working size alone, with --begin"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    plan = PLANS[given.ndim]
    if given.near:
        plan = near(plan)
    plan = replace(
        plan,
        widths=tuple(given.widths or plan.widths),
        steps=given.steps or plan.steps,
        rate=given.rate or plan.rate,
        seed=plan.seed + given.seed,
    )
    learn(given.output, plan, given.workers, given.threads, begin=given.begin)


if __name__ == "__main__":
    main()
