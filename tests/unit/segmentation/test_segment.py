import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tifffile

from adgan.builtin import survey
from adgan.errors import AdganError
from adgan.image.scale import rescale
from adgan.io import Image, open_images, read_images, read_labels, write_gray
from adgan.metrics.evaluate import evaluate
from adgan.metrics.matching import f1
from adgan.metrics.overlap import count_overlap
from adgan.models import segmenter
from adgan.runs.checkpoint import Model, load
from adgan.segmentation.image import segment_image
from adgan.segmentation.options import SegmentOptions
from adgan.segmentation.segment import segment
from adgan.segmentation.trained import Trained
from adgan.segmentation.untrained import BuiltIn
from adgan.synth.masks import MASKS
from adgan.synth.samples import simulated_sample
from adgan.system.plan import Plan

SPACING = (0.5, 0.5)


@pytest.fixture(scope="module")
def sample():
    """An image with its true labels."""
    ((image, labels, _),) = simulated_sample(images=1)
    return image[:160, :192], labels[:160, :192]


@pytest.fixture
def perfect(sample, monkeypatch):
    """A network that draws the true mask."""

    def make(mask):
        drawn = MASKS[mask](sample[1])
        draw = lambda network, image, *_, **__: rescale(drawn, image.shape)  # noqa: E731
        monkeypatch.setattr(segmenter, "translate", draw)

    return make


@pytest.fixture
def file(images, tmp_path):
    write_gray(tmp_path / "cell.tif", images[0], SPACING)
    return tmp_path / "cell.tif"


@pytest.mark.parametrize("mask", ["semantic", "dome"])
def test_a_perfect_network_gives_the_true_nuclei(mask, sample, perfect, tiny):
    perfect(mask)
    about = {"task": "instance", "umpire": False}  # there is no network to hold against it
    recipe = tiny({**about, "scene": {"mask": mask}, "data": {"crop": (64, 64)}})
    found = segment_image(Trained(Model(None, recipe)), sample[0], SegmentOptions(probability=True))
    assert found.labels.shape == found.probability.shape == sample[0].shape
    assert found.labels.dtype == np.uint32 and found.probability.dtype == np.float32
    assert 0 <= found.probability.min() and found.probability.max() <= 1
    assert f1(count_overlap(found.labels, sample[1])) > 0.9
    assert set(np.unique(found.labels)) == set(range(found.labels.max() + 1))


def test_a_semantic_run_leaves_what_touches_together(sample, perfect, tiny):
    perfect("semantic")
    truth = sample[1] > 0
    model = Trained(Model(None, tiny({"data": {"crop": (64, 64)}})))
    labels = segment_image(model, sample[0]).labels
    assert 2 * ((labels > 0) & truth).sum() / ((labels > 0).sum() + truth.sum()) > 0.93
    touching = np.flatnonzero((labels[1:] != labels[:-1]) & (labels[1:] > 0) & (labels[:-1] > 0))
    assert not len(touching)


def test_the_threshold_decides(sample, perfect, tiny, monkeypatch):
    perfect("semantic")
    sure = segmenter.translate
    monkeypatch.setattr(segmenter, "translate", lambda *a, **k: 0.2 * sure(*a, **k))  # 0.4 and 0.6
    model = Trained(Model(None, tiny({"data": {"crop": (64, 64)}})))
    assert segment_image(model, sample[0], SegmentOptions(threshold=0.5)).labels.any()
    assert not segment_image(model, sample[0], SegmentOptions(threshold=0.7)).labels.any()


def test_the_plan_of_a_run_counts_the_model_that_votes_with_it(run_folder, images, monkeypatch):
    monkeypatch.setattr(BuiltIn, "plan", lambda *_: Plan(1000, 2**40))
    model, shown = load(run_folder), [Image(Path("one.tif"), images[0], None, "one")]
    entries = open_images([images[0]]).entries
    for umpire in (True, False):
        recipe = model.recipe.model_copy(update={"task": "instance", "umpire": umpire})
        plan = Trained(replace(model, recipe=recipe)).plan(entries, shown, SegmentOptions())
        assert (plan.seconds > 1000) is (plan.memory == 2**40) is umpire


def test_arrays_in_labels_out(run_folder, images):
    results = segment(run_folder, images, device="cpu")
    assert [result.name for result in results] == ["array_0000", "array_0001"]
    for result, image in zip(results, images, strict=True):
        assert result.labels.shape == image.shape and result.path is None
        assert result.count == result.labels.max()


