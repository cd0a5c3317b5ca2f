"""Images that are read, segmented and written by window."""

import csv
import json
import zipfile

import numpy as np
import pytest
import tifffile

from adgan.builtin.measured_image import working_window
from adgan.builtin.normalisation import measure_normalisation, measure_normalisation_grid
from adgan.builtin.reading import Reading
from adgan.builtin.resample import to_working
from adgan.builtin.settings import BLOCKS, Blocks
from adgan.errors import AdganError
from adgan.io import open_images, read_images, read_labels
from adgan.measuring.measure import measure
from adgan.metrics import count_overlap
from adgan.metrics.matching import f1
from adgan.segmentation import size
from adgan.segmentation.builtin_windows import BuiltInWindows
from adgan.segmentation.large import examine
from adgan.segmentation.options import SegmentOptions
from adgan.segmentation.run_windows import RunWindows
from adgan.segmentation.segment import segment
from adgan.segmentation.size import BlockLimits
from adgan.synth.samples import simulated_sample
from adgan.system import peak

pytest.importorskip("zarr")
FILES = SegmentOptions(probability=True, overlay=True, table=True, rois=True, confidence=True)


@pytest.fixture(scope="module")
def image():
    ((pixels, _, _),) = simulated_sample(images=1)
    return pixels


@pytest.fixture
def file(image, tmp_path):
    path = tmp_path / "slide.tif"
    tifffile.imwrite(path, image, tile=(64, 64), compression="zlib")
    return path


@pytest.fixture
def small_blocks(monkeypatch):
    """Images of this size count as large, and have several blocks."""
    for ndim, halo in {2: 2.0, 3: 1.5}.items():
        monkeypatch.setitem(BLOCKS, ndim, Blocks(halo=halo))
    monkeypatch.setattr(size, "BLOCK_LIMITS", BlockLimits(pixels_min=2**12, pixels_max=2**15))


def table_of(path):
    with path.open(newline="") as file:
        return {int(row["label"]): row for row in csv.DictReader(file)}


def test_a_large_image_has_the_nuclei_of_the_whole(file, image, tmp_path, request):
    (alone,) = segment(None, image, device="cpu")
    request.getfixturevalue("small_blocks")
    shares = []
    (found,) = segment(
        None,
        file,
        tmp_path / "out",
        options=FILES,
        device="cpu",
        progress=lambda s, _: shares.append(s),
    )
    assert len(shares) > 4 and shares == sorted(shares)
    labels = read_labels(found.path).pixels
    table = count_overlap(labels, alone.labels)
    assert f1(table, 0.5) > 0.97 and f1(table, 0.8) > 0.9
    assert set(np.unique(labels)) == set(range(found.count + 1)) and 0 < found.expected <= 1
    with tifffile.TiffFile(found.path) as tif:
        assert tif.is_bigtiff and tif.pages[0].is_tiled

    out = tmp_path / "out"
    rows = table_of(out / "tables" / "slide.csv")
    measured = measure(labels, image)
    assert list(rows) == measured["label"].tolist()
    for name in ("area_px", "centroid_x_px", "bbox_y_stop", "touches_border", "intensity_mean"):
        written = [float(row[name]) for row in rows.values()]
        np.testing.assert_allclose(written, measured[name], err_msg=name)
    (painted,) = read_images(out / "confidence" / "slide.tif", check=False)
    confidence = np.array([0, *(float(row["confidence"]) for row in rows.values())], np.float32)
    np.testing.assert_array_equal(painted.pixels, confidence[labels])
    (drawn,) = read_images(out / "probability" / "slide.tif")
    assert drawn.pixels[labels > 0].mean() > 0.8 and drawn.pixels[labels == 0].mean() < 0.2
    features = json.loads((out / "rois" / "slide.geojson").read_text())["features"]
    assert [int(f["properties"]["name"]) for f in features] == list(rows)
    for feature, row in zip(features, rows.values(), strict=True):
        xs = [x for ring in feature["geometry"]["coordinates"] for x, _ in ring]
        assert min(xs) == float(row["bbox_x_start"]) and max(xs) == float(row["bbox_x_stop"])
    assert len(zipfile.ZipFile(out / "rois" / "slide.zip").namelist()) == found.count
    assert list((out / "overlay" / "slide").glob("y*_x*.png"))
    assert not list(out.rglob(".adgan-*"))


