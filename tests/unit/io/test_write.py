import numpy as np
import PIL.Image
import pytest
import tifffile

from adgan.errors import AdganError
from adgan.io import read_images, read_labels, write, write_gray, write_labels, write_png

SPACING = (1.75, 0.8, 0.127)


@pytest.mark.parametrize("largest", [7, 70_000])
@pytest.mark.parametrize("shape", [(20, 30), (6, 20, 30), (3, 20, 30)])
def test_labels_come_back_with_their_scale(tmp_path, shape, largest):
    labels = np.random.default_rng(0).integers(0, largest + 1, shape)
    labels.flat[0] = largest
    spacing = SPACING[-labels.ndim :]
    write_labels(tmp_path / "a.tif", labels, spacing)
    image = read_labels(tmp_path / "a.tif")
    np.testing.assert_array_equal(image.pixels, labels)
    assert image.pixels.dtype == ("uint16" if largest < 65_536 else "uint32")
    assert image.spacing == pytest.approx(spacing, rel=1e-6)
    write_labels(tmp_path / "b.tif", labels)
    assert read_labels(tmp_path / "b.tif").spacing is None


def test_imagej_finds_the_scale_where_it_looks(tmp_path):
    write_labels(tmp_path / "a.tif", np.ones((6, 20, 30), np.uint16), (1.75, 0.8, 0.5))
    with tifffile.TiffFile(tmp_path / "a.tif") as tif:
        assert tif.imagej_metadata["unit"] == "micron"
        assert tif.imagej_metadata["spacing"] == 1.75
        assert tif.imagej_metadata["slices"] == 6
        assert tif.pages[0].get_resolution() == pytest.approx((2.0, 1.25))
        assert tif.pages[0].compression == tifffile.COMPRESSION.ADOBE_DEFLATE


def test_what_imagej_cannot_hold_is_ome(tmp_path, monkeypatch):
    monkeypatch.setattr(write, "IMAGEJ_BYTES", 100)
    labels = np.random.default_rng(0).integers(0, 9, (6, 20, 30))
    write_labels(tmp_path / "a.tif", labels, SPACING)
    with tifffile.TiffFile(tmp_path / "a.tif") as tif:
        assert tif.is_ome and tif.is_bigtiff
    image = read_labels(tmp_path / "a.tif")
    np.testing.assert_array_equal(image.pixels, labels)
    assert image.spacing == pytest.approx(SPACING)


def test_labels_beyond_imagej_are_a_small_ome_tiff_with_the_scale_in_its_tags_too(tmp_path):
    write_labels(tmp_path / "a.tif", np.full((6, 20, 30), 70_000), (1.75, 0.8, 0.5))
    with tifffile.TiffFile(tmp_path / "a.tif") as tif:
        assert tif.is_ome and not tif.is_bigtiff
        assert tif.pages[0].get_resolution("micrometer") == pytest.approx((2.0, 1.25))


@pytest.mark.parametrize(("width", "imagej"), [(2**25 - 1, True), (2**25, False)])
def test_imagej_holds_what_is_a_little_smaller_than_4_gib(tmp_path, monkeypatch, width, imagej):
    told = {}
    monkeypatch.setattr(
        tifffile, "imwrite", lambda path, _, **options: path.touch() or told.update(options)
    )
    write_gray(tmp_path / "a.tif", np.broadcast_to(np.uint8(0), (127, width)))
    assert told.get("imagej", False) == imagej and told.get("bigtiff", False) != imagej


@pytest.mark.parametrize("imagej", [True, False])
@pytest.mark.parametrize("shape", [(3, 20, 30), (3, 6, 20, 30)])
def test_a_series_is_written_map_by_map(tmp_path, monkeypatch, shape, imagej):
    monkeypatch.setattr(write, "IMAGEJ_BYTES", 2**30 if imagej else 100)
    maps = np.random.default_rng(0).integers(0, 9, shape, dtype=np.uint32)
    spacing = SPACING[1 - len(shape) :]
    write.write_stack(tmp_path / "a.tif", iter(maps), shape, spacing)
    images = read_images(tmp_path / "a.tif", frames=True)
    np.testing.assert_array_equal([image.pixels for image in images], maps)
    assert images[0].pixels.dtype == np.uint16
    assert images[0].spacing == pytest.approx(spacing, rel=1e-6)
    with tifffile.TiffFile(tmp_path / "a.tif") as tif:
        assert tif.is_imagej == imagej and tif.is_bigtiff != imagej


def test_one_slice_comes_back_flat(tmp_path):
    write_labels(tmp_path / "a.tif", np.ones((1, 20, 30), np.uint16), SPACING)
    image = read_labels(tmp_path / "a.tif")
    assert image.pixels.shape == (20, 30)
    assert image.spacing == pytest.approx(SPACING[1:])


def test_labels_that_cannot_be_written_leave_nothing(tmp_path):
    for labels, options in [([[0.5]], {}), ([[-1]], {}), ([[70_000]], {"dtype": "uint16"})]:
        with pytest.raises(AdganError, match=r"a.tif: label"):
            write_labels(tmp_path / "a.tif", np.array(labels), **options)
    with pytest.raises(AdganError, match="give 2"):
        write_labels(tmp_path / "a.tif", np.ones((2, 2), int), SPACING)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("dtype", "written"),
    [("uint8", "uint8"), ("uint16", "uint16"), ("float32", "float32"), ("float64", "float32")],
)
@pytest.mark.parametrize("shape", [(20, 30), (6, 20, 30)])
def test_gray(tmp_path, shape, dtype, written):
    data = (np.random.default_rng(0).random(shape) * 200).astype(dtype)
    write_gray(tmp_path / "a.tif", data, SPACING[-len(shape) :])
    (image,) = read_images(tmp_path / "a.tif")
    assert image.pixels.dtype == written
    np.testing.assert_array_equal(image.pixels, data.astype(written))
    assert image.spacing == pytest.approx(SPACING[-len(shape) :], rel=1e-6)


def test_png(tmp_path):
    rgb = np.random.default_rng(0).integers(0, 255, (20, 30, 3), dtype=np.uint8)
    write_png(tmp_path / "a.png", rgb)
    with PIL.Image.open(tmp_path / "a.png") as picture:
        np.testing.assert_array_equal(np.asarray(picture), rgb)
    assert [p.name for p in tmp_path.iterdir()] == ["a.png"]
