import pytest
import torch
from torch.optim import SGD

from adgan.recipe.schedule import ScheduleSettings
from adgan_bench.loop import halves, run_loop


def run(schedule, **options):
    optimiser = SGD([torch.zeros(1, requires_grad=True)], lr=9.0)
    seen = []

    def step(number, progress):
        seen.append((number, progress, optimiser.param_groups[0]["lr"]))

    steps = run_loop(schedule, step, [optimiser], 0.4, **options)
    return steps, seen


def test_the_rate_falls_in_the_second_half():
    steps, seen = run(ScheduleSettings(steps=4))
    assert steps == 4
    assert [progress for _, progress, _ in seen] == [0, 0.25, 0.5, 0.75]
    assert [rate for _, _, rate in seen] == pytest.approx([0.4, 0.4, 0.4, 0.2])


def test_a_stage_takes_its_share():
    assert run(ScheduleSettings(steps=10), share=0.5)[0] == 5
    assert run(ScheduleSettings(steps=1), share=0.5)[0] == 1


def test_time_ends_it(monkeypatch):
    clock = iter(range(0, 1000, 20))
    monkeypatch.setattr("adgan_bench.loop.time.monotonic", lambda: next(clock))
    assert run(ScheduleSettings(minutes=1))[0] == 2


def test_images_come_before_masks():
    images, masks = halves(torch.arange(4), torch.device("cpu"))
    assert images.tolist() == [0, 1]
    assert masks.tolist() == [2, 3]
