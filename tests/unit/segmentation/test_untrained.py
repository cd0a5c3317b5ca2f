"""Segmentation without a run, by the built-in model, as arrays, as files and by its plan."""

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from adgan.builtin.measured_image import measure_image
from adgan.builtin.network import Network
from adgan.builtin.reading import Reading
from adgan.errors import AdganError
from adgan.image.views import PLAIN
from adgan.io import Image, open_images, read_labels, write_gray
from adgan.metrics import count_overlap, f1
from adgan.metrics.evaluate import evaluate
from adgan.segmentation import untrained as module
from adgan.segmentation.image import segment_image
from adgan.segmentation.options import SegmentOptions
from adgan.segmentation.segment import segment
from adgan.segmentation.untrained import built_in, usual_diameter
from adgan.synth.samples import simulated_sample

EVERYTHING = SegmentOptions(probability=True, overlay=True, table=True, rois=True, confidence=True)


@pytest.fixture(scope="module")
def sample():
    """Two images with their true labels."""
    return [
        (image[:120, :130], labels[:120, :130]) for image, labels, _ in simulated_sample(images=2)
    ]


def as_images(sample):
    return [Image(Path("a.tif"), image, None, "a") for image, _ in sample]


@pytest.fixture(scope="module")
def model(sample):
    """The built-in model, that knows about how large these nuclei are."""
    model = built_in()
    return replace(model, usual=usual_diameter(as_images(sample)))


@pytest.fixture(scope="module")
def folder(sample, tmp_path_factory):
    """The images as files, and what became of them with everything asked for."""
    place = tmp_path_factory.mktemp("untrained")
    (place / "images").mkdir()
    for number, (image, _) in enumerate(sample):
        write_gray(place / "images" / f"{number}.tif", image, (0.5, 0.5))
    write_gray(place / "images" / "blank.tif", 0 * sample[0][0])
    said = []
    found = segment(
        None,
        place / "images",
        place / "out",
        options=EVERYTHING,
        device="cpu",
        note=said.append,
    )
    return place, found, said


@pytest.fixture(scope="module")
def found(sample):
    return segment(
        None, [image for image, _ in sample], options=SegmentOptions(confidence=True), device="cpu"
    )


def test_arrays_become_label_maps_without_a_run(sample, found):
    for one, (image, truth) in zip(found, sample, strict=True):
        assert one.labels.shape == image.shape and one.labels.dtype == np.uint32
        assert one.count == one.labels.max() == len(one.confidence.nuclei)
        assert f1(count_overlap(one.labels, truth)) > 0.7


def test_they_are_those_that_the_built_in_model_finds(sample, found, model):
    image = sample[0][0]
    alone = measure_image(model.network(2), image, model.read(image)).find()
    assert np.array_equal(found[0].labels, alone.labels)
    assert found[0].confidence.nuclei == pytest.approx(alone.confidence)
    assert 0 < found[0].expected <= 1


def test_files_become_all_outputs(folder, found):
    place, rows, said = folder
    assert any("built-in model" in line for line in said)
    assert {one.name for one in rows} == {"0", "1", "blank"}
    for number, one in enumerate(found):
        written = read_labels(place / "out" / f"{number}.tif")
        assert np.array_equal(written.pixels, one.labels)
        assert written.spacing == pytest.approx((0.5, 0.5))
    assert not read_labels(place / "out" / "blank.tif").pixels.any()
    made = {path.suffix for path in (place / "out").rglob("*") if path.is_file()}
    assert made >= {".tif", ".png", ".csv", ".zip", ".html", ".json", ".jsonl"}
    (table,) = [p for p in (place / "out").rglob("*.csv") if p.stem.startswith("0")]
    with table.open() as file:
        assert sum(1 for _ in csv.DictReader(file)) == found[0].count


def test_the_same_again_does_nothing_and_another_model_is_refused(folder):
    place, _, _ = folder
    said, fewer = [], replace(EVERYTHING, rois=False)
    images, out = place / "images", place / "out"
    segment(None, images, out, options=EVERYTHING, device="cpu", note=said.append)
    assert "3 of 3 images were segmented before" in said
    with pytest.raises(AdganError, match="started with"):
        segment(None, images, out, options=fewer, device="cpu")
    assert evaluate(place / "out", place / "out").mean["dice"] == 1


