"""Images are described by their headers and read one at a time."""

from dataclasses import replace

import numpy as np
import pytest
import tifffile

from adgan.errors import AdganError
from adgan.io import (
    ReadOptions,
    open_images,
    read_images,
    read_labels,
    write_gray,
    write_labels,
)
from adgan.io.collection import Collection
from adgan.io.describe_files import describe_files

RNG = np.random.default_rng(0)


def noise(*shape):
    return RNG.integers(1, 200, shape, dtype=np.uint16)


@pytest.mark.parametrize(
    ("name", "shape", "options"),
    [
        ("a.tif", (20, 30), {}),
        ("a.tif", (6, 20, 30), {"imagej": True, "metadata": {"axes": "ZYX"}}),
        ("a.tif", (3, 20, 30), {"ome": True, "metadata": {"axes": "CYX"}}),
        ("a.tif", (5, 2, 20, 30), {"ome": True, "metadata": {"axes": "TCYX"}}),
        ("a.tif", (20, 30), {"compression": "zlib", "tile": (16, 16)}),
    ],
)
def test_what_a_header_says_is_what_is_read(tmp_path, name, shape, options):
    tifffile.imwrite(tmp_path / name, noise(*shape), photometric="minisblack", **options)
    channel = 1 if "C" in options.get("metadata", {}).get("axes", "") else None
    found = open_images(tmp_path, ReadOptions(channel=channel, frames=True))
    read = read_images(tmp_path / name, channel, frames=True)
    assert [(e.name, e.shape, e.dtype) for e in found.entries] == [
        (i.name, i.pixels.shape, i.pixels.dtype) for i in read
    ]
    for entry, other in zip(found.entries, read, strict=True):
        assert np.array_equal(found.read(entry).pixels, other.pixels)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("shape", [(20, 30), (20, 30, 3), (20, 30, 4)])
def test_a_raster_is_described_too(tmp_path, dtype, shape):
    import imagecodecs

    (tmp_path / "a.png").write_bytes(imagecodecs.png_encode(noise(*shape).astype(dtype)))
    found = open_images(tmp_path, ReadOptions(channel=0))
    (entry,) = found.entries
    image = found.read(entry)
    assert (entry.shape, entry.dtype) == (image.pixels.shape, image.pixels.dtype)


def test_files_are_not_read_before_they_are_asked_for(tmp_path, monkeypatch):
    for number in range(3):
        write_gray(tmp_path / f"{number}.tif", noise(20, 30))
    asked = []
    monkeypatch.setattr(
        "adgan.io.describe_files.read_images",
        lambda path, *rest: asked.append(path.name) or read_images(path, *rest),
    )
    found = open_images(tmp_path)
    assert asked == [] and len(found) == 3
    assert found.read(found.entries[2]).name == "2" and asked == ["2.tif"]


def test_a_file_of_frames_is_decoded_once(tmp_path, monkeypatch):
    tifffile.imwrite(tmp_path / "a.tif", noise(4, 20, 30), imagej=True, metadata={"axes": "TYX"})
    asked = []
    monkeypatch.setattr(
        "adgan.io.describe_files.read_images",
        lambda path, *rest: asked.append(path.name) or read_images(path, *rest),
    )
    found = open_images(tmp_path, ReadOptions(frames=True))
    names = [found.read(entry).name for entry in found.entries]
    assert names == ["a_t0001", "a_t0002", "a_t0003", "a_t0004"] and asked == ["a.tif"]


def test_an_only_image_is_read_once(tmp_path, monkeypatch):
    write_gray(tmp_path / "a.tif", noise(20, 30))
    asked = []
    monkeypatch.setattr(
        "adgan.io.describe_files.read_images",
        lambda path, *rest: asked.append(path.name) or read_images(path, *rest),
    )
    found = open_images(tmp_path).proven()
    (entry,) = found.entries
    assert found.read(entry).name == "a" and found.read(entry).pixels.shape == (20, 30)
    assert asked == ["a.tif"]


def test_bad_files_are_named_and_the_others_kept(tmp_path):
    write_gray(tmp_path / "good.tif", noise(20, 30))
    whole = (tmp_path / "good.tif").read_bytes()
    (tmp_path / "cut.tif").write_bytes(whole[:-100])
    (tmp_path / "letter.png").write_text("a letter")
    found = open_images(tmp_path)
    assert [e.name for e in found.entries] == ["good"]
    assert [one.name for one in found.skipped] == ["cut", "letter"]
    assert found.require() is found
    with pytest.raises(AdganError, match="2 of 3 images cannot be used: .*cut.tif.*letter.png"):
        found.require(strict=True)


