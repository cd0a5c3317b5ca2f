"""Synthetic pairs: sizes, truth, intensities and files, with networks that are stood in for."""

import sys

import numpy as np
import pytest

import adgan.synthesize
from adgan.errors import AdganError
from adgan.io import read_images, read_labels
from adgan.models.build import build_generator, translator_of
from adgan.recipe.presets import make_preset
from adgan.runs.checkpoint import Model

synthesize = adgan.synthesize
NDIMS = {2: (96, 80), 3: (40, 36, 48)}


def model(ndim=2, **scene):
    recipe = make_preset(
        "fast",
        {
            "network": {"width": 1, "blocks": 0},
            "data": {"ndim": ndim, "crop": (64,) * ndim, "working_radius": 5, "gamma": 0.5},
            "scene": {"radius": (8, 12), "count": (20, 30), **scene},
            "schedule": {"steps": 1},
        },
    )
    return Model(translator_of(recipe, build_generator(recipe)).eval(), recipe)


@pytest.fixture
def identity(monkeypatch):
    """Networks that hand the mask back as the image."""
    module = sys.modules["adgan.synthesize"]
    monkeypatch.setattr(module, "translate", lambda generator, mask, *_: mask)


@pytest.mark.parametrize("ndim", NDIMS)
def test_images_and_labels_have_the_size_asked_for(ndim):
    (image, labels), _ = synthesize(model(ndim), n=2, size=NDIMS[ndim])
    assert image.shape == labels.shape == NDIMS[ndim]
    assert image.dtype == labels.dtype == np.uint16


@pytest.mark.parametrize("ndim", NDIMS)
def test_labels_lie_where_the_mask_that_was_drawn_lies(ndim, identity):
    (image, labels), *_ = synthesize(model(ndim), n=1, size=NDIMS[ndim])
    drawn, true = image > 65_535 / 4, labels > 0  # the half-way level before the gamma
    assert np.unique(labels).size > 3
    assert (drawn & true).sum() / (drawn | true).sum() > 0.85


def test_the_gamma_is_undone(identity):
    (image, labels), *_ = synthesize(model(mask="edge"), n=1, size=(96, 80))
    levels = np.unique(image)
    assert levels[0] == 0 and levels[-1] == 65_535
    # Gray edges are 0 in [-1, 1]: a half before the gamma of a half, a quarter after it.
    assert np.abs(image.astype(float) - 65_535 / 4).min() < 100


def test_a_pair_depends_on_its_number_and_the_seed_alone(identity):
    first = synthesize(model(), n=1, size=(64, 64), seed=3)
    both = synthesize(model(), n=2, size=(64, 64), seed=3)
    other = synthesize(model(), n=1, size=(64, 64), seed=4)
    np.testing.assert_array_equal(first[0][1], both[0][1])
    assert (both[0][1] != both[1][1]).any() and (first[0][1] != other[0][1]).any()


def test_files_are_pairs_of_one_name(tmp_path, identity):
    seen = []
    found = synthesize(
        model(), tmp_path / "out", 2, size=(64, 48), watch=lambda *row: seen.append(row)
    )
    assert found == [] and [row[:3] for row in seen] == [
        (1, 2, "synthetic_0000"),
        (2, 2, "synthetic_0001"),
    ]
    arrays = synthesize(model(), n=2, size=(64, 48))
    for number, (image, labels) in enumerate(arrays):
        name = f"synthetic_{number:04d}.tif"
        np.testing.assert_array_equal(
            read_images(tmp_path / "out" / "images" / name)[0].pixels, image
        )
        np.testing.assert_array_equal(
            read_labels(tmp_path / "out" / "labels" / name).pixels, labels
        )
    with pytest.raises(AdganError, match="started with seed 0 instead of 1.*`overwrite=True`"):
        synthesize(model(), tmp_path / "out", 1, size=(64, 48), seed=1)
    synthesize(model(), tmp_path / "out", 1, size=(64, 48), seed=1, overwrite=True)


def test_what_is_missing_is_drawn_and_nothing_else(tmp_path, identity):
    arguments, seen = (model(), tmp_path / "out"), []
    synthesize(*arguments, 3, size=(64, 48))
    before = {p: p.read_bytes() for p in (tmp_path / "out").rglob("*.tif")}
    (tmp_path / "out" / "labels" / "synthetic_0001.tif").unlink()
    synthesize(*arguments, 4, size=(64, 48), watch=lambda *row: seen.append(row[2]))
    assert seen == ["synthetic_0001", "synthetic_0003"]
    assert before.items() <= {p: p.read_bytes() for p in (tmp_path / "out").rglob("*.tif")}.items()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 0}, "0 is not a valid number of images"),
        ({"seed": -1}, "is negative"),
        ({"size": (64, 64, 64)}, "has 3 sides, but the run needs 2"),
        ({"size": (64, 8)}, "too small for this run: give at least 32"),
    ],
)
def test_mistakes_leave_nothing_behind(tmp_path, options, message):
    with pytest.raises(AdganError, match=message):
        synthesize(model(), tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    with pytest.raises(AdganError, match="is not a run folder"):
        synthesize(tmp_path)


def test_a_size_beyond_all_memory_is_refused_before_it_starts(run_folder, tmp_path):
    with pytest.raises(AdganError, match="give a smaller size"):
        synthesize(run_folder, tmp_path / "out", 1, size=(10**6, 10**6))
    assert not (tmp_path / "out").exists()
