"""Codecs that images need are decoded, others refused before anything is."""

import json
import pickle

import numpy as np
import pytest
import tifffile

from adgan.errors import AdganError
from adgan.io import read_images
from adgan.io.codecs import check_tiff

PIXELS = np.random.default_rng(0).integers(0, 200, (32, 32)).astype(np.uint8)


@pytest.mark.parametrize("name", ["zlib", "lzw", "packbits", "zstd", "lzma", "jpeg", "jpeg2000"])
def test_what_images_are_compressed_by_is_decoded(name, tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", PIXELS, compression=name)
    (image,) = read_images(tmp_path / "a.tif")
    assert image.shape == (32, 32)


@pytest.mark.parametrize("name", ["lerc", "webp", "jpegxl", "png", "jpegxr"])
def test_other_compressions_are_named_and_refused(name, tmp_path):
    pixels = np.stack([PIXELS] * 3, -1) if name == "webp" else PIXELS
    tifffile.imwrite(tmp_path / "a.tif", pixels, compression=name)
    with pytest.raises(AdganError, match=r"a.tif is compressed by \w+, which is not supported"):
        read_images(tmp_path / "a.tif")


class Marker:
    """Leaves a file behind where it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (self.path, "w"))


def store(folder, **array):
    """Write an OME-Zarr of version 2 whose pixels are a pickle."""
    (folder / "0").mkdir(parents=True)
    (folder / ".zgroup").write_text('{"zarr_format": 2}')
    scales = {"axes": [{"name": "y"}, {"name": "x"}], "datasets": [{"path": "0"}]}
    (folder / ".zattrs").write_text(json.dumps({"multiscales": [scales]}))
    whole = {
        "zarr_format": 2, "shape": [8, 8], "chunks": [8, 8], "dtype": "|O", "fill_value": 0,
        "order": "C", "compressor": None, "filters": None,
    } | array  # fmt: skip
    (folder / "0" / ".zarray").write_text(json.dumps(whole))
    (folder / "0" / "0.0").write_bytes(pickle.dumps(Marker(str(folder / "executed"))))


@pytest.mark.parametrize(
    "array",
    [
        {"filters": [{"id": "pickle"}]},
        {"filters": [{"id": "vlen-utf8"}, {"id": "pickle"}]},
        {"compressor": {"id": "pickle"}, "dtype": "<u2"},
    ],
)
def test_a_store_that_asks_for_pickle_executes_nothing(array, tmp_path):
    store(tmp_path / "a.zarr", **array)
    with pytest.raises(AdganError, match=r"is compressed by (pickle|vlen-utf8), which is not"):
        read_images(tmp_path / "a.zarr")
    assert not (tmp_path / "a.zarr" / "executed").exists()


def test_codecs_within_shards_are_seen(tmp_path):
    zarr = pytest.importorskip("zarr")
    array = zarr.create_array(
        tmp_path / "a.zarr" / "0", shape=(8, 8), shards=(8, 8), chunks=(4, 4), dtype="uint16"
    )
    array[:] = 7
    scales = {"axes": [{"name": "y"}, {"name": "x"}], "datasets": [{"path": "0"}]}
    group = {
        "zarr_format": 3,
        "node_type": "group",
        "attributes": {"ome": {"multiscales": [scales]}},
    }
    (tmp_path / "a.zarr" / "zarr.json").write_text(json.dumps(group))
    assert read_images(tmp_path / "a.zarr", check=False)[0].pixels.max() == 7
    meta = tmp_path / "a.zarr" / "0" / "zarr.json"
    meta.write_text(meta.read_text().replace('"zstd"', '"other"'))
    with pytest.raises(AdganError, match="compressed by other"):
        read_images(tmp_path / "a.zarr", check=False)


def test_a_compression_without_a_name_is_refused_by_its_number(tmp_path):
    with pytest.raises(AdganError, match="compressed by 9999"):
        check_tiff(tmp_path / "a.tif", 9999)
