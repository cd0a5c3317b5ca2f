"""Two processes on the CPU, joined by gloo, train as one does."""

import os
import signal
import subprocess
import sys
from types import SimpleNamespace

import pytest

from adgan.errors import AdganError
from adgan.training.ranks import Ranks, check_share, gather, leads

SETUP = """
import sys
from pathlib import Path

import numpy as np
import torch

from adgan.models.build import build_batches
from adgan.image.batches import Batches
from adgan.recipe.recipe import make_recipe
from adgan.training.ranks import gather

torch.set_default_dtype(torch.float64)  # where equal sums in another order stay equal
folder, plain = Path(sys.argv[1]), Batches.draw
Batches.draw = lambda self, step: plain(self, step).double()
recipe = make_recipe({
    "network": {
        "width": 2, "discriminator_width": 2, "blocks": 1, "kernel": 3, "styled_encoder": False,
    },
    "scene": {"radius": (10, 15), "count": (25, 40)},
    "data": {"crop": (32, 32), "batch": 4},
    "loss": {"history": 5, "noise": 0.1, "bright": 1.0},
    "schedule": {"steps": 9},
})
images = [np.random.default_rng(0).uniform(-1, 1, (64, 64)).astype(np.float32)]
"""
SCRIPT = (
    SETUP
    + """
def losses(ranks, steps):
    return [list(ranks.step(step, 1e-3)[0].values()) for step in steps]


with gather("cpu", 2) as ranks:
    ranks.begin(recipe, build_batches(recipe, images))
    two = losses(ranks, range(3))
    ranks.trainer.save(folder, 3)
    ranks.begin(recipe, build_batches(recipe, images))
    ranks.restore(folder)
    two += losses(ranks, range(3, 6))
with gather("cpu", 1) as ranks:
    ranks.begin(recipe, build_batches(recipe, images))
    one = losses(ranks, range(6))
assert any(terms[4] > 0 for terms in one), "no step needed the correlation of the whole batch"
np.testing.assert_allclose(two, one, rtol=1e-9)
print("once")
"""
)
FAILING = (
    SETUP
    + """
def fail(*_):
    raise MemoryError("on this device alone")


with gather("cpu", 2) as ranks:
    ranks.begin(recipe, build_batches(recipe, images))
    ranks.trainer.step = fail
    ranks.step(0, 1e-3)
"""
)


def launched(*command, **environment):
    return subprocess.run(
        [sys.executable, *map(str, command)],
        env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.fixture
def one():
    with gather("cpu") as ranks:
        yield ranks


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two processors")
def test_two_processes_with_half_of_a_batch_each_learn_as_one_does(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    done = launched(script, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "once\n" and done.stderr == ""


@pytest.mark.parametrize(("lasts", "code"), [(0, 0), (600, -signal.SIGKILL)])
def test_a_process_that_never_ends_is_ended(monkeypatch, lasts, code):
    monkeypatch.setattr("adgan.training.ranks.EXIT_SECONDS", 0.1 if lasts else 60.0)
    other = subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({lasts})"])
    launcher = SimpleNamespace(procs=[other])
    ranks = Ranks(
        SimpleNamespace(is_global_zero=False, strategy=SimpleNamespace(launcher=launcher))
    )
    monkeypatch.setattr("torch.distributed.is_initialized", lambda: True)
    monkeypatch.setattr("torch.distributed.destroy_process_group", lambda: None)
    ranks.end()
    assert other.returncode == code and not launcher.procs


def test_one_process_leads_itself(one):
    assert leads("cpu", 1, 1) and isinstance(one, Ranks)


def test_more_devices_than_there_are_are_refused(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    with pytest.raises(AdganError, match="3 devices are requested, but this machine has 2 proc"):
        leads("cpu", 3, 1)
    with pytest.raises(AdganError, match="0 devices on 2 machines: both must be at least 1"):
        leads("cpu", 0, 2)


def test_others_are_told_apart_before_they_do_anything(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    assert leads("cpu", 2, 2)
    monkeypatch.setenv("NODE_RANK", "1")
    assert not leads("cpu", 2, 2)


def test_processes_that_do_not_fit_are_named(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    for name, value in {
        "NTASKS": "4",
        "NTASKS_PER_NODE": "4",
        "PROCID": "0",
        "LOCALID": "0",
    }.items():
        monkeypatch.setenv(f"SLURM_{name}", value)
    monkeypatch.setenv("SLURM_NODEID", "0")
    with pytest.raises(
        AdganError, match="cannot train with 2 devices per machine .machines: 1.: .*ntasks"
    ):
        with gather("cpu", 2):
            raise AssertionError


def test_batches_that_cannot_be_shared_evenly_are_refused(tiny, one, monkeypatch):
    check_share(tiny(), one)
    monkeypatch.setattr(type(one.fabric), "world_size", 4)
    with pytest.raises(AdganError, match="4 devices cannot share a batch of 2 .* such as 4"):
        check_share(tiny(), one)
    check_share(tiny({"data": {"batch": 8}}), one)


@pytest.mark.slow
@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two processors")
def test_an_error_of_one_process_amid_a_step_ends_the_others(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(FAILING)
    done = launched(script, tmp_path)
    assert done.returncode == 1  # after all have ended, who hold the same pipes
    assert done.stderr.strip().endswith("MemoryError: on this device alone")
    assert "rank1" not in done.stderr
