"""Scenes follow the first masks: whichever way a run is stopped and resumed."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from adgan.io import load_images
from adgan.quality.score import Check
from adgan.recipe.recipe import read_recipe
from adgan.runs import CHECKS, CURVE, RECIPE
from adgan.runs.record import read_run
from adgan.runs.tables import read_rows
from adgan.survey.nuclei import measure_ellipsoids
from adgan.survey.settings import REFINEMENT
from adgan.synth.samples import simulated_sample
from adgan.training.follow import follow
from adgan.training.train import resume, train

REFINE = {
    "scene": {"radius": (12, 19), "refine": True},
    "schedule": {"steps": 6, "check_every": 2, "picture_every": 3},
}
LOSSES = ("rec", "adv", "ctr", "cyc", "dis", "rate")


class Echo:
    """A generator whose mask is the image itself, made crisp."""

    def __init__(self, width=2):
        self.width = width

    def parameters(self):
        return iter([torch.zeros(1)])

    def translate(self, x, source, norm):
        return torch.tanh(4 * x)


@pytest.fixture(scope="module")
def wide():
    """Simulated images that show enough nuclei to tell sizes."""
    return [image for image, _, _ in simulated_sample(images=4)]


@pytest.fixture
def always_sane(monkeypatch):
    monkeypatch.setattr(Check, "sane", lambda check, how: True)


@pytest.fixture
def echoed(monkeypatch):
    """Networks that would be half trained are taken to show the image."""
    monkeypatch.setattr("adgan.training.follow.translator_of", lambda recipe, generator: Echo())


def losses_of(folder):
    return [[row[name] for name in LOSSES] for row in read_rows(folder / CURVE)]


def test_scenes_come_to_the_sizes_that_are_there(tiny, wide, echoed):
    recipe = tiny({"scene": {"radius": (12, 19), "refine": True}})
    true = [labels for _, labels, _ in simulated_sample(images=4)]
    refined, line = follow(recipe, None, load_images(wide))
    axes = np.concatenate([measure_ellipsoids(labels)[1][:, 0] for labels in true])
    assert sum(refined.scene.radius) / 2 == pytest.approx(np.median(axes), rel=0.2)
    assert not refined.scene.refine and "scenes now have" in line


def test_too_few_nuclei_leave_scenes_as_they_are(tiny, images, echoed):
    recipe = tiny({"scene": {"refine": True}})
    refined, line = follow(recipe, None, load_images(images[:1]))
    assert refined == recipe.with_scene(refine=False) and "stay as they are" in line


def test_a_run_that_followed_resumes_exactly(
    tiny, images, tmp_path, always_sane, echoed, monkeypatch
):
    monkeypatch.setattr("adgan.training.follow.REFINEMENT", replace(REFINEMENT, nuclei=2))

    class Killed(Exception):
        pass

    def kill(row):
        if row["step"] == 4:
            raise Killed

    said = []
    train(images, tmp_path / "whole", tiny(REFINE), device="cpu", note=said.append)
    with pytest.raises(Killed):
        train(images, tmp_path / "run", tiny(REFINE), device="cpu", watch=kill)
    resume(tmp_path / "run", images, device="cpu")
    assert losses_of(tmp_path / "whole") == losses_of(tmp_path / "run")
    assert said[-1].startswith("the first masks show nuclei")
    recipes = [read_recipe(tmp_path / name / RECIPE) for name in ("whole", "run")]
    assert recipes[0] == recipes[1] and recipes[0].scale > tiny(REFINE).scale
    checks = read_rows(tmp_path / "run" / CHECKS)
    assert [row["step"] for row in checks] == [2, 4, 6]


def test_sizes_that_somebody_typed_stay(tiny, images, tmp_path, always_sane, echoed):
    recipe = tiny(REFINE | {"scene": {"radius": (12, 19)}})
    train(images, tmp_path / "run", recipe, device="cpu")
    assert read_run(tmp_path / "run")["refined"] is None
    assert read_recipe(tmp_path / "run" / RECIPE) == recipe
