"""Windows of files are what reading them whole gives there."""

import pickle

import imagecodecs
import numpy as np
import pytest
import tifffile

from adgan.errors import AdganError
from adgan.io import ReadOptions, open_images, read_images
from adgan.io.glimpses import coarse_copy, glimpses, slabs
from adgan.io.windowed import Filled
from adgan.io.windows import CellLimits, Cells, open_windows

pytest.importorskip("zarr")
PIXELS = np.random.default_rng(0).integers(0, 999, (3, 2, 90, 130), dtype=np.uint16)
WINDOW = (slice(1, 3), slice(20, 71), slice(64, 129))
PLAIN = {"photometric": "minisblack", "metadata": {"axes": "ZCYX"}}


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"tile": (32, 48), "compression": "zlib"},
        {"rowsperstrip": 7, "compression": "lzw", "bigtiff": True},
        {"byteorder": ">"},
        {"tile": (16, 16), "ome": True},
    ],
    ids=str,
)
@pytest.mark.parametrize("channel", [0, 1])
def test_windows_of_tiff(tmp_path, options, channel):
    path = tmp_path / "a.tif"
    axes = {"metadata": {"axes": "ZCYX"}} if "ome" in options else {"imagej": True}
    if "tile" in options or "compression" in options or "bigtiff" in options:
        axes = {"metadata": {"axes": "ZCYX"}, "ome": True}
    if options == {"byteorder": ">"}:
        axes = {"metadata": {"axes": "ZCYX"}, "ome": True}
    tifffile.imwrite(path, PIXELS, photometric="minisblack", **(options | axes))
    (entry,) = open_images(path, ReadOptions(channel=channel)).entries
    (whole,) = read_images(path, channel)
    # As Dask sends it to the processes that read its windows; only what was pickled here is read.
    source = pickle.loads(pickle.dumps(entry.windows()))
    assert source.shape == entry.shape == whole.shape and source.dtype == whole.pixels.dtype
    part = source[WINDOW]
    np.testing.assert_array_equal(part, whole.pixels[WINDOW])
    assert part.flags.c_contiguous and part.dtype.isnative
    steps = (slice(None, None, 2), slice(1, 90, 3), slice(None))
    np.testing.assert_array_equal(source[steps], whole.pixels[steps])


