"""Time and memory of one training step, compared with a straightforward form of the paper's.

python benchmarks/step.py [--preset fast] [--steps 20] [--threads 2] [--profile]
python benchmarks/step.py --volumes planes     # or full: networks of three axes
python benchmarks/step.py --volumes full --preset paper --batch 1 --once

The straightforward form follows section 3.2 word for word. Images and masks go through the networks
one after the other, with torch's instance normalisation. The whole graph is kept for two backward
passes: one of L_rec for the decoder, and one of all terms for the encoder, whose gradients for the
decoder and the discriminator are discarded.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from lightning_fabric import Fabric
from rich.console import Console
from rich.table import Table
from torch import Tensor
from torch.nn import functional as F
from torch.optim import Adam
from torch.profiler import profile

from adgan.models.adgan import labels_of
from adgan.models.build import build_discriminator, build_generator
from adgan.models.history import History
from adgan.models.losses import ADVERSARIAL, dimness
from adgan.recipe.presets import like, make_preset
from adgan.recipe.recipe import Recipe
from adgan.system.seeding import generator as random_generator
from adgan.training.trainer import Trainer

Step = Callable[[Tensor, int], dict[str, float]]


def instance_norm(x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    """AdaIN as written in Eq. 7."""
    ones = (1,) * (x.ndim - 2)
    return F.instance_norm(x) * (1 + scale.view(*scale.shape, *ones)) + shift.view(
        *shift.shape, *ones
    )


class Plain:
    """The straightforward training step, with the same networks and seed."""

    def __init__(self, recipe: Recipe):
        self.recipe = recipe
        generator = build_generator(recipe)
        self.encoder, self.decoder = generator.encoder, generator.decoder
        self.critic = build_discriminator(recipe)
        schedule = recipe.schedule
        self.optimisers = [
            Adam(network.parameters(), schedule.rate, schedule.betas, weight_decay=schedule.decay)
            for network in (generator, self.critic)
        ]
        self.generator = generator
        self.histories = [History(recipe.loss.history) for _ in range(2)]

    def __call__(self, batch: Tensor, step: int) -> dict[str, float]:
        """Update both networks once."""
        loss = self.recipe.loss
        form = ADVERSARIAL[loss.adversarial]
        rng = random_generator(self.recipe.seed, "step", step)
        noise = torch.zeros_like(batch)
        if loss.noise:
            noise = loss.noise * torch.from_numpy(rng.standard_normal(batch.shape, "float32"))
        encode = lambda x, d: self.encoder(x, labels_of(d, x), instance_norm)  # noqa: E731
        decode = lambda c, d: self.decoder(c, labels_of(d, c), instance_norm)  # noqa: E731
        terms = {name: torch.zeros(()) for name in ("rec", "adv", "ctr", "cyc", "dim")}
        reconstructed, fakes = [], []
        for d, (x, added) in enumerate(zip(batch.chunk(2), noise.chunk(2), strict=True)):
            content = encode(x, d)
            reconstructed.append(decode(content, d))
            fakes.append(decode(content, 1 - d))
            again = encode(fakes[-1] + added, 1 - d)
            judged = self.critic(fakes[-1], labels_of(1 - d, x))
            terms["rec"] = terms["rec"] + F.l1_loss(reconstructed[-1], x)
            terms["adv"] = terms["adv"] + form(judged, True)
            terms["ctr"] = terms["ctr"] + F.l1_loss(again, content)
            terms["cyc"] = terms["cyc"] + F.l1_loss(decode(again, d), x)
            terms["dim"] = terms["dim"] + dimness(fakes[-1], x, loss.bright_correlation)

        rec = loss.reconstruction * terms["rec"]
        total = rec + loss.content * terms["ctr"] + loss.cycle * terms["cyc"] + terms["adv"]
        total = total + loss.bright * terms["dim"]
        self.optimisers[0].zero_grad()
        rec.backward(retain_graph=True)
        kept = [p.grad for p in self.decoder.parameters()]
        self.optimisers[0].zero_grad()
        total.backward()
        for parameter, gradient in zip(self.decoder.parameters(), kept, strict=True):
            parameter.grad = gradient
        self.optimisers[0].step()

        critic = torch.zeros(())
        for d, fake in enumerate(fakes):
            past = self.histories[d].exchange(rng, fake.detach())
            real = reconstructed[d].detach()
            critic = critic + form(self.critic(real, labels_of(d, real)), True) / 2
            critic = critic + form(self.critic(past, labels_of(1 - d, past)), False) / 2
        self.optimisers[1].zero_grad()
        critic.backward()
        self.optimisers[1].step()
        return {name: value.item() for name, value in (terms | {"dis": critic}).items()}


def ours(recipe: Recipe) -> Step:
    """Return the training step of :mod:`adgan.training.trainer`."""
    trainer = Trainer(recipe, Fabric(accelerator="cpu", devices=1))
    return lambda batch, step: trainer.step(batch, step, recipe.schedule.rate)[0]


VOLUMES: dict[str, dict] = {
    "planes": {},
    "full": {"network": {"planes": False}, "data": {"crop": (32, 64, 64), "batch": 1}},
}
FORMS: dict[str, Callable[[Recipe], Step]] = {"ours": ours, "straightforward": Plain}


def draw(recipe: Recipe, step: int) -> Tensor:
    """Return a batch of noise, as the values do not affect the time."""
    shape = (2 * recipe.data.batch, 1, *recipe.data.crop[-recipe.network_ndim :])
    drawn = random_generator(step, "benchmark").uniform(-1, 1, shape).astype("float32")
    return torch.from_numpy(drawn)


def take_times(recipe: Recipe, steps: int) -> tuple[dict[str, list[float]], float]:
    """Return the seconds per step of each form, run alternately, and the difference of losses."""
    forms = {name: make(recipe) for name, make in FORMS.items()}
    seconds: dict[str, list[float]] = {name: [] for name in forms}
    apart = 0.0
    for step in range(steps + 2):
        batch, losses = draw(recipe, step), {}
        for name, run in forms.items():
            start = time.perf_counter()
            losses[name] = run(batch, step)
            if step > 1:
                seconds[name].append(time.perf_counter() - start)
        if step == 0:
            pairs = zip(*(f.values() for f in losses.values()), strict=True)
            apart = max(abs(a - b) / abs(b) for a, b in pairs)
    return seconds, apart


def peak_memory(arguments: Sequence[str], form: str) -> float:
    """Return the peak memory that three steps of one form add to a process, in MiB."""
    command = [sys.executable, __file__, *arguments, "--only", form]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(json.loads(result.stdout)["mib"])


def resident() -> float:
    """Return the peak memory of this process so far in MiB (Linux)."""
    status = Path("/proc/self/status").read_text()  # getrusage would include the parent process
    return float(status.split("VmHWM:")[1].split()[0]) / 1024


def recipe_of(asked: argparse.Namespace) -> Recipe:
    """Return the recipe for the options of the command line."""
    network = {k: asked.width for k in ("width", "discriminator_width") if asked.width}
    data = {"crop": tuple(asked.crop)} if asked.crop else {}
    data |= {"batch": asked.batch} if asked.batch else {}
    over = {"network": network, "data": data}
    if not asked.volumes:
        return make_preset(asked.preset, like("hela"), over)
    scene = {"radius": (10, 15), "count": (6, 16)}
    base = {"scene": scene, "data": {"ndim": 3, "elongation": 1.0}}
    if asked.preset == "paper":
        return make_preset("paper", base, over)
    return make_preset("fast", base, VOLUMES[asked.volumes], over)


def main(arguments: Sequence[str]) -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--preset", choices=["fast", "paper"], default="fast")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--volumes", choices=VOLUMES, help="networks of planes, or with three axes")
    parser.add_argument("--width", type=int, help="of generator and discriminator")
    parser.add_argument("--crop", type=int, nargs="+", help="sides, (Z) Y X")
    parser.add_argument("--batch", type=int)
    parser.add_argument("--once", action="store_true", help="one step of ours and no more")
    parser.add_argument("--profile", action="store_true", help="show what dominates our step")
    parser.add_argument("--only", choices=FORMS, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    torch.set_num_threads(asked.threads)
    recipe = recipe_of(asked)

    if asked.once:
        step, before, started = ours(recipe), resident(), time.perf_counter()
        took = time.process_time()
        step(draw(recipe, 0), 0)
        took, wall = time.process_time() - took, time.perf_counter() - started
        peak = resident()
        print(
            f"one step of {asked.preset}, crop {recipe.data.crop}, batch {recipe.data.batch}: "
            f"{wall:.0f} s, {took:.0f} s of CPU, {peak:.0f} MiB at most, {peak - before:.0f} of "
            "them for the step"
        )
        return
    if asked.only:
        step = FORMS[asked.only](recipe)
        before = resident()
        for number in range(3):
            step(draw(recipe, number), number)
        print(json.dumps({"mib": resident() - before}))
        return

    console = Console()
    seconds, apart = take_times(recipe, asked.steps)
    kind = f" on volumes, {asked.volumes}" if asked.volumes else ""
    table = Table(title=f"One step, {asked.preset}{kind}, {asked.threads} threads")
    for column in ("form", "median ms", "fastest ms", "peak MiB"):
        table.add_column(column, justify="left" if column == "form" else "right")
    for name, taken in seconds.items():
        times = (f"{1000 * f(taken):.0f}" for f in (statistics.median, min))
        table.add_row(name, *times, f"{peak_memory(arguments, name):.0f}")
    console.print(table)
    ratios = [b / a for a, b in zip(seconds["ours"], seconds["straightforward"], strict=True)]
    console.print(f"ours is {statistics.median(ratios):.2f} times faster (median of pairs)")
    console.print(f"losses of the first step differ by {apart:.1e} of their size at most")
    if asked.profile:
        step = ours(recipe)
        step(draw(recipe, 0), 0)
        with profile() as record:
            for number in range(1, 6):
                step(draw(recipe, number), number)
        print(record.key_averages().table(sort_by="self_cpu_time_total", row_limit=20))


if __name__ == "__main__":
    main(sys.argv[1:])
