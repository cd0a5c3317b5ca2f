"""Label maps of time series as trackers read them."""

import numpy as np
import pytest
import tifffile

from adgan.errors import AdganError
from adgan.io import ReadOptions, open_images, read_labels, write_gray, write_labels
from adgan.segmentation.options import SegmentOptions
from adgan.segmentation.segment import segment
from adgan.segmentation.series import find_series, write_series

FRAMES = 4


def moving():
    """Two nuclei that drift, their labels drawn anew in each frame."""
    labels = np.zeros((FRAMES, 40, 50), np.uint16)
    for t in range(FRAMES):
        labels[t, 5 + t : 15 + t, 5:15] = 1 + t % 2
        labels[t, 20:30, 30 - t : 40 - t] = 2 - t % 2
    return labels


@pytest.fixture
def film(tmp_path):
    """A film of four frames, and the same as one file a frame, the third of them no image."""
    labels = moving()
    images = (1000 * (labels > 0) + np.arange(50)).astype(np.uint16)
    (tmp_path / "film").mkdir()
    (tmp_path / "frames" / "01").mkdir(parents=True)
    tifffile.imwrite(tmp_path / "film" / "film.tif", images, imagej=True, metadata={"axes": "TYX"})
    for t, image in enumerate(images):
        write_gray(tmp_path / "frames" / "01" / f"t{t:03d}.tif", image)
    (tmp_path / "frames" / "01" / "t002.tif").write_text("a letter")
    return tmp_path


def put(folder, entries, labels):
    """Write label maps of entries as segmenting does."""
    for t, entry in entries:
        (folder / f"{entry.name}.tif").parent.mkdir(parents=True, exist_ok=True)
        write_labels(folder / f"{entry.name}.tif", labels[t])


@pytest.fixture
def written(film):
    """What is written of the label maps of the film."""
    collection = open_images(film / "film", ReadOptions(frames=True))
    (series,) = find_series(collection)
    put(film / "out", enumerate(collection.entries), moving())
    write_series(film / "out" / "series", series, lambda e: film / "out" / f"{e.name}.tif")
    return film / "out" / "series"


def test_frames_of_a_file_are_one_stack(written):
    with tifffile.TiffFile(written / "film.tif") as file:
        assert file.series[0].axes == "TYX"
        assert np.array_equal(file.asarray(), moving())


def test_names_are_those_of_the_challenge(written):
    reader = pytest.importorskip("ctc_metrics.utils.filesystem")
    masks = reader.parse_masks(str(written / "film_RES"))
    assert [path.rsplit("/", 1)[1] for path in masks] == [f"mask{t:03d}.tif" for t in range(FRAMES)]
    read = [tifffile.imread(path) for path in masks]
    assert read[0].dtype == np.uint16 and np.array_equal(read, moving())


def test_a_tracker_follows_nuclei_through_the_stack(written):
    laptrack = pytest.importorskip("laptrack")
    labels = tifffile.imread(written / "film.tif")
    tracks, *_ = laptrack.OverLapTrack().predict_overlap_dataframe(list(labels))
    found = tracks.reset_index().groupby("track_id")["frame"].apply(sorted).tolist()
    assert found == [list(range(FRAMES))] * 2


def test_a_frame_that_cannot_be_read_leaves_an_empty_map(film):
    collection = open_images(film / "frames", ReadOptions(frames=True))
    (series,) = find_series(collection)
    assert series.name == "01" and [bool(frame) for frame in series.frames] == [1, 1, 0, 1]
    known = [(t, frame) for t, frame in enumerate(series.frames) if frame]
    put(film / "out", known, moving())
    write_series(film / "out" / "series", series, lambda e: film / "out" / f"{e.name}.tif")
    stack = tifffile.imread(film / "out" / "series" / "01.tif")
    assert np.array_equal(stack[[0, 1, 3]], moving()[[0, 1, 3]]) and not stack[2].any()


def test_volumes_keep_their_axes_and_scale(film, monkeypatch):
    volumes = np.repeat(moving()[:, None], 3, axis=1)
    place = film / "volumes" / "film.tif"
    place.parent.mkdir()
    tifffile.imwrite(
        place, volumes, imagej=True, metadata={"axes": "TZYX", "spacing": 2.0, "unit": "um"},
        resolution=(2, 2),
    )  # fmt: skip
    collection = open_images(place, ReadOptions(frames=True))
    (series,) = find_series(collection)
    put(film / "out", enumerate(collection.entries), volumes)
    write_series(film / "out" / "series", series, lambda e: film / "out" / f"{e.name}.tif")
    with tifffile.TiffFile(film / "out" / "series" / "film.tif") as file:
        assert file.series[0].axes == "TZYX" and file.imagej_metadata["spacing"] == 2.0
        assert np.array_equal(file.asarray(), volumes)
    assert read_labels(film / "out" / "series" / "film_RES" / "mask001.tif").pixels.ndim == 3


def test_frames_are_in_the_order_of_their_numbers(tmp_path):
    for t in (1, 2, 10):
        write_gray(tmp_path / f"t{t}.tif", np.arange(81, dtype=np.uint8).reshape(9, 9))
    (series,) = find_series(open_images(tmp_path, ReadOptions(frames=True)))
    assert [frame.name for frame in series.frames] == ["t1", "t2", "t10"]


def test_images_of_other_sizes_are_no_series(film):
    write_gray(film / "frames" / "01" / "t009.tif", np.ones((9, 9), np.uint8))
    with pytest.raises(AdganError, match="differ in size"):
        find_series(open_images(film / "frames", ReadOptions(frames=True)))
    with pytest.raises(AdganError, match="several frames"):
        find_series(open_images(film / "frames" / "01" / "t000.tif", ReadOptions(frames=True)))


def test_segmenting_a_film_writes_its_series(film):
    found = segment(
        None, film / "film", film / "labels", options=SegmentOptions(series=True), device="cpu"
    )
    stack = tifffile.imread(film / "labels" / "series" / "film.tif")
    assert len(found) == FRAMES
    for t, one in enumerate(found):
        assert np.array_equal(stack[t], read_labels(one.path).pixels)
    with pytest.raises(AdganError, match="need an output folder"):
        segment(None, film / "film", options=SegmentOptions(series=True), device="cpu")