def test_progress_is_the_share_of_all_pixels(run_folder, images):
    seen = []
    segment(
        run_folder,
        [images[0], images[1][:40]],
        device="cpu",
        progress=lambda share, name: seen.append((round(share, 2), name)),
    )
    assert seen == [(0, "array_0000"), (0.67, "array_0000"), (1, "array_0001")]


def test_a_loaded_model_segments_as_its_folder_does(run_folder, images):
    one, other = (segment(m, images[0], device="cpu")[0] for m in (run_folder, load(run_folder)))
    assert np.array_equal(one.labels, other.labels)


def test_files_in_files_out(run_folder, file, tmp_path, images):
    out = tmp_path / "out"
    options = SegmentOptions(probability=True, overlay=True, table=True, rois=True)
    (result,) = segment(run_folder, file, out, options=options, device="cpu")
    assert result.labels is None and result.path == out / "cell.tif"
    labels = read_labels(result.path)
    assert labels.pixels.shape == images[0].shape and labels.pixels.max() == result.count
    assert labels.spacing == pytest.approx(SPACING)
    (probability,) = read_images(out / "probability" / "cell.tif")
    assert probability.pixels.dtype == np.float32
    assert probability.spacing == pytest.approx(SPACING)
    with open(out / "tables" / "cell.csv", newline="") as table:
        assert len(list(csv.DictReader(table))) == result.count
    assert len(json.loads((out / "rois" / "cell.geojson").read_text())["features"]) == result.count
    assert (out / "overlay" / "cell.png").is_file() and (out / "rois" / "cell.zip").is_file()


def test_confidence_is_a_column_a_map_and_a_page(run_folder, file, tmp_path):
    out = tmp_path / "out"
    (result,) = segment(
        run_folder, file, out, options=SegmentOptions(table=True, confidence=True), device="cpu"
    )
    (held,) = segment(run_folder, file, options=SegmentOptions(confidence=True), device="cpu")
    assert 0 <= result.expected == held.confidence.image <= 1
    assert len(held.confidence.nuclei) == result.count and result.confidence is None
    (painted,) = read_images(out / "confidence" / "cell.tif")
    labels = read_labels(result.path).pixels
    assert np.array_equal(painted.pixels, held.confidence.paint(labels))
    with open(out / "tables" / "cell.csv", newline="") as table:
        assert "confidence" in next(csv.reader(table))
    assert "cell" in (out / "confidence" / "report.html").read_text(encoding="utf-8")


def test_confidence_leaves_the_labels_as_they_are(run_folder, images):
    plain, judged = (
        segment(run_folder, images, options=SegmentOptions(confidence=c), device="cpu")
        for c in (0, 1)
    )
    for one, other in zip(plain, judged, strict=True):
        assert np.array_equal(one.labels, other.labels)
        assert one.confidence is None and other.confidence is not None


def test_only_what_is_asked_for_is_written(run_folder, file, tmp_path):
    segment(run_folder, file, tmp_path / "out", device="cpu")
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written == {"cell.tif", "manifest.jsonl", "segment.json"}