def test_the_manifest_says_what_became_of_each(folder):
    lines = (folder[0] / "out" / "manifest.jsonl").read_text().splitlines()
    states = {row["name"]: row["state"] for row in map(json.loads, lines)}
    assert states == {"0": "done", "1": "done", "blank": "empty"}


def test_the_threshold_decides(sample, model):
    image = sample[0][0]
    few, many = (
        segment_image(model, image, SegmentOptions(threshold=t)).labels for t in (0.9, 0.2)
    )
    assert (few > 0).sum() < (many > 0).sum()


def test_all_symmetries_are_averaged_where_they_are_asked_for(sample, model, monkeypatch):
    seen = []
    plain = Network.maps

    def maps(network, image, device=None, views=PLAIN):
        seen.append(len(views))
        return plain(network, image, device, views)

    monkeypatch.setattr(Network, "maps", maps)
    image = sample[0][0][:96, :96]
    for symmetries, views in ((False, 2), (True, 8)):
        seen.clear()
        segment(model, [image], options=SegmentOptions(symmetries=symmetries))
        assert views in seen and set(seen) <= {1, views}


def test_the_probability_is_that_of_the_image_size(sample, model):
    image = sample[0][0]
    drawn = segment_image(model, image, SegmentOptions(probability=True)).probability
    assert drawn.shape == image.shape and 0 <= drawn.min() and drawn.max() <= 1
    inside = segment_image(model, image, SegmentOptions()).labels > 0
    assert drawn[inside].mean() > 0.7 > 0.3 > drawn[~inside].mean()


def test_an_image_of_nothing_has_an_empty_map(model):
    flat = np.linspace(0, 1, 60 * 70).reshape(60, 70).round(1)
    found = segment_image(model, 0 * flat, SegmentOptions(probability=True, confidence=True))
    assert not found.labels.any() and not found.probability.any()
    assert len(found.confidence.nuclei) == 0


def test_time_and_memory_are_told_beforehand(sample, model):
    images = as_images(sample)
    entries = open_images([image.pixels for image in images]).entries
    plan = str(model.plan(100 * entries, images, SegmentOptions()))
    assert plan.count("\n") == 0 and plan


def test_a_part_of_a_large_image_tells_its_time(sample, model, monkeypatch):
    sizes, pixels = [], np.tile(sample[0][0], (10, 10))
    images, entries = as_images([(pixels, None)]), open_images([pixels]).entries
    reading = model.read(pixels)  # what is read of the image is remembered
    plain = Network.maps

    def maps(network, image, device=None, views=PLAIN):
        sizes.append(image.size)
        return plain(network, image, device, views)

    monkeypatch.setattr(Network, "maps", maps)
    one = model.plan(entries, images, SegmentOptions())
    assert 0 < sum(sizes) < 0.2 * pixels.size * np.prod(reading.scales)
    assert model.plan(50 * entries, images, SegmentOptions()).seconds > 10 * one.seconds > 0


@pytest.mark.parametrize("name", ["symmetries", "confidence"])
def test_what_takes_longer_is_told_too(sample, model, monkeypatch, name):
    seen, images = [], as_images(sample[:1])
    entries = open_images([image.pixels for image in images]).entries
    plain = Network.maps

    def maps(network, image, device=None, views=PLAIN):
        seen.extend(views)
        return plain(network, image, device, views)

    model.plan(entries, images, SegmentOptions())  # what is read of the image is remembered
    monkeypatch.setattr(Network, "maps", maps)
    model.plan(entries, images, SegmentOptions())
    few = len(seen)
    model.plan(entries, images, replace(SegmentOptions(), **{name: True}))
    assert len(seen) - few > few > 0


def test_the_fingerprint_is_that_of_the_weights(model, monkeypatch):
    monkeypatch.setattr(module, "make_engine", None)  # whatever runs them
    assert model.fingerprint() == replace(built_in(), engine="onnx").fingerprint()
    assert len(model.fingerprint()) == 64


def test_the_usual_diameter_is_a_median_or_none(sample, monkeypatch):
    assert usual_diameter(as_images([(0 * sample[0][0], None)])) is None
    sizes = iter([10.0, float("nan"), 12.0, 30.0])
    monkeypatch.setattr(module, "read_image", lambda *_: Reading(next(sizes), False, 1.0, 1.0))
    assert usual_diameter(as_images([sample[0]] * 4)) == 12
