"""Blocks against the whole, with a network that is a plain threshold of what it is given."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import ndimage

from adgan.builtin.measured_image import MeasuredImage
from adgan.errors import AdganError
from adgan.io import Image
from adgan.metrics.matching import f1
from adgan.metrics.overlap import count_overlap
from adgan.models import segmenter
from adgan.models.adgan import IMAGE
from adgan.models.build import build_generator, build_parts, translator_of
from adgan.models.segmenter import Segmenter
from adgan.models.translate import translate
from adgan.quality import confidence
from adgan.recipe.presets import make_preset
from adgan.runs.checkpoint import Model
from adgan.segmentation import size
from adgan.segmentation.image import segment_image
from adgan.segmentation.options import SegmentOptions
from adgan.segmentation.size import BlockLimits, block_size, check_room, plan_blocks
from adgan.segmentation.trained import Trained
from adgan.synth.samples import simulated_sample
from adgan.system import peak

SPACING = (2.0, 0.5, 0.5)
JUDGED = {"confidence": True, "probability": True}


@pytest.fixture(scope="module")
def volume():
    ((image, _, _),) = simulated_sample("nuclei3d", images=1)
    return np.pad(image, ((0, 0), (0, 0), (0, 224)), mode="symmetric")


def recipe_of(**over):
    settings = {
        "scene": {"radius": (10, 15), "count": (12, 18)},
        "data": {"ndim": 3, "spacing": SPACING, "elongation": 2.0, "working_radius": 6.0},
    }
    # How evenness is measured part by part is tested with it; here all else must agree.
    settings["data"]["even"] = None
    # There is no network, and nothing that the built-in model would see.
    return make_preset("fast", {"umpire": False}, settings, over)


@pytest.fixture
def bright(monkeypatch):
    """A network that marks what is bright."""

    def mark(_, seen, *__, **___):
        return np.tanh(8 * ndimage.gaussian_filter(seen, 0.7) + 1).astype(np.float32)

    monkeypatch.setattr(Trained, "device", torch.device("cpu"))
    monkeypatch.setattr(segmenter, "translate", mark)
    monkeypatch.setattr(Segmenter, "statistics", lambda *_: [])
    views = lambda g, seen, s, v, *_, **__: [mark(g, seen) for _ in v]  # noqa: E731
    monkeypatch.setattr(segmenter, "translate_views", views)
    monkeypatch.setattr(confidence, "simulated_solidity", lambda _: 0.9)


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(size, "BLOCK_LIMITS", BlockLimits(pixels_min=1000, pixels_max=60_000))


def test_blocks_give_the_nuclei_of_the_whole(volume, bright, monkeypatch, request):
    model, options = Trained(Model(None, recipe_of(task="instance"))), SegmentOptions(**JUDGED)
    whole = segment_image(model, volume, options)
    request.getfixturevalue("small_blocks")
    shares = []
    cut = segment_image(model, volume, options, watch=shares.append)
    assert len(shares) >= 4 and shares[-1] == 1 and shares == sorted(shares)
    assert len(plan_blocks(model.recipe, volume.shape)) == len(shares)
    table = count_overlap(cut.labels, whole.labels)
    assert whole.labels.max() > 30 and f1(table, 0.5) > 0.95 and f1(table, 0.9) > 0.9
    assert set(np.unique(cut.labels)) == set(range(cut.labels.max() + 1))
    assert cut.labels.dtype == np.uint32 and cut.probability.dtype == np.float32
    assert np.abs(cut.probability - whole.probability).mean() < 0.01
    assert len(cut.confidence.nuclei) == cut.labels.max()
    assert cut.confidence.image == pytest.approx(whole.confidence.image, abs=0.05)


def test_a_semantic_mask_has_no_seams(volume, bright, request):
    model = Trained(Model(None, recipe_of(task="semantic")))
    whole = segment_image(model, volume)
    request.getfixturevalue("small_blocks")
    cut = segment_image(model, volume)
    one, other = whole.labels > 0, cut.labels > 0
    assert 2 * (one & other).sum() / (one.sum() + other.sum()) > 0.99
    assert cut.probability is None and abs(int(cut.labels.max()) - int(whole.labels.max())) <= 1


def test_a_network_draws_in_a_block_what_it_draws_in_the_whole(volume):
    network = {"width": 2, "discriminator_width": 2, "blocks": 1, "kernel": 3}
    recipe = recipe_of(network=network, data={"working_radius": 12.5})
    model = Model(translator_of(recipe, build_generator(recipe).eval()), recipe)
    parts = build_parts(recipe, volume)
    every = tuple(slice(0, n) for n in parts.shape)
    moments = Segmenter(recipe, model.generator).statistics(parts)
    whole = translate(
        model.generator, parts.seen(every), IMAGE, model.recipe.tiling, moments=moments
    )
    window = (every[0], every[1], slice(80, 200))
    part = translate(
        model.generator, parts.seen(window), IMAGE, model.recipe.tiling, moments=moments
    )
    inner = (every[0], every[1], slice(32, 88))
    np.testing.assert_allclose(part[inner], whole[window][inner], atol=0.01)


def test_short_memory_makes_blocks_smaller(monkeypatch):
    assert block_size(2**24) is None and block_size(2**27) == size.BLOCK_LIMITS.pixels_max
    monkeypatch.setattr(size, "available", lambda: 2 * size.BLOCK_LIMITS.decoding * 2**22)
    assert block_size(2**21) is None and block_size(2**24) == 2**22
    monkeypatch.setattr(size, "available", lambda: 0)
    assert block_size(2**24) == size.BLOCK_LIMITS.pixels_min


def test_what_never_fits_is_refused(monkeypatch, volume):
    image = Image("deep.tif", volume, SPACING, "deep")
    check_room(recipe_of(), image, 10)
    for place in (size, peak):
        monkeypatch.setattr(place, "available", lambda: 2**20)
    with pytest.raises(AdganError, match=r"deep.tif needs .* GiB of memory.*cut it into parts"):
        check_room(recipe_of(), image, 10)


@pytest.mark.parametrize("cut", [False, True], ids=["whole", "blocks"])
def test_the_built_in_model_saves_a_run_of_volumes_that_fails(bright, monkeypatch, cut, request):
    ((image, truth, _),) = simulated_sample("nuclei3d", images=1)
    if cut:
        request.getfixturevalue("small_blocks")
        image, truth = (np.tile(one, (1, 1, 3)) for one in (image, truth))
    recipe = recipe_of(umpire=True)
    assert (len(plan_blocks(recipe, image.shape, SPACING)) > 1) is cut
    model = Model(build_generator(recipe), recipe)
    alone = Trained(replace(model, recipe=recipe_of()))
    both, own = (
        segment_image(one, image, SegmentOptions(confidence=True), SPACING)
        for one in (Trained(model), alone)
    )
    assert np.array_equal(both.labels, own.labels)  # they agree: all stays, confidence too
    assert np.array_equal(both.confidence.nuclei, own.confidence.nuclei)

    monkeypatch.setattr(segmenter, "translate", lambda _, seen, *a, **k: np.full_like(seen, -1))
    assert not segment_image(alone, image, SegmentOptions(), SPACING).labels.any()
    saved = segment_image(Trained(model), image, SegmentOptions(), SPACING)
    if not cut:
        assert f1(count_overlap(saved.labels, truth)) > 0.8
    assert 0.8 < (saved.labels > 0).sum() / (own.labels > 0).sum() < 1.25


def test_models_that_agree_are_compared_on_a_few_windows_of_a_volume(bright, monkeypatch):
    ((image, truth, _),) = simulated_sample("nuclei3d", images=1)
    seen, find = [], MeasuredImage.find

    def watched(self, window):
        seen.append(image[window].size)
        return find(self, window)

    monkeypatch.setattr(MeasuredImage, "find", watched)
    windows = {"block": {"compared_side": (1024, 32)}}
    recipe = recipe_of(umpire=True, tiling=windows)
    model = Model(build_generator(recipe), recipe)
    both = segment_image(Trained(model), image, SegmentOptions(), SPACING)
    alone = Trained(replace(model, recipe=recipe_of()))
    assert np.array_equal(
        both.labels, segment_image(alone, image, SegmentOptions(), SPACING).labels
    )
    assert len(seen) == 2 and sum(seen) <= image.size / 2

    # They do not agree: the built-in model sees all of the volume.
    monkeypatch.setattr(segmenter, "translate", lambda _, seen, *a, **k: np.full_like(seen, -1))
    saved = segment_image(Trained(model), image, SegmentOptions(), SPACING)
    assert seen[-1] == image.size and f1(count_overlap(saved.labels, truth)) > 0.8
