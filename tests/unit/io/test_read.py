import os
from pathlib import Path

import numpy as np
import pytest
import tifffile

from adgan.errors import AdganError
from adgan.io import read_images, read_labels


def write(path, data):
    tifffile.imwrite(path, np.asarray(data), photometric="minisblack")
    return path


@pytest.mark.parametrize("read", [read_images, read_labels])
def test_what_is_no_image(tmp_path, read):
    (tmp_path / "notes.tif").write_text("not pixels")
    (tmp_path / "empty.png").touch()
    with pytest.raises(AdganError, match=r"notes.tif is not a TIFF, PNG, JPEG, CZI"):
        read(tmp_path / "notes.tif")
    with pytest.raises(AdganError, match=r"empty.png is an empty file"):
        read(tmp_path / "empty.png")
    with pytest.raises(AdganError, match=r"gone.tif does not exist"):
        read(tmp_path / "gone.tif")
    with pytest.raises(AdganError, match="is a folder"):
        read(tmp_path)


def test_no_right_to_read(tmp_path, monkeypatch):
    path = write(tmp_path / "a.tif", np.eye(9))

    def refuse(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(AdganError, match=r"a.tif cannot be read \(Permission denied\)"):
        read_images(path)


def test_the_suffix_does_not_matter(tmp_path):
    path = write(tmp_path / "a.tif", np.eye(9, dtype=np.uint8)).rename(tmp_path / "a.dat")
    assert read_images(path)[0].pixels.shape == (9, 9)


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [("uint8", "uint16"), ("int64", "uint16"), ("float32", "uint16"), ("uint16", "uint16")],
)
def test_labels_are_uint16(tmp_path, dtype, expected):
    data = np.array([[0, 1, 2], [0, 200, 200]], dtype)
    image = read_labels(write(tmp_path / "a.tif", data))
    assert image.pixels.dtype == expected
    np.testing.assert_array_equal(image.pixels, data)


def test_an_empty_map_is_a_map(tmp_path):
    assert not read_labels(write(tmp_path / "a.tif", np.zeros((5, 6), np.uint16))).pixels.any()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([[0.0, 0.5]], "a.tif: labels must be whole numbers"),
        ([[0.0, np.nan]], "a.tif: labels must be whole numbers"),
        ([[0, -1]], "a.tif: label -1 is negative"),
    ],
)
def test_what_is_no_label_map(tmp_path, data, message):
    with pytest.raises(AdganError, match=message):
        read_labels(write(tmp_path / "a.tif", np.array(data)))


def test_a_colour_picture_is_no_label_map(tmp_path):
    data = np.random.default_rng(0).integers(0, 9, (20, 30, 3), dtype=np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", data, photometric="rgb")
    with pytest.raises(AdganError, match="3 channels, but a label map has one"):
        read_labels(tmp_path / "a.tif")


def test_frames_are_checked_one_by_one(tmp_path):
    data = np.random.default_rng(0).integers(0, 9, (5, 20, 30), dtype=np.uint8)
    data[3] = 7
    with pytest.raises(AdganError, match=r"a.tif \(a_t0004\) has the same value, 7, in all"):
        read_images(write(tmp_path / "a.tif", data), frames=True)


@pytest.mark.parametrize("read", [read_images, read_labels])
def test_a_pipe_is_not_waited_for(tmp_path, read):
    os.mkfifo(tmp_path / "a.tif")
    with pytest.raises(AdganError, match="a.tif is a pipe or a device"):
        read(tmp_path / "a.tif")
