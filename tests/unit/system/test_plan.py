from dataclasses import replace

import numpy as np
import pytest

from adgan.io import Image, load_images
from adgan.models.build import build_generator, build_image, translator_of
from adgan.recipe.presets import make_preset
from adgan.recipe.tiling import TilingSettings
from adgan.runs.checkpoint import Model, load
from adgan.segmentation import size
from adgan.segmentation.expect import _line, plan_trained
from adgan.segmentation.options import SegmentOptions
from adgan.segmentation.segment import segment
from adgan.segmentation.size import BlockLimits
from adgan.segmentation.work import Pace, Work, work_of
from adgan.synth.samples import simulated_sample
from adgan.system.plan import Plan, Spent, plan_of, slowness
from adgan.training.plan import plan_training
from adgan.training.ranks import gather
from adgan.training.train import train


def test_a_busy_machine_is_told_from_slow_work():
    probes = [Spent(0.1, 0.1), Spent(0.1, 0.1), Spent(0.7, 0.1)]
    assert slowness(probes) == pytest.approx(3)
    busy = plan_of(40, probes, 2**20, None)
    assert (
        str(busy) == "plan: about 2 min 00 s (40 s without other programs), up to 1 MiB of memory"
    )
    assert plan_of(40, probes[:2], 2**20, None) == Plan(40, 2**20)
    assert slowness([Spent(0.1, 0.0)]) == 1  # too short for the clock of the processor


def test_plans_of_two_works_follow_each_other():
    one, busy = Plan(10, 2**20), Plan(60, 2**21, None, 20)
    assert one.then(one) == Plan(20, 2**20)
    assert one.then(busy) == busy.then(one) == Plan(70, 2**21, None, 30)


def test_what_is_done_is_timed():
    spent = Spent.on(lambda: sum(range(10**6)))
    assert spent.clock > 0 and spent.processor > 0


@pytest.mark.parametrize(
    "plan, words",
    [
        (Plan(1.62, 3 * 2**20), "plan: about 1.6 s, up to 3 MiB of memory"),
        (Plan(42.3, 3 * 2**20), "plan: about 42 s, up to 3 MiB of memory"),
        (
            Plan(185, 2**31, 1500),
            "plan: 1,500 steps in about 3 min 05 s, up to 2,048 MiB of memory",
        ),
    ],
)
def test_a_plan_is_one_line(plan, words):
    assert str(plan) == words


def test_training_is_planned_from_a_few_steps(tiny, images):
    recipe = tiny()
    seen = [build_image(recipe, image).seen for image in images]
    with gather("cpu") as ranks:
        short = plan_training(tiny({"schedule": {"steps": 100}}), seen, seen, ranks)
        long = plan_training(tiny({"schedule": {"steps": 1000}}), seen, seen, ranks)
        minutes = tiny({"schedule": {"steps": None, "minutes": 2}})
        timed = plan_training(minutes, seen, seen, ranks)
    assert short.steps == 100 and 0 < short.seconds < long.seconds
    assert short.memory > 2**20
    assert 120 <= timed.seconds and timed.steps >= 1


@pytest.fixture
def volume_model():
    """An untrained model of volumes, and one of them."""
    settings = {
        "network": {"width": 2, "discriminator_width": 2, "blocks": 1, "kernel": 3},
        "scene": {"radius": (10, 15), "count": (12, 18)},
        "data": {"ndim": 3, "spacing": (2.0, 0.5, 0.5), "elongation": 2.0},
    }
    recipe = make_preset("fast", settings)
    ((pixels, _, _),) = simulated_sample("nuclei3d", images=1)
    return Model(translator_of(recipe, build_generator(recipe).eval()), recipe), pixels


class Steady:
    """A peak that is the same each time: what a process holds depends on what ran before."""

    most = float(2**28 + 2**25)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


def test_segmenting_is_planned_from_a_part(run_folder, images, monkeypatch):
    monkeypatch.setattr("adgan.segmentation.expect.held", lambda: 2**28)
    monkeypatch.setattr("adgan.segmentation.expect.Peak", Steady)
    model, (first, *_) = load(run_folder), load_images(images)
    few = plan_trained(model, [first], [first])
    many = plan_trained(model, [first] * 50, [first] * 3)
    assert 5 * few.seconds < many.seconds and few.steps is None
    huge = Image(first.path, np.tile(first.pixels, (20, 20)), None, "huge")
    assert plan_trained(model, [huge], [huge]).memory > few.memory


