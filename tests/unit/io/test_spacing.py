import numpy as np
import pytest
import tifffile

from adgan.errors import AdganError
from adgan.io import check_spacing, read_images
from adgan.io.spacing import from_imagej, from_lsm, from_ome, length_of
from adgan.recipe.groups import PIXEL_SIZE_UM

VOLUME = np.arange(6 * 8 * 9, dtype=np.uint16).reshape(6, 8, 9)


def spacing_of(path, data=VOLUME, **options):
    tifffile.imwrite(path, data, photometric="minisblack", **options)
    return read_images(path)[0].spacing


@pytest.mark.parametrize(
    ("unit", "length"),
    [("µm", 1), ("\u03bcm", 1), ("\\u00B5m", 1), ("micron", 1), ("nm", 1e-3), ("mm", 1e3)],
)
def test_units(unit, length):
    assert length_of(unit) == length


@pytest.mark.parametrize(
    ("names", "length"),
    [
        ("pm", 1e-6),
        ("å angstrom", 1e-4),
        ("nm nanometer nanometers", 1e-3),
        ("um µm micron microns micrometer micrometers micrometre micrometres", 1),
        ("mm millimeter", 1e3),
        ("cm centimeter", 1e4),
        ("m meter", 1e6),
        ("in inch inches", 2.54e4),
    ],
)
def test_every_unit_of_length_is_as_long_as_it_is(names, length):
    assert {length_of(f" {name} ") for name in names.split()} == {length}
    assert {length_of(name.title()) for name in names.split() if name.isascii()} == {length}


@pytest.mark.parametrize("unit", ["pixel", "", "reference frame", "sec"])
def test_no_length(unit):
    assert length_of(unit) is None


def test_ome_converts_units(tmp_path):
    size = {"PhysicalSizeX": 250, "PhysicalSizeXUnit": "nm", "PhysicalSizeY": 0.5}
    metadata = {"axes": "ZYX", "PhysicalSizeZ": 0.002, "PhysicalSizeZUnit": "mm", **size}
    found = spacing_of(tmp_path / "a.tif", ome=True, metadata=metadata)
    assert found == pytest.approx((2.0, 0.5, 0.25))


def test_ome_without_depth_says_nothing_of_a_volume(tmp_path):
    metadata = {"axes": "ZYX", "PhysicalSizeX": 0.5, "PhysicalSizeY": 0.5}
    assert spacing_of(tmp_path / "a.tif", ome=True, metadata=metadata) is None


@pytest.mark.parametrize("xml", ["", "<OME", "<OME/>", '<Pixels PhysicalSizeX="none"/>'])
def test_ome_that_says_nothing(xml):
    assert from_ome(xml) == {}


@pytest.mark.parametrize("size", ["nan", "inf"])
def test_ome_sizes_that_are_none(size):
    assert from_ome(f'<OME><Pixels PhysicalSizeX="{size}"/></OME>') == {}


@pytest.mark.parametrize("size", ["0", "-1"])
def test_ome_sizes_that_cannot_be_are_kept_to_be_refused(size):
    assert from_ome(f'<OME><Pixels PhysicalSizeX="{size}"/></OME>') == {"X": float(size)}


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"unit": "micron", "spacing": 2.5}, (2.5, 0.25, 0.5)),
        ({"unit": "um"}, (1.0, 0.25, 0.5)),
        ({"unit": "nm", "spacing": -300}, (0.3, 0.00025, 0.0005)),
        ({"unit": "cm", "spacing": 2.5}, None),
        ({"unit": "pixel", "spacing": 2.5}, None),
        ({"unit": "inch", "spacing": 2.5}, None),
        ({}, None),
    ],
)
def test_imagej(tmp_path, metadata, expected):
    found = spacing_of(
        tmp_path / "a.tif",
        imagej=True,
        resolution=(2.0, 4.0),
        metadata={"axes": "ZYX", **metadata},
    )
    assert found == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("resolution", "unit", "expected"),
    [
        ((20_000, 40_000), "CENTIMETER", (0.25, 0.5)),
        ((50_800, 50_800), "INCH", (0.5, 0.5)),
        ((500, 500), "CENTIMETER", (20, 20)),
        ((480, 500), "CENTIMETER", None),
        ((2_000_000, 2_000_000), "CENTIMETER", (0.005, 0.005)),
        ((72, 72), "INCH", None),
        ((96, 96), "INCH", None),
        ((300, 300), "INCH", None),
        ((118.11, 118.11), "CENTIMETER", None),
        ((4, 4), "NONE", None),
    ],
)
def test_plain_tags_count_where_they_are_plausible(tmp_path, resolution, unit, expected):
    found = spacing_of(
        tmp_path / "a.tif", VOLUME[0], resolution=resolution, resolutionunit=unit, metadata=None
    )
    assert found == (None if expected is None else pytest.approx(expected))


