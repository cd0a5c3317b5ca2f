import json

import jsonschema
import numpy as np
import pytest
from roifile import ImagejRoi
from skimage.draw import polygon2mask

import adgan.labels.rois
from adgan.errors import AdganError
from adgan.labels.rois import write_geojson, write_imagej

RING = {
    "type": "array",
    "minItems": 4,
    "items": {
        "type": "array",
        "items": {"type": "number", "minimum": 0},
        "minItems": 2,
        "maxItems": 2,
    },
}
POLYGON = {"type": "array", "minItems": 1, "items": RING}


def geometry(kind, coordinates):
    return {"properties": {"type": {"const": kind}, "coordinates": coordinates}}


PLANE = {
    "type": "object",
    "properties": {
        "c": {"const": -1},
        "z": {"type": "integer", "minimum": 0},
        "t": {"const": 0},
    },
    "required": ["c", "z", "t"],
}
# RFC 7946 for what is written, with QuPath's plane and properties.
FEATURE = {
    "type": "object",
    "required": ["type", "geometry", "properties"],
    "properties": {
        "type": {"const": "Feature"},
        "geometry": {
            "type": "object",
            "required": ["type", "coordinates", "plane"],
            "properties": {"plane": PLANE},
            "oneOf": [
                geometry("Polygon", POLYGON),
                geometry("MultiPolygon", {"type": "array", "minItems": 2, "items": POLYGON}),
            ],
        },
        "properties": {
            "type": "object",
            "required": ["objectType", "name", "classification"],
            "properties": {
                "objectType": {"enum": ["annotation", "detection"]},
                "name": {"type": "string"},
                "classification": {"type": "object", "required": ["name"]},
            },
        },
    },
}
COLLECTION = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {
        "type": {"const": "FeatureCollection"},
        "features": {"type": "array", "items": FEATURE},
    },
}


@pytest.fixture(params=[(40, 50), (5, 30, 40)], ids=["2D", "3D"])
def labels(request):
    """Noise in patches: holes, several pieces, corners that touch, borders."""
    rng = np.random.default_rng(8)
    patches = np.kron(
        rng.integers(0, 9, [-(-n // 8) for n in request.param]), np.ones([8] * len(request.param))
    )
    labels = patches[tuple(slice(n) for n in request.param)].astype(np.uint16)
    labels[rng.random(labels.shape) < 0.1] = 0
    labels[labels == 8] = 1234
    return labels


def fill(rings, shape):
    """Even-odd filling at pixel centres, which lie half a pixel from every edge."""
    inside = np.zeros(shape, bool)
    for ring in rings:
        inside ^= polygon2mask(shape, np.asarray(ring)[:, ::-1] - 0.5)
    return inside


def test_imagej_selections_filled_are_the_label_map(tmp_path, labels):
    path = tmp_path / "rois.zip"
    write_imagej(labels, path)
    filled = np.zeros_like(labels).reshape(-1, *labels.shape[-2:])
    for roi in ImagejRoi.fromfile(path):
        rings = roi.coordinates(multi=True)
        corners = np.concatenate(rings)
        assert (roi.left, roi.top) == tuple(corners.min(axis=0))
        assert (roi.right, roi.bottom) == tuple(corners.max(axis=0))
        label, _, slice_name = roi.name.partition("-z")
        assert roi.position == int(slice_name or 0)
        assert bool(slice_name) == (labels.ndim == 3)
        filled[max(roi.position - 1, 0)][fill(rings, filled.shape[1:])] = int(label)
    np.testing.assert_array_equal(filled.reshape(labels.shape), labels)


def test_geojson_is_valid_and_filled_is_the_label_map(tmp_path, labels):
    path = tmp_path / "nuclei.geojson"
    write_geojson(labels, path)
    collection = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.validate(collection, COLLECTION)
    filled = np.zeros_like(labels).reshape(-1, *labels.shape[-2:])
    for feature in collection["features"]:
        shape, properties = feature["geometry"], feature["properties"]
        assert properties["objectType"] == "detection"
        assert properties["classification"] == {"name": "Nucleus"}
        several = shape["type"] == "MultiPolygon"
        polygons = shape["coordinates"] if several else [shape["coordinates"]]
        rings = [ring for polygon in polygons for ring in polygon]
        assert all(ring[0] == ring[-1] for ring in rings)
        inside = fill(rings, filled.shape[1:])
        filled[shape["plane"]["z"]][inside] = int(properties["name"])
    np.testing.assert_array_equal(filled.reshape(labels.shape), labels)


def test_a_plain_nucleus_is_a_traced_selection_at_its_place(tmp_path):
    labels = np.zeros((10, 12), np.uint8)
    labels[2:5, 3:9] = 7
    write_imagej(labels, tmp_path / "rois.zip")
    (roi,) = ImagejRoi.fromfile(tmp_path / "rois.zip")
    assert (roi.roitype.name, roi.name) == ("TRACED", "00007")
    assert roi.coordinates().tolist() == [[3, 2], [9, 2], [9, 5], [3, 5]]


def test_equal_maps_give_equal_files(tmp_path, labels):
    for write in (write_imagej, write_geojson):
        write(labels, tmp_path / "a.zip")
        write(labels.astype(np.int64), tmp_path / "b.zip")
        assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_no_nuclei_give_empty_files(tmp_path):
    empty = np.zeros((5, 5), int)
    write_imagej(empty, tmp_path / "rois.zip")
    write_geojson(empty, tmp_path / "nuclei.geojson")
    assert ImagejRoi.fromfile(tmp_path / "rois.zip") == []
    assert json.loads((tmp_path / "nuclei.geojson").read_text())["features"] == []


def test_selections_far_out_keep_their_place(tmp_path):
    labels = np.zeros((1, 60_000), np.uint8)
    labels[0, 59_990:] = 1
    write_imagej(labels, tmp_path / "rois.zip")
    (roi,) = ImagejRoi.fromfile(tmp_path / "rois.zip")
    assert roi.coordinates()[:, 0].tolist() == [59_990, 60_000, 60_000, 59_990]


def test_a_map_beyond_imagejs_numbers_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(adgan.labels.rois, "_IMAGEJ_LARGEST", 9)
    with pytest.raises(AdganError, match="12 x 8: write GeoJSON"):
        write_imagej(np.ones((8, 12), int), tmp_path / "rois.zip")


@pytest.mark.parametrize("write", [write_imagej, write_geojson])
def test_a_bad_map_leaves_no_file(tmp_path, write):
    with pytest.raises(AdganError, match="whole numbers"):
        write(np.full((4, 4), 0.5), tmp_path / "out.zip")
    assert list(tmp_path.iterdir()) == []
