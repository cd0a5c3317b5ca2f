import struct
import zlib

import imagecodecs
import numpy as np
import PIL.Image
import pytest

from adgan.errors import AdganError
from adgan.io import ReadOptions, open_images, read_images, read_labels


@pytest.fixture
def gray():
    return np.random.default_rng(0).integers(0, 255, (20, 30), dtype=np.uint8)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_png_gray(tmp_path, dtype):
    data = np.random.default_rng(0).integers(0, np.iinfo(dtype).max, (20, 30), dtype=dtype)
    (tmp_path / "a.png").write_bytes(imagecodecs.png_encode(data))
    (image,) = read_images(tmp_path / "a.png")
    assert image.pixels.dtype == dtype and image.spacing is None
    np.testing.assert_array_equal(image.pixels, data)


def test_png_colour_of_16_bits_keeps_them(tmp_path):
    data = np.random.default_rng(0).integers(0, 60_000, (20, 30, 3), dtype=np.uint16)
    (tmp_path / "a.png").write_bytes(imagecodecs.png_encode(data))
    np.testing.assert_array_equal(
        read_images(tmp_path / "a.png", channel=1)[0].pixels, data[..., 1]
    )
    with pytest.raises(AdganError, match=r"RGB image.*`channel=N` \(0 to 2\)"):
        read_images(tmp_path / "a.png")


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "P"])
def test_png_gray_in_disguise(tmp_path, gray, mode):
    PIL.Image.fromarray(gray).convert(mode).save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_images(tmp_path / "a.png")[0].pixels, gray)


def test_palette_of_a_label_map_is_ignored(tmp_path):
    labels = np.array([[0, 1, 2], [0, 3, 3]], np.uint8)
    picture = PIL.Image.fromarray(labels).convert("P")
    picture.putpalette([0, 0, 0, 255, 0, 0, 0, 255, 0, 9, 9, 9])
    picture.save(tmp_path / "a.png")
    np.testing.assert_array_equal(read_labels(tmp_path / "a.png").pixels, labels)


def test_jpeg(tmp_path, gray):
    PIL.Image.fromarray(gray).save(tmp_path / "a.JPG", format="JPEG", quality=100)
    (image,) = read_images(tmp_path / "a.JPG")
    assert image.pixels.shape == gray.shape
    assert np.abs(image.pixels.astype(int) - gray).max() <= 2


@pytest.mark.parametrize("suffix", ["png", "jpeg"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_truncated(tmp_path, gray, suffix, share):
    path = tmp_path / f"a.{suffix}"
    PIL.Image.fromarray(gray).save(path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(AdganError, match=rf"a.{suffix} is truncated or damaged"):
        read_images(path)


def chunk(kind, content):
    return (
        struct.pack(">I", len(content)) + kind + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )  # fmt: skip


@pytest.mark.parametrize(("depth", "colour"), [(16, 6), (8, 2), (16, 0), (8, 3)])
def test_a_small_file_that_declares_a_huge_picture_is_not_decoded(tmp_path, depth, colour):
    header = struct.pack(">IIBBBBB", 600_000, 600_000, depth, colour, 0, 0, 0)
    palette = chunk(b"PLTE", bytes(6)) if colour == 3 else b""
    picture = chunk(b"IHDR", header) + palette + chunk(b"IDAT", zlib.compress(b"\0" * 100))
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + picture + chunk(b"IEND", b""))
    with pytest.raises(AdganError, match=r"a.png needs .* GiB of memory, but only .* are free"):
        read_images(tmp_path / "a.png")


def test_a_jpeg_larger_than_the_memory_is_not_decoded(tmp_path, gray, monkeypatch):
    PIL.Image.fromarray(gray).save(tmp_path / "a.jpg")
    small = (tmp_path / "a.jpg").stat().st_size
    monkeypatch.setattr("adgan.system.peak.available", lambda: small + 100)
    with pytest.raises(AdganError, match="a.jpg needs"):
        read_images(tmp_path / "a.jpg")
    monkeypatch.setattr("adgan.system.peak.available", lambda: small - 1)
    with pytest.raises(AdganError, match="a.jpg needs"):
        read_images(tmp_path / "a.jpg")


@pytest.mark.parametrize("colour", [1, 5, 255])
def test_a_colour_type_that_there_is_not(tmp_path, colour):
    header = struct.pack(">IIBBBBB", 4, 4, 8, colour, 0, 0, 0)
    picture = (
        chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")
    )
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + picture)
    with pytest.raises(AdganError, match="a.png is truncated or damaged"):
        read_images(tmp_path / "a.png")


@pytest.mark.parametrize(("mode", "channels"), [("RGBA", "channels 0 to 2"), ("LA", "one channel")])
def test_a_header_tells_that_opacity_is_no_channel(tmp_path, gray, mode, channels):
    PIL.Image.fromarray(gray).convert(mode).save(tmp_path / "a.png")
    (bad,) = open_images(tmp_path, ReadOptions(channel=len(mode) - 1)).skipped
    assert f"it has {channels}" in bad.reason
