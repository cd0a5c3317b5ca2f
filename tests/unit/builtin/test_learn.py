import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from scipy import ndimage

from adgan.builtin import learn as module
from adgan.builtin.examples import Example, crop_of, make_example
from adgan.builtin.learn import ABOUT, CURVE, STATE, WEIGHTS, draw_batch, halved, learn, rate_at
from adgan.builtin.network import load_network
from adgan.builtin.plan import PLANS, Plan, Variation, near
from adgan.builtin.settings import TARGETS, WORKING_SCALE
from adgan.builtin.targets import HEADS, make_targets
from adgan.synth.chances import Chances
from adgan.synth.knobs import Knobs
from adgan.system.seeding import generator

TINY = Plan(widths=(2, 3), scene=(40, 44), crop=(24, 24), batch=2, steps=4, fresh=2, kept=5)
DEEP = replace(TINY, ndim=3, scene=(12, 24, 24), crop=(8, 16, 16))


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch):
    """Scenes made here: starting another process would take longer than all of them."""

    def scenes(plan, start, workers):
        return (make_example(k, plan) for k in range(start, plan.steps * plan.fresh))

    monkeypatch.setattr(module, "scenes", scenes)


@pytest.mark.parametrize("plan", [TINY, DEEP], ids=["2D", "3D"])
def test_a_run_that_was_stopped_gives_the_weights_of_one_that_was_not(tmp_path, plan):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    learn(whole, plan)
    learn(broken, plan, stop=2)
    assert int(load_file(broken / STATE)["at"]) == 2
    learn(broken, plan)
    for file in (STATE, WEIGHTS):
        one, other = load_file(whole / file), load_file(broken / file)
        assert one.keys() == other.keys()
        assert all(torch.equal(one[name], other[name]) for name in one)


def test_weights_depend_on_the_seed_and_move(tmp_path):
    for name, plan in {
        "one": TINY, "again": TINY, "other": replace(TINY, seed=1), "short": replace(TINY, steps=1)
    }.items():  # fmt: skip
        learn(tmp_path / name, plan)
    one, again, other, short = (
        load_file(tmp_path / name / WEIGHTS) for name in ("one", "again", "other", "short")
    )
    assert all(torch.equal(one[name], again[name]) for name in one)
    assert not torch.equal(one["stem.weight"], other["stem.weight"])
    assert not torch.equal(one["stem.weight"], short["stem.weight"])


def test_what_is_written_is_a_network_that_looks_at_images(tmp_path):
    learn(tmp_path, TINY)
    assert tuple(json.loads((tmp_path / ABOUT).read_text())["widths"]) == TINY.widths
    network = load_network(tmp_path)
    assert (network.ndim, network.stride, network.confidence_model) == (2, 2, None)
    maps = network.maps(np.zeros((21, 30), np.float32))
    assert maps.foreground.shape == (21, 30) and maps.offset.shape == (2, 21, 30)
    assert all(w.dtype != torch.float32 for w in load_file(tmp_path / WEIGHTS).values())
    (row,) = [json.loads(line) for line in (tmp_path / CURVE).read_text().splitlines()]
    assert row["step"] == 4 and 0.3 < row["foreground"] < 3  # a mean over steps, about ln 2


def test_a_run_that_has_ended_does_nothing_more(tmp_path):
    learn(tmp_path, TINY)
    before = (tmp_path / STATE).read_bytes()
    learn(tmp_path, TINY)
    assert (tmp_path / STATE).read_bytes() == before


def test_a_training_begins_with_the_weights_of_another(tmp_path):
    learn(tmp_path / "first", TINY)
    still = replace(TINY, rate=0.0, decay=0.0)
    learn(tmp_path / "second", still, begin=tmp_path / "first")
    one, other = (load_file(tmp_path / name / WEIGHTS) for name in ("first", "second"))
    assert torch.equal(one["stem.weight"], other["stem.weight"])
    learn(tmp_path / "second", replace(still, seed=1))  # goes on, as it has a state of its own
    assert torch.equal(load_file(tmp_path / "second" / WEIGHTS)["stem.weight"], one["stem.weight"])


def test_a_plan_says_what_scenes_show_and_how_crops_vary():
    empty = replace(TINY, knobs=Knobs(chance=Chances(empty=1.0, dark=0.0)))
    assert not any(make_example(k, empty).target[0].any() for k in range(4))
    assert any(make_example(k, TINY).target[0].any() for k in range(4))
    other = Variation(low=(0.3, 3.0), high=(99.0, 99.95), varied=0.6)

    def sums(vary):
        return {
            round(float(np.abs(crop_of(generator(k), example, (40, 40), vary)[0]).sum()))
            for k in range(8)
        }

    example = make_example(3, replace(TINY, scene=(40, 40)))
    assert len(sums(Variation())) == 1 and len(sums(other)) > 4


def test_a_scene_depends_on_the_seed_and_its_number_alone():
    one, again, other = (make_example(k, TINY) for k in (3, 3, 4))
    assert np.array_equal(one.image, again.image) and np.array_equal(one.target, again.target)
    assert not np.array_equal(one.image, other.image)
    assert one.target.shape == (len(HEADS) + 2, *TINY.scene) and one.target.dtype == np.float16


