"""OME-Zarr read and written; what is written is judged by a validator that is not ours."""

import json
import shutil
import sys

import numpy as np
import pytest

from adgan.errors import AdganError
from adgan.io import ReadOptions, find_named, open_images, read_images, read_labels
from adgan.io.ome_zarr import attributes
from adgan.io.zarr_labels import write_zarr_labels

PLANES = np.arange(3 * 20 * 30, dtype=np.uint16).reshape(3, 20, 30)


@pytest.fixture
def zarr():
    return pytest.importorskip("zarr")


@pytest.fixture
def yaozarrs():
    pytest.importorskip("zarr")
    return pytest.importorskip("yaozarrs")


def image_of(v05, axes="czyx", scale=(1.0, 0.5, 0.1, 0.1)):
    spaces = {"c": v05.ChannelAxis(name="c")} | {
        a: v05.SpaceAxis(name=a, unit="micrometer") for a in "zyx"
    }
    transform = v05.ScaleTransformation(scale=list(scale[-len(axes) :]))
    dataset = v05.Dataset(path="0", coordinateTransformations=[transform])
    return v05.Image(
        multiscales=[v05.Multiscale(axes=[spaces[a] for a in axes], datasets=[dataset])]
    )


@pytest.fixture
def newer(yaozarrs, tmp_path):
    """An image of version 0.5, two channels."""
    from yaozarrs import v05
    from yaozarrs.write.v05 import write_image

    path = tmp_path / "cells.ome.zarr"
    write_image(path, image_of(v05), np.stack([PLANES, PLANES + 7]), writer="zarr")
    return path


@pytest.fixture
def older(zarr, tmp_path):
    """An image of version 0.4, in nanometres, its size stated in two steps."""
    path = tmp_path / "old.zarr"
    group = zarr.open_group(path, mode="w", zarr_format=2)
    group.create_array("s0", data=PLANES[0], chunk_key_encoding={"name": "v2", "separator": "/"})
    scale = [
        {"type": "scale", "scale": [50.0, 50.0]},
        {"type": "translation", "translation": [3.0, 3.0]},
    ]
    multiscale = {
        "version": "0.4",
        "axes": [{"name": axis, "type": "space", "unit": "nanometer"} for axis in "yx"],
        "datasets": [{"path": "s0", "coordinateTransformations": scale}],
        "coordinateTransformations": [{"type": "scale", "scale": [2.0, 2.0]}],
    }
    group.attrs["multiscales"] = [multiscale]
    return path


@pytest.fixture
def plate(yaozarrs, tmp_path):
    """Two wells, the first with two fields."""
    from yaozarrs import v05
    from yaozarrs.write.v05 import write_plate

    path, image = tmp_path / "plate.ome.zarr", image_of(v05, "yx")
    fields = [("A", "1", "0"), ("A", "1", "1"), ("B", "2", "0")]
    images = {field: (image, [PLANES[k]]) for k, field in enumerate(fields)}
    write_plate(path, images, writer="zarr")
    return path


def test_an_image_keeps_its_channels_axes_and_scale(newer):
    (image,) = read_images(newer, channel=1)
    assert np.array_equal(image.pixels, PLANES + 7)
    assert image.spacing == pytest.approx((0.5, 0.1, 0.1)) and image.name == "cells"
    (entry,) = open_images(newer.parent, ReadOptions(channel=1)).entries
    assert (entry.name, entry.shape, entry.dtype) == ("cells", (3, 20, 30), np.uint16)
    with pytest.raises(AdganError, match="`channel=N`"):
        read_images(newer)


def test_an_older_image_in_other_units(older):
    (image,) = read_images(older)
    assert np.array_equal(image.pixels, PLANES[0])
    assert image.spacing == pytest.approx((0.1, 0.1))


def test_the_fields_of_a_plate_are_images_of_their_own(plate):
    names = ["plate/A/1/0", "plate/A/1/1", "plate/B/2/0"]
    for source in (plate, plate.parent):
        found = open_images(source)
        assert [entry.name for entry in found.entries] == names
    assert np.array_equal(found.read(found.entries[2]).pixels, PLANES[2])
    assert [e.name for e in open_images(plate, ReadOptions(include=["*/A/1/*"])).entries] == names[
        :2
    ]


@pytest.mark.parametrize(("side", "levels"), [(512, 1), (513, 2)])
def test_a_map_of_one_piece_has_no_smaller_copy(zarr, tmp_path, side, levels):
    write_zarr_labels(tmp_path / "a.zarr", np.ones((8, side), np.uint16))
    (about,) = attributes(tmp_path / "a.zarr" / "labels" / "nuclei")["multiscales"]
    assert len(about["datasets"]) == levels


@pytest.mark.parametrize("shape", [(700, 1100), (20, 40, 1100)])
def test_label_maps_of_their_own_are_valid_and_read_back(yaozarrs, tmp_path, shape):
    ndim, labels = len(shape), np.zeros(shape, np.uint32)
    labels[..., 5:600, 9:1000] = 70_000
    store = tmp_path / "A01" / "cells.ome.zarr"
    write_zarr_labels(store, labels, (2.0, 0.5, 0.5)[-ndim:])
    yaozarrs.validate_zarr_store(str(store / "labels" / "nuclei"))
    yaozarrs.validate_zarr_store(str(store / "labels"))
    (one,) = find_named(tmp_path)
    assert one.name == "A01/cells"
    read = read_labels(one.path)
    assert np.array_equal(read.pixels, labels) and read.spacing == (2.0, 0.5, 0.5)[-ndim:]
    levels = [p for p in one.path.iterdir() if p.is_dir()]
    assert len(levels) == 3 and not list(store.rglob(".*"))
    (about,) = attributes(one.path)["multiscales"]
    for number, level in enumerate(about["datasets"]):
        (scale,) = level["coordinateTransformations"]
        assert scale["scale"] == [2.0, 0.5 * 2**number, 0.5 * 2**number][-ndim:]
        array = yaozarrs.open_group(str(one.path))[level["path"]].to_zarr_python()
        assert np.array_equal(array[...], labels[..., :: 2**number, :: 2**number])
        assert number or array.chunks == tuple(map(min, shape, (16, 512, 512)[-ndim:]))