def test_an_array_that_needs_much_memory_at_its_working_size_is_cut_too(
    image, monkeypatch, request
):
    (alone,) = segment(None, image, device="cpu")
    request.getfixturevalue("small_blocks")
    cut, segment_window = [], BuiltInWindows.segment

    def watched(self, window):
        cut.append(window)
        return segment_window(self, window)

    monkeypatch.setattr(BuiltInWindows, "segment", watched)
    (again,) = segment(None, image, device="cpu")
    assert len(cut) > 1 and f1(count_overlap(again.labels, alone.labels), 0.8) > 0.97


def test_label_maps_as_ome_zarr_and_in_memory_are_the_same(file, image, tmp_path, small_blocks):
    (one,) = segment(
        None, file, tmp_path / "zarr", options=SegmentOptions(store="zarr"), device="cpu"
    )
    (other,) = segment(None, image, device="cpu")
    np.testing.assert_array_equal(read_labels(one.path).pixels, other.labels)


def test_a_run_votes_in_blocks(run_folder, file, image, tmp_path, small_blocks, monkeypatch):
    monkeypatch.setattr(RunWindows, "compared", lambda self: self)
    (found,) = segment(
        run_folder, file, tmp_path / "out", options=SegmentOptions(table=True), device="cpu"
    )
    labels = read_labels(found.path).pixels
    assert labels.shape == image.shape and found.count == labels.max() > 0
    assert len(table_of(tmp_path / "out" / "tables" / "slide.csv")) == found.count


def test_an_image_of_nothing_is_empty(tmp_path, small_blocks):
    tifffile.imwrite(tmp_path / "a.tif", np.full((300, 300), 7, np.uint8), tile=(64, 64))
    (found,) = segment(
        None, tmp_path / "a.tif", tmp_path / "out", options=SegmentOptions(table=True), device="cpu"
    )
    assert found.count == 0 and "the same value" in found.reason
    assert not read_labels(found.path).pixels.any()
    assert table_of(tmp_path / "out" / "tables" / "a.csv") == {}


def test_nuclei_cut_by_the_frame_are_left_out(file, tmp_path, small_blocks):
    whole, within = (SegmentOptions(table=True, exclude_border=e) for e in (False, True))
    (every,) = segment(None, file, tmp_path / "every", options=whole, device="cpu")
    (inner,) = segment(None, file, tmp_path / "inner", options=within, device="cpu")
    rows = table_of(tmp_path / "every" / "tables" / "slide.csv").values()
    cut = [row for row in rows if row["touches_border"] == "1"]
    labels = read_labels(inner.path).pixels
    assert 0 < inner.count == every.count - len(cut) and len(cut) > 0
    assert not any(np.take(labels, end, axis).any() for axis in (0, 1) for end in (0, -1))


def test_pixels_without_a_number_are_outside(image, tmp_path, small_blocks):
    pixels = image.astype(np.float32)
    pixels[:, :90] = np.nan
    tifffile.imwrite(tmp_path / "a.tif", pixels, tile=(64, 64))
    (found,) = segment(None, tmp_path / "a.tif", tmp_path / "out", device="cpu")
    labels = read_labels(found.path).pixels
    assert not labels[:, :90].any() and labels[:, 90:].any()


def test_infinite_pixels_are_refused(tmp_path):
    pixels = np.ones((40, 50), np.float32)
    pixels[3, 4] = np.inf
    (entry,) = open_images(pixels).entries
    with pytest.raises(AdganError, match="infinite"):
        examine(entry, pixels)


def test_what_does_not_fit_even_by_window_is_refused(file, tmp_path, small_blocks, monkeypatch):
    for place in (size, peak):
        monkeypatch.setattr(place, "available", lambda: 2.0**17)
    with pytest.raises(AdganError, match=r"slide.tif needs .* GiB"):
        segment(None, file, tmp_path / "out", device="cpu")


def test_the_normalisation_of_windows_is_that_of_the_whole(image, monkeypatch):
    monkeypatch.setattr("adgan.builtin.normalisation.CHUNK_PIXELS", 200**2)
    large = np.pad(image.astype(np.float32), 200, mode="symmetric")
    whole = measure_normalisation(large).apply(large)
    found = measure_normalisation_grid(large.__getitem__, large.shape)
    window = (slice(100, 300), slice(211, 400))
    np.testing.assert_allclose(found.over(window).apply(large[window]), whole[window], atol=1e-4)


def test_a_window_at_the_working_size_is_that_of_the_whole(image):
    for diameter in (60.0, 33.0, 14.0):
        reading = Reading(diameter, False, 1.0, 1.0)
        whole = to_working(image, (reading.scale,) * 2)
        window = tuple(slice(n // 4, n // 2) for n in whole.shape)
        np.testing.assert_allclose(
            working_window(image, reading, window) + float(image[0, 0]),
            whole[window],
            atol=2e-3 * float(image.max()),
        )