def test_what_only_pixels_tell_is_found_before_anything_is_done(tmp_path):
    colour = RNG.integers(1, 200, (20, 30, 3), dtype=np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", colour, photometric="rgb")
    found = open_images(tmp_path)
    assert len(found) == 1
    with pytest.raises(AdganError, match="is an RGB image"):
        found.proven()
    write_gray(tmp_path / "b.tif", noise(20, 30))
    assert [one.name for one in open_images(tmp_path).proven().skipped] == ["a"]


def test_blank_images_are_described_and_not_among_some(tmp_path):
    write_gray(tmp_path / "a.tif", 0 * noise(20, 30))
    write_gray(tmp_path / "b.tif", noise(20, 30))
    images, bad = open_images(tmp_path).read_some([0, 1])
    assert [i.name for i in images] == ["b"] and "the same value, 0," in bad[0].reason


def test_a_rank_that_is_known_leaves_out_others(tmp_path):
    write_gray(tmp_path / "flat.tif", noise(20, 30))
    write_gray(tmp_path / "deep.tif", noise(6, 20, 30))
    found = open_images(tmp_path, ndim=2)
    assert [e.name for e in found.entries] == ["flat"]
    assert "has 3 axes" in found.skipped[0].reason
    with pytest.raises(AdganError, match="2D and 3D are mixed"):
        open_images(tmp_path)


@pytest.mark.parametrize(("shape", "other"), [((20, 30), (6, 20, 30)), ((6, 20, 30), (20, 30))])
def test_one_of_another_ndim_among_many_is_left_out(tmp_path, shape, other):
    for name in "abcd":
        write_gray(tmp_path / f"{name}.tif", noise(*shape))
    write_gray(tmp_path / "odd.tif", noise(*other))
    found = open_images(tmp_path)
    assert [e.name for e in found.entries] == list("abcd")
    (odd,) = found.skipped
    assert odd.path == tmp_path / "odd.tif" and "process it separately" in odd.reason
    assert ("`frames=True`" in odd.reason) == (len(other) == 3)


def test_a_stamp_tells_that_a_file_changed(tmp_path):
    write_gray(tmp_path / "a.tif", noise(20, 30))
    before = open_images(tmp_path).entries[0].stamp
    assert open_images(tmp_path).entries[0].stamp == before
    write_gray(tmp_path / "a.tif", noise(20, 30))
    assert open_images(tmp_path).entries[0].stamp != before


def test_a_file_that_changes_meanwhile_is_refused(tmp_path):
    write_gray(tmp_path / "a.tif", noise(20, 30))
    found = open_images(tmp_path)
    write_gray(tmp_path / "a.tif", noise(20, 31))
    with pytest.raises(AdganError, match="has changed"):
        found.read(found.entries[0])


def test_unnamed_pages_are_taken_for_slices_and_that_is_said(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", noise(40, 20, 30), photometric="minisblack")
    (line,) = open_images(tmp_path).notes
    assert "a.tif (40 pages)" in line and "`frames=True` or `axes=LETTERS`" in line
    assert open_images(tmp_path, ReadOptions(frames=True)).notes == []
    named = open_images(tmp_path, ReadOptions(axes="ZYX"))
    assert named.notes == [] and named.entries[0].shape == (40, 20, 30)


def test_arrays_are_described_as_files_are():
    first, second = noise(20, 30), noise(6, 20, 30)
    found = open_images([first, second], ndim=2)
    assert [e.name for e in found.entries] == ["array_0000"]
    assert found.entries[0].stamp != open_images(first + 1).entries[0].stamp
    assert "array_0001 has 3 axes" in found.skipped[0].reason


def test_what_is_no_image_among_arrays_is_refused():
    for bad in (np.zeros(5), np.zeros((2, 2, 2, 2)), np.zeros((4, 0)), np.zeros((4, 4), complex)):
        with pytest.raises(AdganError, match="array 1 has shape .* give numbers with axes Y X"):
            open_images([noise(4, 4), bad])
    with pytest.raises(AdganError, match="2D and 3D are mixed"):
        open_images([noise(20, 30), noise(6, 20, 30)])
    with pytest.raises(AdganError, match="give 2"):
        open_images(noise(20, 30), ReadOptions(spacing=(1.0, 1.0, 1.0)))
    with pytest.raises(AdganError, match="files and arrays are mixed"):
        open_images([noise(20, 30), "a.tif"])


def test_an_entry_tells_its_size(tmp_path):
    write_gray(tmp_path / "a.tif", noise(6, 20, 30))
    (tmp_path / "b.tif").touch()
    found = open_images(tmp_path)
    (entry,) = found.entries
    assert (entry.size, entry.nbytes) == (3600, 7200)
    assert found.paths == [tmp_path / "a.tif", tmp_path / "b.tif"]


@pytest.mark.parametrize(("shape", "part"), [((1050, 2600), 1024), ((164, 170, 180), 160)])
def test_of_a_large_image_a_part_is_looked_at(shape, part):
    pixels = np.zeros(shape, np.float32)
    pixels[..., 600:900, -300:] = 1
    pixels[..., 100:150, 60:100] = 1
    pixels[:2] = np.nan
    (entry,) = open_images(pixels).entries
    large = Collection([replace(entry, large=True)])
    image = large.read_sample(large.entries[0])
    assert image.pixels.shape == (part,) * len(shape) and image.pixels.max() > 0
    assert large.read_some([0])[0][0].pixels.shape == image.pixels.shape
    for changed in (replace(entry, windows=lambda: None), replace(entry, shape=(20, 30))):
        with pytest.raises(AdganError, match="has changed"):
            large.open(changed)


def test_one_image_that_is_no_good_is_told_by_its_own_reason(tmp_path):
    (tmp_path / "a.tif").touch()
    with pytest.raises(AdganError) as error:
        open_images(tmp_path).require()
    assert str(error.value) == open_images(tmp_path).skipped[0].reason


def test_every_image_is_proven_where_that_is_asked(tmp_path):
    asked = []
    for name in "abc":
        write_gray(tmp_path / f"{name}.tif", noise(20, 30))

    def read(entry):
        asked.append(entry.name)
        if entry.name == "b":
            raise AdganError("no")

    found = open_images(tmp_path)
    assert len(found.proven(read)) == 3 and asked == ["a"]
    assert [e.name for e in found.proven(read, every=True).entries] == ["a", "c"]


def test_label_maps_are_described_as_such(tmp_path):
    labels = noise(3, 20, 30)
    tifffile.imwrite(tmp_path / "a.tif", labels, photometric="minisblack")
    found = describe_files(tmp_path, labels=True)
    assert found.entries[0].shape == (3, 20, 30) and found.notes == []
    read = found.read(found.entries[0])
    assert np.array_equal(read.pixels, read_labels(tmp_path / "a.tif").pixels)
    write_labels(tmp_path / "a.tif", labels[0])
    found = describe_files(tmp_path, labels=True)
    assert np.array_equal(found.read(found.entries[0]).pixels, labels[0])


def test_a_note_names_three_files_of_many(tmp_path):
    for number in range(4):
        tifffile.imwrite(tmp_path / f"{number}.tif", noise(6, 8, 9), photometric="minisblack")
    (line,) = open_images(tmp_path).notes
    assert line.count("(6 pages)") == 3 and "2.tif (6 pages), ...; " in line
    (tmp_path / "3.tif").unlink()
    assert "..." not in open_images(tmp_path).notes[0]


def test_voxels_that_cannot_be_are_named(tmp_path):
    about = {"axes": "ZYX", "PhysicalSizeZ": 0, "PhysicalSizeY": 0.5, "PhysicalSizeX": 0.5}
    tifffile.imwrite(
        tmp_path / "a.ome.tif", noise(6, 20, 30), photometric="minisblack", metadata=about
    )
    (bad,) = open_images(tmp_path).skipped
    assert "states an impossible voxel size of 0 x 0.5 x 0.5 um" in bad.reason
    assert len(open_images(tmp_path, ReadOptions(spacing=(1.0, 0.5, 0.5)))) == 1


def test_two_descriptions_of_one_image_are_equal_and_shown_in_a_line(tmp_path):
    write_gray(tmp_path / "a.tif", noise(20, 30))
    (one,), (other,) = open_images(tmp_path).entries, open_images(tmp_path).entries
    assert one == other == replace(other, large=True)
    assert one != replace(other, stamp="another")
    assert "load" not in repr(one) and "windows" not in repr(one)