def test_label_maps_beside_their_image_leave_it_as_it_is(newer, yaozarrs):
    before = {p: p.read_bytes() for p in newer.rglob("*") if p.is_file()}
    stamp = open_images(newer, ReadOptions(channel=0)).entries[0].stamp
    for value in (1, 2):  # written once more, it takes the place of what was there
        write_zarr_labels(newer, value * (PLANES % 2), (0.5, 0.1, 0.1))
    assert before.items() <= {p: p.read_bytes() for p in newer.rglob("*") if p.is_file()}.items()
    assert open_images(newer, ReadOptions(channel=0)).entries[0].stamp == stamp
    yaozarrs.validate_zarr_store(str(newer))
    yaozarrs.validate_zarr_store(str(newer / "labels" / "nuclei"))
    assert np.array_equal(read_labels(newer / "labels" / "nuclei").pixels, 2 * (PLANES % 2))
    assert [e.name for e in open_images(newer, ReadOptions(channel=0)).entries] == ["cells"]


def test_label_maps_beside_an_older_image_are_of_its_version(older, yaozarrs):
    from yaozarrs import v04

    labels = older / "labels"
    labels.mkdir()
    (labels / ".zgroup").write_text('{"zarr_format": 2}')
    (labels / ".zattrs").write_text('{"labels": ["cytoplasm"]}')
    write_zarr_labels(older, PLANES[0] % 3, (0.1, 0.1))
    assert json.loads((labels / ".zattrs").read_text())["labels"] == ["cytoplasm", "nuclei"]
    about = json.loads((labels / "nuclei" / ".zattrs").read_text())
    v04.LabelImage.model_validate(about)
    read = read_labels(labels / "nuclei")
    assert np.array_equal(read.pixels, PLANES[0] % 3) and read.spacing == pytest.approx((0.1, 0.1))


def test_an_older_image_without_label_maps_gets_a_group_of_its_version(older):
    left = older / "labels" / ".adgan-1"  # of a process that was killed
    left.mkdir(parents=True)
    write_zarr_labels(older, PLANES[0] % 3)
    assert not left.exists()
    assert json.loads((older / "labels" / ".zgroup").read_text()) == {"zarr_format": 2}
    assert json.loads((older / "labels" / ".zattrs").read_text()) == {"labels": ["nuclei"]}
    assert read_labels(older / "labels" / "nuclei").spacing is None


def test_a_store_that_cannot_be_written_is_named(zarr, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(AdganError, match="cannot write .*nuclei"):
        write_zarr_labels(tmp_path / "file" / "a.zarr", PLANES)


def test_the_series_of_a_converted_file_are_images_in_their_order(older, tmp_path):
    whole = tmp_path / "whole.zarr"
    for number in (10, 9):
        shutil.copytree(older, whole / str(number))
    (whole / ".zattrs").write_text('{"bioformats2raw.layout": 3}')
    assert [one.path.name for one in find_named(whole)] == ["9", "10"]
    (whole / "OME").mkdir()
    (whole / "OME" / ".zattrs").write_text('{"series": ["10"]}')
    assert [one.path.name for one in find_named(whole)] == ["10"]


def test_a_group_holds_one_scene(newer):
    (image,) = read_images(newer, channel=1, scene="all")
    assert image.name == "cells_s01"


def test_what_is_no_image_is_refused(zarr, tmp_path, newer):
    zarr.open_group(tmp_path / "other.zarr", mode="w").create_array("a", data=PLANES)
    with pytest.raises(AdganError, match=r"other.zarr is not an OME-Zarr image or plate"):
        find_named(tmp_path / "other.zarr")
    (newer / "zarr.json").write_text("{")
    with pytest.raises(AdganError, match="cells.ome.zarr is damaged"):
        find_named(newer)


def test_zarr_that_is_not_installed_is_named(newer, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "zarr", None)
    with pytest.raises(AdganError, match=r"without zarr .*pip install 'adgan\[zarr\]'"):
        read_images(newer)
    with pytest.raises(AdganError, match=r"without zarr .*pip install 'adgan\[zarr\]'"):
        write_zarr_labels(tmp_path / "a.ome.zarr", PLANES)


@pytest.mark.parametrize(
    ("about", "words"),
    [
        ({"plate": {}}, "is truncated or damaged"),
        ({"plate": {"wells": [{"path": "."}]}}, "is (truncated or )?damaged"),
        ({"well": {"images": [{"path": "../../other"}]}}, "refers to images outside of it"),
        ({"labels": ["/etc"]}, "refers to images outside of it"),
        ([], "is damaged"),
    ],
    ids=str,
)
def test_metadata_that_lead_nowhere_or_elsewhere_are_refused(tmp_path, about, words):
    store = tmp_path / "a.zarr"
    store.mkdir()
    (store / ".zattrs").write_text(json.dumps(about))
    with pytest.raises(AdganError, match=words):
        find_named(store)