def test_a_large_volume_is_planned_in_blocks(volume_model, monkeypatch):
    monkeypatch.setattr("adgan.segmentation.expect.held", lambda: 2**28)
    monkeypatch.setattr("adgan.segmentation.expect.Peak", Steady)
    model, pixels = volume_model
    image = Image("deep.tif", np.tile(pixels, (1, 4, 4)), (2.0, 0.5, 0.5), "deep")
    whole = plan_trained(model, [image], [image])
    monkeypatch.setattr(size, "BLOCK_LIMITS", BlockLimits(pixels_min=1000, pixels_max=100_000))
    cut = plan_trained(model, [image], [image])
    assert cut.memory < whole.memory + 8 * image.pixels.size
    monkeypatch.setattr(SegmentOptions, "held", 8000)
    assert plan_trained(model, [image], [image]).memory > cut.memory + 2**30


def test_work_counts_what_overlaps(volume_model, monkeypatch):
    model, pixels = volume_model
    recipe, width = model.recipe, model.generator.width
    image = Image("deep.tif", np.tile(pixels, (1, 4, 4)), (2.0, 0.5, 0.5), "deep")
    whole = work_of(recipe, image, width)
    assert whole.block == whole.decoded == whole.pixels == image.pixels.size
    assert whole.measured == 0 and not whole.cut
    recipe = recipe.model_copy(update={"tiling": TilingSettings(values=2**18)})
    tiled = work_of(recipe, image, width)
    # Whole planes need no overlap; networks of three axes go through overlapping tiles.
    assert tiled.drawn == whole.drawn and tiled.measured > 0 and not tiled.cut
    network = recipe.network.model_copy(update={"planes": False})
    deep = recipe.model_copy(update={"network": network})
    assert work_of(deep, image, width).drawn > whole.drawn
    monkeypatch.setattr(size, "BLOCK_LIMITS", BlockLimits(pixels_min=1000, pixels_max=100_000))
    cut = work_of(recipe, image, width)
    assert cut.cut and cut.block < cut.pixels < cut.decoded
    assert cut.measured == tiled.measured


def test_statistics_of_blocks_are_measured_once():
    pace = Pace(drawn=1.0, measured=10.0, decoded=100.0)
    whole = Work(pixels=5, block=5, decoded=5, drawn=7, measured=3)
    assert pace.seconds(whole, 2) == 2 * 7 + 2 * 30 + 500
    assert pace.seconds(replace(whole, block=2, decoded=6), 2) == 2 * 7 + 30 + 600


def test_what_an_image_takes_whatever_its_size_is_told_from_its_pixels():
    assert _line([100, 100, 800], [1.2, 1.2, 2.6]) == pytest.approx((0.002, 1.0))
    assert _line([100, 100], [1.0, 3.0]) == (0.02, 0.0)  # of one size: all for the pixels
    assert _line([100, 800], [0.1, 1.6]) == (pytest.approx(1.7 / 900), 0.0)
    assert _line([100, 800], [0.3, 0.1]) == (pytest.approx(0.4 / 900), 0.0)
    pace = Pace(drawn=1.0, measured=10.0, decoded=100.0, view=0.5, rest=7.0)
    image = Work(pixels=5, block=5, decoded=5, drawn=7, measured=3)
    assert pace.seconds(image, 2) == 2 * (0.5 + 7 + 30) + 7 + 500


def test_confidence_and_symmetries_take_longer(run_folder, images):
    model, some = load(run_folder), load_images(images)
    plain = plan_trained(model, some, some).seconds
    assert plan_trained(model, some, some, SegmentOptions(confidence=True)).seconds > plain
    assert plan_trained(model, some, some, SegmentOptions(symmetries=True)).seconds > plain


def test_plans_are_said_and_change_nothing(run_folder, tiny, images, tmp_path):
    said = []
    one = segment(run_folder, images, device="cpu", note=said.append)
    other = segment(run_folder, images, device="cpu")
    assert said[-1].startswith("plan: about")
    for a, b in zip(one, other, strict=True):
        assert np.array_equal(a.labels, b.labels)
    rows = [[], []]
    train(images, tmp_path / "a", tiny(), device="cpu", watch=rows[0].append, note=said.append)
    train(images, tmp_path / "b", tiny(), device="cpu", watch=rows[1].append)
    assert "steps in" in said[-1]
    assert [r["rec"] for r in rows[0]] == [r["rec"] for r in rows[1]]
