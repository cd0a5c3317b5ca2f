import re
import struct

import numpy as np
import pytest
import tifffile

from adgan.errors import AdganError
from adgan.io import open_images, read_images
from adgan.io.decode import decode


def noise(shape, dtype="uint16"):
    return (np.random.default_rng(0).random(shape) * 200).astype(dtype)


@pytest.mark.parametrize(
    "dtype", ["uint8", "uint16", "uint32", "int16", "int32", "float16", "float32", "float64"]
)
@pytest.mark.parametrize("byteorder", ["<", ">"])
def test_types_are_kept(tmp_path, dtype, byteorder):
    data = noise((20, 30), dtype)
    tifffile.imwrite(tmp_path / "a.tif", data, byteorder=byteorder)
    (image,) = read_images(tmp_path / "a.tif")
    assert (image.name, image.spacing, image.pixels.dtype) == ("a", None, data.dtype)
    np.testing.assert_array_equal(image.pixels, data)


def test_one_bit_becomes_uint8(tmp_path):
    data = noise((20, 30)) > 100
    tifffile.imwrite(tmp_path / "a.tif", data)
    (image,) = read_images(tmp_path / "a.tif")
    assert image.pixels.dtype == np.uint8
    np.testing.assert_array_equal(image.pixels, data)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"compression": "lzw", "predictor": True},
        {"compression": "zlib", "tile": (16, 16)},
        {"bigtiff": True},
        {"imagej": True, "metadata": {"axes": "ZYX"}},
        {"ome": True, "metadata": {"axes": "ZYX"}},
        {"metadata": {"axes": "ZYX"}},
    ],
)
def test_volumes_of_every_kind(tmp_path, options):
    data = noise((7, 20, 30))
    tifffile.imwrite(tmp_path / "a.tif", data, photometric="minisblack", **options)
    np.testing.assert_array_equal(read_images(tmp_path / "a.tif")[0].pixels, data)


def test_plain_pages_are_slices(tmp_path):
    data = noise((7, 20, 30))
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        for page in data:
            file.write(page, metadata=None, contiguous=False)
    np.testing.assert_array_equal(read_images(tmp_path / "a.tif")[0].pixels, data)


@pytest.mark.parametrize("kind", ["imagej", "ome"])
def test_hyperstacks(tmp_path, kind):
    data = noise((2, 5, 3, 20, 30))
    axes = "TZCYX"
    tifffile.imwrite(tmp_path / "a.ome.tif", data, **{kind: True}, metadata={"axes": axes})
    images = read_images(tmp_path / "a.ome.tif", channel=2, frames=True)
    assert [i.name for i in images] == ["a_t0001", "a_t0002"]
    np.testing.assert_array_equal(np.stack([i.pixels for i in images]), data[:, :, 2])
    with pytest.raises(AdganError, match="`channel=N`"):
        read_images(tmp_path / "a.ome.tif", frames=True)
    with pytest.raises(AdganError, match="`frames=True`"):
        read_images(tmp_path / "a.ome.tif", channel=2)


@pytest.mark.parametrize(
    ("extra", "count"), [(["unassalpha"], 3), (["assocalpha"], 3), (["unspecified"], 4)]
)
def test_opacity_is_no_channel(tmp_path, extra, count):
    tifffile.imwrite(
        tmp_path / "a.tif", noise((20, 30, 4), "uint8"), photometric="rgb", extrasamples=extra
    )
    with pytest.raises(AdganError, match=rf"\(0 to {count - 1}\)"):
        read_images(tmp_path / "a.tif")


def test_a_pyramid_is_its_largest_level(tmp_path):
    data = noise((64, 64))
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        file.write(data, subifds=1)
        file.write(data[::2, ::2], subfiletype=1)
    np.testing.assert_array_equal(read_images(tmp_path / "a.tif")[0].pixels, data)


