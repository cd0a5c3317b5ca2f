import csv
import importlib
import json

import numpy as np
import pytest

from adgan.checkpoint import Model, load
from adgan.data.scale import rescale
from adgan.errors import AdganError
from adgan.io import read_images, read_labels, write_gray
from adgan.metrics.matching import f1
from adgan.metrics.overlap import count_overlap
from adgan.segment import segment, segment_image
from adgan.synth.masks import MASKS
from adgan.synth.samples import simulated_sample

module = importlib.import_module("adgan.segment")
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
        monkeypatch.setattr(
            module, "translate", lambda g, image, s, **_: rescale(drawn, image.shape)
        )

    return make


@pytest.fixture
def file(images, tmp_path):
    write_gray(tmp_path / "cell.tif", images[0], SPACING)
    return tmp_path / "cell.tif"


@pytest.mark.parametrize("mask", ["semantic", "dome"])
def test_a_perfect_network_gives_the_true_nuclei(mask, sample, perfect, tiny):
    perfect(mask)
    recipe = tiny({"task": "instance", "scene": {"mask": mask}, "data": {"crop": (64, 64)}})
    found = segment_image(Model(None, recipe), sample[0])
    assert found.labels.shape == found.probability.shape == sample[0].shape
    assert found.labels.dtype == np.uint32 and found.probability.dtype == np.float32
    assert 0 <= found.probability.min() and found.probability.max() <= 1
    assert f1(count_overlap(found.labels, sample[1])) > 0.9
    assert set(np.unique(found.labels)) == set(range(found.labels.max() + 1))


def test_a_semantic_run_leaves_what_touches_together(sample, perfect, tiny):
    perfect("semantic")
    truth = sample[1] > 0
    labels = segment_image(Model(None, tiny({"data": {"crop": (64, 64)}})), sample[0]).labels
    assert 2 * ((labels > 0) & truth).sum() / ((labels > 0).sum() + truth.sum()) > 0.93
    touching = np.flatnonzero((labels[1:] != labels[:-1]) & (labels[1:] > 0) & (labels[:-1] > 0))
    assert not len(touching)


def test_the_threshold_decides(sample, perfect, tiny, monkeypatch):
    perfect("semantic")
    sure = module.translate
    monkeypatch.setattr(module, "translate", lambda *a, **k: 0.2 * sure(*a, **k))  # 0.4 and 0.6
    model = Model(None, tiny({"data": {"crop": (64, 64)}}))
    assert segment_image(model, sample[0], threshold=0.5).labels.any()
    assert not segment_image(model, sample[0], 0.7).labels.any()


def test_arrays_in_labels_out(run_folder, images):
    seen = []
    results = segment(run_folder, images, device="cpu", watch=lambda *row: seen.append(row))
    assert [result.name for result in results] == ["array_0000", "array_0001"]
    for result, image in zip(results, images, strict=True):
        assert result.labels.shape == image.shape and result.path is None
        assert result.count == result.labels.max()
    assert seen == [(k + 1, 2, r.name, r.count) for k, r in enumerate(results)]


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
    options = dict.fromkeys(("probability", "overlay", "table", "rois"), True)
    (result,) = segment(run_folder, file, out, device="cpu", **options)
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
    (result,) = segment(run_folder, file, out, device="cpu", table=True, confidence=True)
    assert 0 <= result.confidence.image <= 1 and len(result.confidence.nuclei) == result.count
    (painted,) = read_images(out / "confidence" / "cell.tif")
    labels = read_labels(result.path).pixels
    assert np.array_equal(painted.pixels, result.confidence.paint(labels))
    with open(out / "tables" / "cell.csv", newline="") as table:
        assert "confidence" in next(csv.reader(table))
    assert "cell" in (out / "confidence" / "report.html").read_text(encoding="utf-8")


def test_confidence_leaves_the_labels_as_they_are(run_folder, images):
    plain, judged = (segment(run_folder, images, device="cpu", confidence=c) for c in (0, 1))
    for one, other in zip(plain, judged, strict=True):
        assert np.array_equal(one.labels, other.labels)
        assert one.confidence is None and other.confidence is not None


def test_only_what_is_asked_for_is_written(run_folder, file, tmp_path):
    segment(run_folder, file, tmp_path / "out", device="cpu")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["cell.tif"]


def test_an_existing_folder_is_refused_unless_overwritten(run_folder, file, tmp_path):
    out = tmp_path / "out"
    segment(run_folder, file, out, device="cpu")
    with pytest.raises(AdganError, match="out"):
        segment(run_folder, file, out, device="cpu")
    segment(run_folder, file, out, device="cpu", overwrite=True)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"threshold": 1.0}, "between 0 and 1"),
        ({"table": True}, "give an output folder"),
        (
            {"images": np.zeros((4, 40, 40)) + np.arange(40)},
            "3 axes and the recipe",
        ),
    ],
)
def test_refused(options, message, run_folder, images):
    with pytest.raises(AdganError, match=message):
        segment(run_folder, **({"images": images} | options))