def test_frames_scenes_and_named_axes(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", PIXELS, **PLAIN)
    entries = open_images(
        tmp_path / "a.tif", ReadOptions(channel=1, frames=True, axes="TCYX")
    ).entries
    for number, entry in enumerate(entries):
        np.testing.assert_array_equal(entry.windows()[WINDOW[1:]], PIXELS[(number, 1, *WINDOW[1:])])
    with tifffile.TiffWriter(tmp_path / "b.ome.tif", ome=True) as file:
        for frame in PIXELS[:2, 0]:
            file.write(frame, photometric="minisblack", metadata={"axes": "YX"}, tile=(16, 16))
    one, other = open_images(tmp_path / "b.ome.tif", ReadOptions(scene="all")).entries
    np.testing.assert_array_equal(other.windows()[WINDOW[1:]], PIXELS[(1, 0, *WINDOW[1:])])
    assert one.windows().scene == 0


def test_a_file_of_a_multi_file_set_is_opened_for_its_own_pages(tmp_path):
    tifffile.imwrite(tmp_path / "b.tif", PIXELS[1, 0])
    planes = "".join(
        f'<TiffData FirstT="{t}" IFD="0"><UUID FileName="{name}.tif">urn:uuid:{t}</UUID></TiffData>'
        for t, name in enumerate("ab")
    )
    about = (
        '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0">'
        '<Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint16" SizeX="130" SizeY="90" '
        f'SizeZ="1" SizeC="1" SizeT="2">{planes}</Pixels></Image></OME>'
    )
    tifffile.imwrite(tmp_path / "a.tif", PIXELS[0, 0], description=about, metadata=None)
    source = open_windows(tmp_path / "a.tif")
    np.testing.assert_array_equal(source[WINDOW[1:]], PIXELS[0, 0][WINDOW[1:]])


def test_pixels_of_one_bit(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", PIXELS[0, 0] > 500)
    part = open_windows(tmp_path / "a.tif")[WINDOW[1:]]
    np.testing.assert_array_equal(part, read_images(tmp_path / "a.tif")[0].pixels[WINDOW[1:]])
    assert part.dtype == np.uint8


def test_channels_that_come_last(tmp_path):
    colour = np.ascontiguousarray(PIXELS[:, 0].transpose(1, 2, 0)).astype(np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", colour, photometric="rgb")
    (entry,) = open_images(tmp_path / "a.tif", ReadOptions(channel=2)).entries
    np.testing.assert_array_equal(entry.windows()[WINDOW[1:]], colour[..., 2][WINDOW[1:]])


def test_windows_of_ome_zarr(tmp_path):
    import zarr

    group = zarr.open_group(tmp_path / "a.zarr", mode="w", zarr_format=2)
    group.create_array("0", data=PIXELS, chunks=(1, 1, 32, 32))
    axes = [{"name": a} for a in "zcyx"]
    group.attrs["multiscales"] = [{"version": "0.4", "axes": axes, "datasets": [{"path": "0"}]}]
    (entry,) = open_images(tmp_path / "a.zarr", ReadOptions(channel=1)).entries
    np.testing.assert_array_equal(entry.windows()[WINDOW], PIXELS[:, 1][WINDOW])


def test_what_must_be_read_whole(tmp_path, monkeypatch):
    gray = np.repeat(PIXELS[0, 0].astype(np.uint8)[..., None], 3, axis=-1)
    tifffile.imwrite(tmp_path / "gray.tif", gray, photometric="rgb")
    tifffile.imwrite(tmp_path / "strip.tif", PIXELS[0, 0], compression="zlib", rowsperstrip=90)
    (tmp_path / "a.png").write_bytes(imagecodecs.png_encode(PIXELS[0, 0]))
    assert open_windows(tmp_path / "gray.tif") is None
    assert open_windows(tmp_path / "a.png") is None
    assert open_windows(tmp_path / "strip.tif") is not None
    monkeypatch.setattr("adgan.io.windows.CHUNK_BYTES_MAX", 2**10)
    assert open_windows(tmp_path / "strip.tif") is None
    monkeypatch.setitem(__import__("sys").modules, "zarr", None)
    assert open_windows(tmp_path / "strip.tif") is None


@pytest.mark.parametrize(("width", "read"), [(2**13, True), (2**13 + 1, False)])
def test_pieces_of_more_than_64_mib_are_read_whole(tmp_path, width, read):
    import zarr

    group = zarr.open_group(tmp_path / "a.zarr", mode="w", zarr_format=2)
    side = (2**13, width)
    group.create_array("0", shape=side, chunks=side, dtype="uint8")
    axes = [{"name": a} for a in "yx"]
    group.attrs["multiscales"] = [{"version": "0.4", "axes": axes, "datasets": [{"path": "0"}]}]
    assert (open_windows(tmp_path / "a.zarr") is not None) == read


def test_damage_is_told_where_it_is_read(tmp_path):
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, PIXELS[0, 0], tile=(16, 16), compression="zlib")
    with tifffile.TiffFile(path) as tif:
        where = tif.pages[0].dataoffsets[20]
    source = open_windows(path)
    held = bytearray(path.read_bytes())
    held[where : where + 8] = b"\0" * 8
    path.write_bytes(held)
    with pytest.raises(AdganError, match=r"a.tif is truncated or damaged"):
        source[:, :]


def test_small_windows_share_what_was_decoded(monkeypatch):
    class Counted:
        shape, chunks, dtype, reads = (200, 300), (16, 300), np.dtype(np.uint16), 0

        def __getitem__(self, index):
            self.reads += 1
            return np.arange(60_000, dtype=np.uint16).reshape(200, 300)[index]

    monkeypatch.setattr("adgan.io.windows.CELLS", CellLimits(side=128))
    array = Counted()
    cells = Cells(array)
    for left in range(0, 240, 10):
        window = (slice(40, 60), slice(left, left + 60))
        np.testing.assert_array_equal(cells[window], Counted()[window])
    assert array.reads <= 3
    for across in ((slice(110, 140), slice(100, 200)), (slice(127, 129), slice(255, 257))):
        np.testing.assert_array_equal(Cells(array)[across], Counted()[across])
    one = CellLimits(side=128, memory=128 * 300 * 2)
    monkeypatch.setattr("adgan.io.windows.CELLS", one)
    for top in (0, 150, 0):
        np.testing.assert_array_equal(cells[top : top + 9, :9], Counted()[top : top + 9, :9])
        assert sum(cell.nbytes for cell in cells.held.values()) <= 128 * 300 * 2


def test_pixels_without_a_number_and_negatives():
    pixels = PIXELS[0, 0].astype(np.float32)
    pixels[:9] = np.nan
    filled = Filled(pixels, fill=5.0)
    assert (filled[:9, :4] == 5).all() and filled.outside((slice(0, 20), slice(0, 5))).sum() == 45
    assert filled.outside((slice(9, 20), slice(0, 5))) is None
    assert filled.shape == pixels.shape and filled.dtype == np.float32
    assert Filled(PIXELS[0, 0], 5.0).outside((slice(0, 9), slice(0, 9))) is None
    window = (slice(0, 12), slice(0, 5))
    np.testing.assert_allclose(Filled(pixels, 5.0, 100.0)[window], 100 - filled[window])


def test_glimpses_lie_where_most_happens():
    pixels = np.zeros((400, 600), np.uint16)
    pixels[300:340, 420:460] = np.arange(40) * 20
    first, *_ = glimpses(pixels, 2, 100)
    assert first[0].start < 320 < first[0].stop and first[1].start < 440 < first[1].stop
    assert all(w.stop - w.start == 100 for w in first)


def test_glimpses_lie_apart_and_within_the_image():
    pixels = np.random.default_rng(0).normal(size=(400, 600))
    pixels[:200] = np.nan
    windows = glimpses(pixels, 3, 100)
    middles = np.array([[(s.start + s.stop) / 2 for s in w] for w in windows])
    apart = np.abs(middles[:, None] - middles).max(axis=-1)
    assert len(windows) == 3 and apart[~np.eye(3, dtype=bool)].min() >= 90
    for window in windows:
        assert np.isfinite(pixels[window]).mean() > 0.4 and pixels[window].shape == (100, 100)
    assert glimpses(pixels[:50, :60], 3, 100) == [(slice(0, 50), slice(0, 60))]


def test_slabs_are_whole_rows_of_tiles_where_there_are_many(monkeypatch):
    assert [w[0].stop for w in slabs((2**13, 2**13))] == [2048, 4096, 6144, 8192]
    monkeypatch.setattr("adgan.io.glimpses.SLAB_PIXELS", 1500 * 1024)
    windows = slabs((4000, 1024))
    assert [(w[0].start, w[0].stop) for w in windows] == [
        (0, 1024), (1024, 2048), (2048, 3072), (3072, 4000)
    ]  # fmt: skip
    assert all(w[1] == slice(0, 1024) for w in windows)
    monkeypatch.setattr("adgan.io.glimpses.SLAB_PIXELS", 100)
    assert len(slabs((3, 1024))) == 3


def test_slabs_cover_and_coarse_copies_average(monkeypatch):
    monkeypatch.setattr("adgan.io.glimpses.SLAB_PIXELS", 400)
    seen = np.zeros((50, 70), int)
    for window in slabs(seen.shape):
        seen[window] += 1
    assert (seen == 1).all()
    pixels = np.arange(60 * 90.0).reshape(60, 90)
    copy, factor = coarse_copy(pixels, 30)
    assert factor == 3 and copy.shape == (20, 30)
    np.testing.assert_allclose(copy[0, 0], pixels[:3, :3].mean())
    np.testing.assert_allclose(copy[-1, -1], pixels[-3:, -3:].mean())
    thin, factor = coarse_copy(pixels[:2, :89], 30)
    assert factor == 3 and thin.shape == (1, 29)
    np.testing.assert_allclose(thin[0, 1], pixels[:2, 3:6].mean())
    np.testing.assert_array_equal(coarse_copy(pixels, 90)[0], pixels.astype(np.float32))