def ome(second_plane: str) -> str:
    """Describe two frames, of which ``a.tif`` holds the first."""
    return (
        '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0">'
        '<Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint16" SizeX="30" SizeY="20" '
        'SizeZ="1" SizeC="1" SizeT="2" PhysicalSizeX="0.5" PhysicalSizeY="0.5">'
        '<TiffData FirstT="0" IFD="0"><UUID FileName="a.tif">urn:uuid:1</UUID></TiffData>'
        f"{second_plane}</Pixels></Image></OME>"
    )


def test_a_file_of_a_multi_file_set_is_read_for_its_own_pages(tmp_path):
    data = noise((20, 30))
    other = '<TiffData FirstT="1" IFD="0"><UUID FileName="b.tif">urn:uuid:2</UUID></TiffData>'
    tifffile.imwrite(tmp_path / "a.tif", data, description=ome(other), metadata=None)
    (image,) = read_images(tmp_path / "a.tif")
    np.testing.assert_array_equal(image.pixels, data)
    assert image.spacing == (0.5, 0.5)


def test_planes_that_are_missing_are_not_made_up(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", noise((20, 30)), description=ome(""), metadata=None)
    with pytest.raises(
        AdganError, match=r"a.tif is truncated or damaged \(planes listed in its meta"
    ):
        read_images(tmp_path / "a.tif", frames=True)


def test_one_of_several_images_in_a_file_or_each(tmp_path):
    first, second = noise((20, 30)), noise((6, 20, 30))
    with tifffile.TiffWriter(tmp_path / "a.ome.tif", ome=True) as file:
        for pixels, axes, size in ((first, "YX", 0.5), (second, "ZYX", 0.25)):
            about = {"axes": axes, **{f"PhysicalSize{axis}": size for axis in axes}}
            file.write(pixels, photometric="minisblack", metadata=about)
    (image,) = read_images(tmp_path / "a.ome.tif", scene=1)
    assert np.array_equal(image.pixels, second) and image.name == "a"
    every = read_images(tmp_path / "a.ome.tif", scene="all")
    assert [i.name for i in every] == ["a_s01", "a_s02"]
    assert every[0].spacing == (0.5, 0.5) and every[1].spacing == (0.25, 0.25, 0.25)
    for number in (-1, 2):
        with pytest.raises(AdganError, match=f"has no scene {number}: .* 0 to 1"):
            read_images(tmp_path / "a.ome.tif", scene=number)


def test_images_of_different_shapes_in_one_file(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        file.write(noise((20, 30)), metadata=None)
        file.write(noise((25, 30)), metadata=None)
    with pytest.raises(AdganError, match=r"a.tif contains 2 separate images.*`scene=N` \(0 to 1\)"):
        read_images(tmp_path / "a.tif")


def test_of_many_images_in_one_file_four_are_described(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        for height in range(20, 26):
            file.write(noise((height, 30)), metadata=None)
    with pytest.raises(
        AdganError, match=r"6 separate images .*22, 30\), \(23, 30\)\): .* \(0 to 5\)"
    ):
        read_images(tmp_path / "a.tif")


@pytest.mark.parametrize("mapped", [True, False])
def test_large_pixels_are_mapped_to_memory(tmp_path, monkeypatch, mapped):
    pixels = noise((20, 30))
    tifffile.imwrite(tmp_path / "a.tif", pixels)
    monkeypatch.setattr("adgan.io.tiff.MEMORY_MAP_BYTES_MIN", pixels.nbytes - mapped)
    array = decode(tmp_path / "a.tif").array
    assert np.array_equal(array, pixels) and isinstance(array.base, np.memmap) == mapped


def test_complex_pixels(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", noise((20, 30)).astype(np.complex64))
    with pytest.raises(AdganError, match=r"a.tif has complex64 pixels"):
        read_images(tmp_path / "a.tif")


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.97])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"compression": "zlib"},
        {"imagej": True, "metadata": {"axes": "ZYX"}},
        {"ome": True, "compression": "zlib"},
    ],
)
def test_a_truncated_file_is_never_read_in_part(tmp_path, options, share):
    path = tmp_path / "cut.tif"
    tifffile.imwrite(path, noise((6, 40, 50)), photometric="minisblack", **options)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(AdganError, match=r"cut.tif is truncated or damaged.*copy or save it ag"):
        read_images(path)


