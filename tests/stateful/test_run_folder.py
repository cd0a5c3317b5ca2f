"""A run folder through whatever may happen to it: nothing that was trained is ever lost.

Trainings of a few steps are begun, stopped, killed, resumed, replaced and used, in any order.
`pytest -m slow tests/stateful` goes further.
"""

import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from adgan.errors import AdganError
from adgan.recipe.recipe import make_recipe
from adgan.recipe.settings import merged
from adgan.runs.checkpoint import load
from adgan.runs.record import read_run
from adgan.runs.tables import read_rows
from adgan.segmentation.segment import segment
from adgan.synth.samples import simulated_sample
from adgan.testing.faults import Killed, fault
from adgan.training.train import resume, train

STEPS = 4
TINY = {
    "umpire": False,
    "network": {"width": 2, "discriminator_width": 2, "blocks": 0, "kernel": 3},
    "scene": {"radius": (10, 15), "count": (25, 40)},
    "data": {"crop": (32, 32), "batch": 1},
    "schedule": {"steps": STEPS, "restarts": (1.0,), "picture_every": 1, "check_every": 2},
}
IMAGES = [image[:48, :48] for image, _, _ in simulated_sample(images=2)]


class Stopped(Exception):
    """In the place of whoever calls a training and fails."""


class RunFolder(RuleBasedStateMachine):
    """The folder, and what must be true of it."""

    def __init__(self):
        super().__init__()
        self.home = Path(tempfile.mkdtemp())
        self.folder = self.home / "run"
        self.weights = False  # whether there were any, which must then never be gone
        self.seed = 0

    def teardown(self):
        shutil.rmtree(self.home)

    def recipe(self, over):
        self.seed += 1
        return make_recipe(merged(TINY, {"seed": self.seed}, over))

    def settle(self):
        """Note whether the folder can be used."""
        self.weights = self.weights or (self.folder / "weights.safetensors").exists()

    @rule(pictures=st.booleans())
    def train(self, pictures):
        """A training of its own runs to its end, unless there is something in the folder."""
        recipe = self.recipe({"schedule": {"pictures": pictures}})
        held = self.folder.exists() and any(
            not path.name.startswith(".") for path in self.folder.iterdir()
        )
        if held:
            with pytest.raises(AdganError, match="already contains files"):
                train(IMAGES, self.folder, recipe, device="cpu")
        else:
            train(IMAGES, self.folder, recipe, device="cpu")
            assert read_run(self.folder)["finished"]
        self.settle()

    @rule()
    def replace(self):
        """A new training takes the place of an older one."""
        train(IMAGES, self.folder, self.recipe({}), device="cpu", overwrite=True)
        assert read_run(self.folder)["finished"] and read_run(self.folder)["steps"] == STEPS
        self.settle()

    @rule(moment=st.integers(0, 60))
    def die(self, moment):
        """A training that replaces what is there is killed at any write."""
        try:
            with fault("killed", self.folder, moment):
                train(IMAGES, self.folder, self.recipe({}), device="cpu", overwrite=True)
        except Killed:
            pass
        self.settle()

    @rule(moment=st.integers(0, 40))
    def fill(self, moment):
        """The disk is full at any write."""
        try:
            with fault("full", self.folder, moment):
                train(IMAGES, self.folder, self.recipe({}), device="cpu", overwrite=True)
        except AdganError as error:
            assert "cannot write" in str(error) or "No space" in str(error), error
        self.settle()

    @rule(step=st.integers(1, STEPS))
    def fail(self, step):
        """Whoever watches a training fails at a step."""

        def watch(row):
            if row["step"] == step:
                raise Stopped

        with pytest.raises(Stopped):
            train(IMAGES, self.folder, self.recipe({}), device="cpu", overwrite=True, watch=watch)
        self.settle()

    @precondition(lambda self: (self.folder / "run.json").exists())
    @rule()
    def go_on(self):
        """Whatever is there goes on, and ends."""
        resume(self.folder, IMAGES, device="cpu")
        assert read_run(self.folder)["finished"]
        assert [row["step"] for row in read_rows(self.folder / "curve.csv")] == [1, 2, 3, 4]
        self.settle()

    @precondition(lambda self: (self.folder / "run.json").exists())
    @rule()
    def others(self):
        """Other images are refused."""
        with pytest.raises(AdganError, match="not among the images|were given|are given"):
            resume(self.folder, [image + 1 for image in IMAGES], device="cpu")

    @precondition(lambda self: self.weights)
    @rule()
    def use(self):
        """Images are segmented; twice gives the same."""
        first, again = (segment(self.folder, IMAGES, device="cpu") for _ in range(2))
        for one, other in zip(first, again, strict=True):
            assert np.array_equal(one.labels, other.labels)

    @invariant()
    def weights_stay(self):
        if self.weights:
            load(self.folder)


def machine(examples, steps):
    class Machine(RunFolder):
        pass

    Machine.TestCase.settings = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    return Machine.TestCase


TestAFew = machine(1, 4)
TestMany = pytest.mark.slow(machine(40, 12))
