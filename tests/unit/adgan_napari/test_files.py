import csv
import json

import numpy as np
import pytest
import tifffile

from adgan.errors import AdganError
from adgan.io import read_labels
from adgan.segmentation.options import SegmentOptions
from adgan.segmentation.segment import segment
from adgan.synth.samples import simulated_sample
from adgan_napari.corrections import Corrections
from adgan_napari.exporting import KINDS, export
from adgan_napari.handing import write_stacks
from adgan_napari.reader import get_reader, read
from adgan_napari.results import open_result, results_in
from adgan_napari.samples import image, series, volume
from adgan_napari.stacks import stack_of
from adgan_napari.table import measured


@pytest.fixture(scope="module")
def segmented(tmp_path_factory):
    """Two images segmented by the built-in model, as a person does it in a shell."""
    folder = tmp_path_factory.mktemp("segmented")
    (folder / "images").mkdir()
    for number, (pixels, _, _) in enumerate(simulated_sample(images=2)):
        tifffile.imwrite(folder / "images" / f"cell{number}.tif", pixels[:96, :128])
    segment(None, folder / "images", folder / "out", options=SegmentOptions(confidence=True))
    return folder


def test_results_are_listed_from_the_least_sure_on_and_open_with_their_confidence(segmented):
    found = results_in(segmented / "out")
    assert len(found) == 2 and found[0].expected <= found[1].expected
    corrections = Corrections(segmented / "corrected")
    opened = open_result(segmented / "out", found[0], corrections)
    assert opened.image is not None and opened.image.pixels.shape == (96, 128)
    assert len(opened.confidence) == found[0].nuclei == opened.labels.pixels.max()
    assert all(0 < value <= 1 for value in opened.confidence.values())


def test_what_was_corrected_before_is_opened_in_the_place_of_what_was_found(segmented):
    (result, _) = results_in(segmented / "out")
    corrections = Corrections(segmented / "mine")
    mine = np.zeros((96, 128), np.uint32)
    mine[3:9, 3:9] = 70000
    path = corrections.save(result.name, mine, None, {70000}, 1)
    opened = open_result(segmented / "out", result, corrections)
    np.testing.assert_array_equal(opened.labels.pixels, mine)
    assert opened.accepted == {70000} and read_labels(path).pixels.dtype == np.uint32


def test_a_folder_without_a_segmentation_says_so(tmp_path):
    with pytest.raises(AdganError, match="holds no segmentation"):
        results_in(tmp_path / "nowhere")


def test_layers_are_written_as_files_with_their_pixel_size(layer, tmp_path):
    pixels = np.random.default_rng(0).integers(0, 999, (2, 8, 9)).astype(np.uint16)
    stack = stack_of(layer(pixels, name="day 1", scale=(1, 0.5, 0.5)), "TYX")
    paths = list(write_stacks([stack], tmp_path / "images"))
    assert [path.name for path in paths] == ["day 1_t0001.tif", "day 1_t0002.tif"]
    np.testing.assert_array_equal(tifffile.imread(paths[1]), pixels[1])
    with pytest.raises(AdganError, match="two layers are called day 1_t0001"):
        list(write_stacks([stack, stack], tmp_path / "images"))


def test_every_kind_of_file_is_exported(tmp_path):
    pytest.importorskip("zarr")
    labels = np.zeros((2, 8, 9), np.uint32)
    labels[:, 2:5, 2:6] = 3
    light = np.ones((2, 8, 9))
    given = (tmp_path, ["a", "b"], labels, list(KINDS), light, (0.5, 0.5), {3: 0.25})
    written = list(export(*given))
    assert len(written) == 2 * len(KINDS) and all(path.exists() for path in written)
    with (tmp_path / "a.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert row["label"] == "3" and row["confidence"] == "0.25" and row["area_um2"] == "3.0"
    (feature,) = json.loads((tmp_path / "b.geojson").read_text())["features"]
    assert feature["properties"]["name"] == "3"
    with pytest.raises(AdganError, match="exists"):
        next(export(*given))
    assert len(list(export(*given, overwrite=True))) == len(written)
    with pytest.raises(AdganError, match="choose what to write"):
        next(export(tmp_path, ["a"], labels[:1], []))


def test_the_table_of_a_series_tells_frames_apart():
    labels = np.zeros((2, 6, 6), np.uint32)
    labels[0, 1:3, 1:3], labels[1, 1:4, 1:4] = 1, 2
    table = measured(labels, labels * 10, confidence={1: 0.5, 2: 1.0})
    assert table["frame"].tolist() == [0, 1] and table["label"].tolist() == [1, 2]
    assert table["area_px"].tolist() == [4, 9] and table["confidence"].tolist() == [0.5, 1.0]
    assert "frame" not in measured(labels[:1]).columns


def test_samples_say_what_their_axes_and_pixels_are():
    for (sample,), axes in zip((image(), volume(), series()), ("yx", "zyx", "tyx"), strict=True):
        pixels, about, kind = sample
        assert kind == "image" and "".join(about["axis_labels"]) == axes
        assert pixels.ndim == len(about["scale"]) == len(about["units"]) == len(axes)


def test_label_maps_in_ome_zarr_are_read_as_labels_with_their_scale(tmp_path):
    zarr = pytest.importorskip("zarr")
    from adgan.io.zarr_labels import write_zarr_labels

    labels = np.zeros((700, 600), np.uint32)
    labels[3:9, 4:9] = 5
    write_zarr_labels(tmp_path / "a.ome.zarr", labels, (0.5, 0.25))
    assert get_reader(str(tmp_path)) is None
    reader = get_reader(str(tmp_path / "a.ome.zarr"))
    ((data, about, kind),) = reader(str(tmp_path / "a.ome.zarr"))
    assert kind == "labels" and about["scale"] == [0.5, 0.25] and about["multiscale"]
    assert about["units"] == ["micrometer", "micrometer"]
    assert isinstance(data[0], zarr.Array)
    np.testing.assert_array_equal(data[0][:], labels)
    with pytest.raises(AdganError, match="not an OME-Zarr image"):
        (tmp_path / "b.zarr").mkdir()
        (tmp_path / "b.zarr" / "zarr.json").write_text('{"zarr_format": 3, "node_type": "group"}')
        read(str(tmp_path / "b.zarr"))