def test_a_header_tells_that_the_end_of_a_file_is_missing(tmp_path):
    path = tmp_path / "cut.tif"
    tifffile.imwrite(path, noise((6, 40, 50)), photometric="minisblack", compression="zlib")
    whole = path.read_bytes()
    with tifffile.TiffFile(path) as tif:
        end = tif.pages[-1].dataoffsets[-1] + tif.pages[-1].databytecounts[-1]
    path.write_bytes(whole[: end - 7])
    (bad,) = open_images(path).skipped
    assert "7 bytes are missing at its end" in bad.reason
    path.write_bytes(whole[:end])
    assert not open_images(path).skipped


def test_an_image_larger_than_the_memory_is_refused_in_one_line(tmp_path, monkeypatch):
    tifffile.imwrite(tmp_path / "a.tif", noise((20, 30)))
    monkeypatch.setattr("adgan.system.peak.available", lambda: 1199)
    with pytest.raises(AdganError, match="a.tif needs .* cut it into parts"):
        read_images(tmp_path / "a.tif")
    monkeypatch.setattr("adgan.system.peak.available", lambda: 1200)
    assert len(read_images(tmp_path / "a.tif")) == 1

    def fail(*_args, **_options):
        raise MemoryError("1 GiB")

    monkeypatch.setattr(tifffile.TiffPageSeries, "asarray", fail)
    with pytest.raises(AdganError, match=r"a.tif does not fit in memory \(1 GiB\): cut it"):
        read_images(tmp_path / "a.tif")


@pytest.mark.parametrize("options", [{"tile": (16, 16)}, {"rowsperstrip": 5}])
def test_a_size_that_the_tiles_do_not_fill_is_refused(tmp_path, options):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, noise((20, 20)), compression="lzw", **options)
    with tifffile.TiffFile(path, mode="r+b") as file:
        file.pages[0].tags["ImageLength"].overwrite(2**30)
    with pytest.raises(AdganError, match=r"a.tif is truncated or damaged \(it has fewer tiles"):
        read_images(path)


@pytest.mark.parametrize("bigtiff", [False, True])
@pytest.mark.parametrize("byteorder", ["<", ">"])
def test_pages_in_a_circle_are_refused(tmp_path, bigtiff, byteorder):
    path = tmp_path / "a.tif"
    with tifffile.TiffWriter(path, bigtiff=bigtiff, byteorder=byteorder) as file:
        for _ in range(3):
            file.write(noise((20, 20)), contiguous=False)
    with tifffile.TiffFile(path) as file:
        layout, (_, second, last) = file.tiff, [page.offset for page in file.pages]
    held = bytearray(path.read_bytes())
    (tags,) = struct.unpack_from(layout.tagnoformat, held, last)
    after = last + layout.tagnosize + tags * layout.tagsize
    struct.pack_into(layout.offsetformat, held, after, second)
    path.write_bytes(held)
    with pytest.raises(AdganError, match=r"a.tif is truncated or damaged \(.* in a circle\)"):
        read_images(path)


def test_damaged_headers_give_the_one_error(tmp_path):
    rng = np.random.default_rng(0)
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, noise((6, 40, 50)), imagej=True, compression="zlib")
    whole = path.read_bytes()
    refused = 0
    for _ in range(100):
        changed = bytearray(whole)
        for place in rng.integers(4, 400, 3):
            changed[place] = rng.integers(256)
        path.write_bytes(changed)
        try:
            read_images(path)
        except AdganError as error:
            refused += 1
            assert re.match(rf"{path}.*", str(error)) and "\n" not in str(error)
    assert refused > 10