def test_zero_resolution_is_none(tmp_path):
    tags = {"resolution": ((0, 1), (0, 1)), "resolutionunit": "CENTIMETER"}
    assert spacing_of(tmp_path / "a.tif", VOLUME[0], **tags) is None


@pytest.mark.parametrize("bad", [(0.0, 1.0), (-1.0, 1.0), (float("nan"), 1.0), (1.0, float("inf"))])
def test_sizes_must_be_positive(bad):
    with pytest.raises(AdganError, match="must be positive"):
        check_spacing(bad, 2)


def test_the_smallest_and_the_largest_size_are_sizes():
    check_spacing(PIXEL_SIZE_UM, 2)
    for bad in ((PIXEL_SIZE_UM[0] / 1.01, 1.0), (1.0, PIXEL_SIZE_UM[1] * 1.01)):
        with pytest.raises(AdganError, match=r"must be positive, 0.0001 to 100000"):
            check_spacing(bad, 2)


def test_sizes_must_fit_the_rank():
    with pytest.raises(AdganError, match="has 2 numbers: give 3"):
        check_spacing((1.0, 1.0), 3)


def test_units_of_imagej_differ_by_axis(tmp_path):
    metadata = {"axes": "ZYX", "unit": "micron", "zunit": "nm", "yunit": "mm", "spacing": 500}
    pixels = np.ones((3, 4, 5), np.uint16)
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, pixels, imagej=True, resolution=(4, 2000), metadata=metadata)
    with tifffile.TiffFile(path) as tif:
        sizes = from_imagej(tif.imagej_metadata, tif.pages.first)
    assert sizes == pytest.approx({"X": 0.25, "Y": 0.5, "Z": 0.5})
    metadata["zunit"] = "slices"
    tifffile.imwrite(path, pixels, imagej=True, resolution=(4, 2000), metadata=metadata)
    with tifffile.TiffFile(path) as tif:
        assert from_imagej(tif.imagej_metadata, tif.pages.first).keys() == {"X", "Y"}


@pytest.mark.parametrize("unit", ["micrometers", "Âµm", "µm", "\\u00B5m", "Micron"])
def test_micrometres_are_known_however_they_are_spelt(unit):
    assert length_of(unit) == 1.0


def test_print_units_of_imagej_count_where_they_are_plausible(tmp_path):
    about = {"axes": "ZYX", "unit": "cm", "spacing": 2.5e-4}
    found = spacing_of(tmp_path / "a.tif", imagej=True, resolution=(2e4, 4e4), metadata=about)
    assert found == pytest.approx((2.5, 0.25, 0.5))


def test_an_image_that_ome_does_not_describe_has_no_size():
    one = '<OME><Pixels PhysicalSizeX="2"/></OME>'
    assert from_ome(one) == {"X": 2} and from_ome(one, 1) == {}


def test_inches_are_known():
    assert length_of("inches") == length_of("in") == 2.54e4


def test_a_lsm_file_states_metres():
    sizes = from_lsm({"VoxelSizeX": 1e-7, "VoxelSizeY": 1e-7, "VoxelSizeZ": 5e-7})
    assert sizes == pytest.approx({"Z": 0.5, "Y": 0.1, "X": 0.1})
    assert from_lsm({"VoxelSizeX": 1e-7, "VoxelSizeZ": 0.0}) == pytest.approx({"X": 0.1})