def test_a_folder_of_something_else_is_refused_unless_overwritten(run_folder, file, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    with pytest.raises(AdganError, match="already contains files"):
        segment(run_folder, file, out, device="cpu")
    segment(run_folder, file, out, device="cpu", overwrite=True)
    assert (out / "mine.txt").read_text() == "mine"


def rows(out):
    return [json.loads(line) for line in (out / "manifest.jsonl").read_text().splitlines()]


@pytest.fixture
def plate(images, tmp_path):
    """Two wells with fields of one name, and four files that are no good or strange."""
    folder = tmp_path / "plate"
    for well, image in zip(("A01", "A02"), images, strict=True):
        (folder / well).mkdir(parents=True)
        write_gray(folder / well / "field.tif", image, SPACING)
    whole = (folder / "A01" / "field.tif").read_bytes()
    (folder / "A02" / "cut.tif").write_bytes(whole[: len(whole) // 2])
    (folder / "A02" / "letter.tif").write_text("a letter")
    write_gray(folder / "A02" / "blank.tif", 0 * images[0])
    write_gray(folder / "A02" / "deep.tif", np.stack([images[0]] * 8))
    return folder


def test_a_batch_goes_on_and_lists_what_it_could_not_use(run_folder, plate, tmp_path):
    out = tmp_path / "out"
    found = segment(run_folder, plate, out, device="cpu")
    assert [one.name for one in found if not one.skipped] == ["A01/field", "A02/blank", "A02/field"]
    skipped = {one.name: one.reason for one in found if one.skipped}
    assert skipped.keys() == {"A02/cut", "A02/letter", "A02/deep"}
    assert "truncated or damaged" in skipped["A02/cut"] and "3 axes" in skipped["A02/deep"]
    assert not read_labels(out / "A02" / "blank.tif").pixels.any()
    assert (out / "A01" / "field.tif").is_file() and not (out / "A02" / "cut.tif").exists()
    states = {row["name"]: row["state"] for row in rows(out)}
    assert states == dict.fromkeys(skipped, "skipped") | {
        "A01/field": "done", "A02/field": "done", "A02/blank": "empty"
    }  # fmt: skip


def test_what_pixels_alone_tell_is_skipped_too(run_folder, images, tmp_path):
    (tmp_path / "set").mkdir()
    for number, image in enumerate(images):
        write_gray(tmp_path / "set" / f"{number}.tif", image, SPACING)
    colour = np.stack([images[0], images[1], images[0]], axis=-1)
    tifffile.imwrite(tmp_path / "set" / "00.tif", colour, photometric="rgb")
    *done, bad = segment(run_folder, tmp_path / "set", tmp_path / "out", device="cpu")
    assert [one.name for one in done] == ["0", "1"] and bad.name == "00"
    assert bad.skipped and "`channel=N`" in bad.reason
    with pytest.raises(AdganError, match="`channel=N`"):
        segment(run_folder, tmp_path / "set", tmp_path / "strict", device="cpu", strict=True)
    (alone, _) = segment(run_folder, images, device="cpu")
    assert np.array_equal(alone.labels, read_labels(done[0].path).pixels)


def test_strict_refuses_before_anything_is_done(run_folder, plate, tmp_path):
    with pytest.raises(AdganError, match="3 of 6 images cannot be used: .*cut.tif.*letter.tif"):
        segment(run_folder, plate, tmp_path / "out", device="cpu", strict=True)
    assert not (tmp_path / "out").exists()


def test_what_is_missing_is_done_and_nothing_else(run_folder, plate, tmp_path):
    out, said = tmp_path / "out", []
    segment(run_folder, plate, out, device="cpu")
    before = {p: p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}
    times = {p: p.stat().st_mtime_ns for p in before}
    (out / "A02" / "field.tif").unlink()
    found = segment(run_folder, plate, out, device="cpu", note=said.append)
    assert "2 of 3 images were segmented before" in said
    assert {p: p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()} == before
    done_anew = {p.name for p, time in times.items() if p.stat().st_mtime_ns != time}
    assert done_anew == {"field.tif", "manifest.jsonl"}
    assert len(found) == 6 and found[0].count == read_labels(found[0].path).pixels.max()


def test_a_file_that_was_mended_is_done(run_folder, plate, tmp_path, images):
    out = tmp_path / "out"
    segment(run_folder, plate, out, device="cpu")
    write_gray(plate / "A02" / "cut.tif", images[0], SPACING)
    found = {one.name: one for one in segment(run_folder, plate, out, device="cpu")}
    assert not found["A02/cut"].skipped and (out / "A02" / "cut.tif").is_file()
    assert [row["state"] for row in rows(out) if row["name"] == "A02/cut"] == ["done"]


def test_other_settings_and_another_run_are_refused_by_name(run_folder, file, tmp_path, tiny):
    out = tmp_path / "out"
    segment(run_folder, file, out, device="cpu")
    with pytest.raises(AdganError, match="started with threshold unset instead of 0.7"):
        segment(run_folder, file, out, options=SegmentOptions(threshold=0.7), device="cpu")
    model = load(run_folder)
    other = replace(model, recipe=tiny({"seed": 5}))
    with pytest.raises(AdganError, match=f"started with another model .*{run_folder.name}"):
        segment(other, file, out, device="cpu")
    segment(model, file, out, device="cpu")  # the same, by whatever name
    segment(
        run_folder, file, out, options=SegmentOptions(threshold=0.7), device="cpu", overwrite=True
    )


def test_parts_together_are_the_whole(run_folder, plate, tmp_path):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    segment(run_folder, plate, whole, device="cpu")
    for part in ("1/3", "3/3", "2/3"):
        segment(run_folder, plate, parts, device="cpu", part=part)
    assert len(list(parts.glob("manifest-*-of-3.jsonl"))) == 3
    said = []
    segment(run_folder, plate, parts, device="cpu", note=said.append)
    assert "3 of 3 images were segmented before" in said
    held = [
        {p.relative_to(out): p.read_bytes() for p in out.rglob("*") if p.is_file()}
        for out in (whole, parts)
    ]
    assert held[0] == held[1]


def test_pixels_without_a_number_are_outside(run_folder, images):
    pixels = images[0].astype(np.float32)
    pixels[:, :40] = np.nan
    (found,) = segment(run_folder, pixels, options=SegmentOptions(threshold=0.01), device="cpu")
    assert found.labels[:, 40:].any() and not found.labels[:, :40].any()


def test_confidence_of_a_resumed_batch_is_shown_as_of_one_never_stopped(
    run_folder, plate, tmp_path
):
    out = tmp_path / "out"
    segment(run_folder, plate, out, options=SegmentOptions(confidence=True), device="cpu")
    page = (out / "confidence" / "report.html").read_bytes()
    (out / "A01" / "field.tif").unlink()
    (out / "confidence" / "report.html").unlink()
    segment(run_folder, plate, out, options=SegmentOptions(confidence=True), device="cpu")
    assert (out / "confidence" / "report.html").read_bytes() == page


@pytest.mark.parametrize(
    "options, message",
    [
        ({"options": SegmentOptions(threshold=1.0)}, "between 0 and 1"),
        ({"options": SegmentOptions(table=True)}, "need an output folder"),
        ({"part": "1/2"}, "needs an output folder"),
        ({"output": "out", "part": "1/2", "overwrite": True}, "remove the folder first"),
        ({"output": "out", "part": "3/2"}, "is not a valid part"),
        (
            {"images": np.zeros((4, 40, 40)) + np.arange(40)},
            "3 axes, but the recipe",
        ),
    ],
)
def test_refused(options, message, run_folder, images):
    with pytest.raises(AdganError, match=message):
        segment(run_folder, **{"images": images} | options)


def test_label_maps_as_ome_zarr_are_those_of_tiff(run_folder, plate, tmp_path):
    pytest.importorskip("zarr")
    tiff, zarr, said = tmp_path / "tiff", tmp_path / "zarr", []
    segment(run_folder, plate, tiff, device="cpu")
    found = segment(
        run_folder, plate, zarr, options=SegmentOptions(store="zarr", confidence=True), device="cpu"
    )
    for one in found[:3]:
        assert one.path == zarr / f"{one.name}.ome.zarr" / "labels" / "nuclei"
        labels, read = read_labels(tiff / f"{one.name}.tif"), read_labels(one.path)
        assert np.array_equal(read.pixels, labels.pixels)
    assert (zarr / "confidence" / "report.html").is_file()
    again = SegmentOptions(store="zarr", confidence=True)
    segment(run_folder, plate, zarr, options=again, device="cpu", note=said.append)
    assert "3 of 3 images were segmented before" in said
    assert evaluate(zarr, tiff).mean["dice"] == 1


def test_label_maps_beside_images_need_a_store(run_folder, file, tmp_path):
    with pytest.raises(AdganError, match="cell.tif is not an OME-Zarr image"):
        segment(
            run_folder, file, tmp_path / "out", options=SegmentOptions(store="source"), device="cpu"
        )
    assert not (tmp_path / "out").exists()


def test_label_maps_lie_beside_their_image(run_folder, images, tmp_path):
    zarr, said = pytest.importorskip("zarr"), []
    path = tmp_path / "cells.zarr"
    group = zarr.open_group(path, mode="w", zarr_format=2)
    group.create_array("0", data=images[0], chunk_key_encoding={"name": "v2", "separator": "/"})
    axes = [{"name": axis, "type": "space"} for axis in "yx"]
    group.attrs["multiscales"] = [{"version": "0.4", "axes": axes, "datasets": [{"path": "0"}]}]
    for _ in range(2):
        (found,) = segment(
            run_folder,
            path,
            tmp_path / "out",
            options=SegmentOptions(store="source"),
            device="cpu",
            note=said.append,
        )
    assert (
        found.path == path / "labels" / "nuclei" and "1 of 1 images were segmented before" in said
    )
    (alone,) = segment(run_folder, images[0], device="cpu")
    assert np.array_equal(read_labels(found.path).pixels, alone.labels)


def test_the_built_in_model_reads_an_image_once(run_folder, monkeypatch):
    read, asked = survey._read, []

    def counted(network, pixels, likely, spacing):
        asked.append((likely, spacing))
        return read(network, pixels, likely, spacing)

    monkeypatch.setattr(survey, "_read", counted)
    model = load(run_folder)
    assert model.recipe.umpire
    segment(model, [simulated_sample(images=2)[1][0]])
    # If the sizes of the run do not fit, all sizes are tried.
    assert asked[0] == (2 * model.recipe.disc_radius, (1.0, 1.0))
    assert asked[1:] in ([], [(None, (1.0, 1.0))])