def discs(balls, ndim):
    shape = (60, 60) if ndim == 2 else (24, 40, 40)
    centres = (
        [(16, 16), (16, 42), (42, 16), (42, 42)] if ndim == 2 else [(12, 10, 10), (12, 28, 28)]
    )
    labels = balls(shape, centres, 8)
    made = make_targets(labels)
    target = np.concatenate([np.stack([made[name] for name in HEADS]), made["offset"]])
    image = (labels % 3).astype(np.float32)
    return Example(image, target.astype(np.float16), labels != 1)


@pytest.mark.parametrize("ndim", [2, 3])
def test_turning_a_crop_turns_its_offsets(balls, ndim):
    example, crop = discs(balls, ndim), (48, 48) if ndim == 2 else (20, 32, 32)
    for seed in range(12):
        _, target, _ = crop_of(generator(seed), example, crop)
        pieces, number = ndimage.label(target[0] > 0)
        assert target.shape[1:] == crop and number
        for piece in range(1, number + 1):
            at = np.argwhere(pieces == piece)
            aim = at + TARGETS[ndim].unit * target[len(HEADS) :, pieces == piece].T
            # All pixels of one nucleus point to one place, cut or not.
            assert np.ptp(aim, axis=0).max() < 0.1


@pytest.mark.parametrize("ndim", [2, 3])
def test_image_target_and_doubt_are_turned_together(balls, ndim):
    example, crop = discs(balls, ndim), (48, 48) if ndim == 2 else (20, 32, 32)
    for seed in range(12):
        image, target, sure = crop_of(generator(seed), example, crop)
        assert (image[target[0] == 0] == image.min()).all()
        assert (target[0][~sure] == 1).all()


def test_a_batch_depends_on_its_step_alone():
    kept = [make_example(k, TINY) for k in range(4)]
    one, again, other = (draw_batch(TINY, step, kept) for step in (5, 5, 6))
    assert [tuple(part.shape) for part in one] == [(2, c, 24, 24) for c in (1, 6, 1)]
    assert all(torch.equal(a, b) for a, b in zip(one, again, strict=True))
    assert not torch.equal(one[0], other[0])


def test_the_rate_rises_then_falls_to_nearly_nothing():
    plan = replace(TINY, steps=2000)
    rates = np.array([rate_at(plan, step) for step in range(2000)])
    assert rates.max() <= plan.rate * 1.001 and 150 < rates.argmax() < 250
    assert (np.diff(rates[:190]) > 0).all() and (np.diff(rates[210:]) < 0).all()
    assert 0 < rates[-1] < 0.01 * plan.rate


def test_weights_are_halved_and_counts_are_not():
    network = torch.nn.BatchNorm2d(3)
    found = halved(network)
    assert found["weight"].dtype == torch.float16
    assert found["num_batches_tracked"].dtype == torch.int64


@pytest.mark.parametrize("plan", [TINY, DEEP], ids=["2D", "3D"])
def test_a_blank_crop_is_constant_at_a_level_of_its_image_and_shows_nothing_for_sure(plan):
    example = make_example(0, plan)
    assert example.target.any()
    image, target, weight = crop_of(generator(1), example, plan.crop, Variation(blank=1.0))
    usual, _, _ = crop_of(generator(1), example, plan.crop, Variation())
    assert np.ptp(image) == 0 and image.flat[0] in usual
    assert not target.any() and weight.all() and weight.dtype == bool
    assert image.shape == usual.shape == plan.crop


def test_a_thin_crop_keeps_some_planes_with_their_targets():
    example, found = make_example(0, DEEP), set()
    for seed in range(12):
        vary = Variation(varied=0.0, thin=1.0, planes=(3.0, 3.5))
        image, target, weight = crop_of(generator(seed), example, DEEP.crop, vary)
        assert image.shape == target.shape[1:] == DEEP.crop
        if not np.array_equal(image[-1], image[-2]):  # mirrored along Z
            image, target, weight = image[::-1], target[:, ::-1], weight[::-1]
        assert (image[3:] == image[2]).all()
        assert not target[:, 3:].any() and not weight[3:].any()
        found.add(float(target[0].sum()))
    assert len(found) > 4


@pytest.mark.parametrize("ndim", [2, 3])
def test_going_on_near_the_working_size_shows_nuclei_of_that_size(ndim):
    plan = near(PLANS[ndim])
    low, high = plan.knobs.radius
    working = WORKING_SCALE[ndim].diameter / 2
    assert plan.knobs.radius_wide[0] < low < working / 1.25 and working * 1.25 < high
    assert plan.knobs.chance.wide == 0
    assert (plan.seed, plan.ndim) == (PLANS[ndim].seed + 1, ndim)


def test_a_network_in_the_folder_reader_reads_scales(tmp_path):
    learn(tmp_path, TINY)
    alone = replace(load_network(tmp_path), precision="float32")
    assert alone.reading is alone
    learn(tmp_path / "reader", replace(TINY, seed=1))
    both = replace(load_network(tmp_path), precision="float32")
    assert both.reading.precision == "float32" and both.reading.reader is None
    image = np.linspace(-1, 1, 32 * 32, dtype=np.float32).reshape(32, 32)
    one, other = both.maps(image).foreground, both.reading.maps(image).foreground
    np.testing.assert_allclose(one, alone.maps(image).foreground, atol=1e-6)
    assert np.abs(one - other).max() > 1e-4
