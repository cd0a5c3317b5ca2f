import importlib

import numpy as np
import pytest
from skimage.measure import regionprops

from adgan.errors import AdganError
from adgan.labels.labelmap import regions
from adgan.measuring.measure import measure

module = importlib.import_module("adgan.measuring.measure")


def ellipsoid(shape, semi_axes, spacing=None, angle=0.0):
    """One centred ellipse or ellipsoid; semi-axes physical, turned in the plane of Y and X."""
    spacing = np.ones(len(shape)) if spacing is None else np.array(spacing)
    grid = (np.indices(shape).T - (np.array(shape) - 1) / 2) * spacing
    y, x = grid[..., -2].copy(), grid[..., -1].copy()
    grid[..., -2], grid[..., -1] = (
        y * np.cos(angle) - x * np.sin(angle),
        y * np.sin(angle) + x * np.cos(angle),
    )
    return (((grid / semi_axes) ** 2).sum(-1) <= 1).T.astype(np.uint8)


@pytest.fixture(params=[(30, 40), (8, 20, 24)], ids=["2D", "3D"])
def random_map(request):
    rng = np.random.default_rng(3)
    labels = rng.choice([0, 0, 0, 5, 6, 70_000], request.param).astype(np.uint32)
    labels[..., 0] = np.where(labels[..., 0] == 6, 0, labels[..., 0])
    return labels, rng.integers(0, 4096, request.param).astype(np.uint16)


def test_it_agrees_with_scikit_image(random_map):
    labels, image = random_map
    table = measure(labels, image)
    axes = "zyx"[-labels.ndim :]
    regions = regionprops(labels, image)
    assert len(table) == len(regions) == 3
    for row, region in zip(table.rows, regions, strict=True):
        assert row["label"] == region.label
        assert row["area_px" if labels.ndim == 2 else "volume_voxels"] == region.area
        assert row["equivalent_diameter_px"] == pytest.approx(region.equivalent_diameter_area)
        assert [row[f"centroid_{a}_px"] for a in axes] == pytest.approx(region.centroid)
        box = [row[f"bbox_{a}_{end}"] for end in ("start", "stop") for a in axes]
        assert tuple(box) == region.bbox
        values = image[labels == region.label]
        assert row["intensity_mean"] == pytest.approx(values.mean())
        assert row["intensity_median"] == np.median(values)
        assert row["intensity_sd"] == pytest.approx(values.std())
        assert row["intensity_sum"] == values.sum()


@pytest.mark.parametrize("angle", [0.0, 0.4, 1.2])
def test_the_axes_of_an_ellipse_are_found_at_any_angle(angle):
    row = measure(ellipsoid((90, 90), (18, 36), angle=angle), spacing=(0.5, 0.5)).rows[0]
    assert row["major_axis_px"] == pytest.approx(72, rel=0.005)
    assert row["minor_axis_px"] == pytest.approx(36, rel=0.005)
    assert row["major_axis_um"] == pytest.approx(row["major_axis_px"] / 2)
    assert row["eccentricity"] == pytest.approx(np.sqrt(3) / 2, rel=0.005)
    assert row["elongation"] == pytest.approx(2, rel=0.005)
    assert row["area_um2"] == row["area_px"] / 4
    assert row["equivalent_diameter_um"] == pytest.approx(np.sqrt(18 * 36), rel=0.005)


def test_shape_in_3d_is_taken_in_physical_space():
    spacing = (1.75, 0.8, 0.8)
    row = measure(ellipsoid((24, 40, 44), (12, 9, 15), spacing), spacing=spacing).rows[0]
    assert row["major_axis_um"] == pytest.approx(30, rel=0.01)
    assert row["middle_axis_um"] == pytest.approx(24, rel=0.01)
    assert row["minor_axis_um"] == pytest.approx(18, rel=0.01)
    assert row["elongation"] == pytest.approx(30 / 18, rel=0.02)
    assert row["volume_um3"] == pytest.approx(4 / 3 * np.pi * 12 * 9 * 15, rel=0.01)
    assert row["centroid_z_um"] == pytest.approx(11.5 * 1.75)
    assert not {"major_axis_px", "eccentricity"} & set(row)


def test_a_single_pixel_has_axes_and_a_shape():
    row = measure(np.pad([[4]], 2)).rows[0]
    assert row["major_axis_px"] == row["minor_axis_px"] == pytest.approx(4 / np.sqrt(12))
    assert (row["eccentricity"], row["elongation"], row["solidity"]) == (0, 1, 1)
    assert row["touches_border"] == 0


def test_touching_any_face_is_touching_the_border():
    labels = np.zeros((5, 6, 7), int)
    labels[2, 2, 2], labels[4, 2, 2], labels[2, 0, 4], labels[2, 2, 6] = 1, 2, 3, 4
    assert measure(labels)["touches_border"].tolist() == [0, 1, 1, 1]


def test_channels_and_extra_columns_carry_their_names():
    labels = np.array([[1, 1, 0, 9]])
    image = np.array([[[1, 3, 8, 5]], [[2, 2, 8, 4]]], np.float32)
    extra = {"confidence": {1: 0.5}}
    table = measure(labels, image, channel_names=["DAPI", "Ki67"], extra=extra)
    assert table["intensity_DAPI_mean"].tolist() == [2, 5]
    assert table["intensity_Ki67_sd"].tolist() == [0, 0]
    np.testing.assert_equal(table["confidence"], [0.5, np.nan])
    assert "intensity_1_mean" in measure(labels, image).columns


@pytest.mark.parametrize("shape", [(6, 7), (4, 6, 7)])
def test_an_empty_map_gives_the_same_header_and_no_rows(shape):
    given = {"intensity": np.ones(shape), "spacing": shape, "extra": {"trust": {}}}
    table = measure(np.zeros(shape, np.uint16), **given)
    assert len(table) == 0
    assert table.rows == []
    assert list(table.columns) == list(measure(np.ones(shape, int), **given).columns)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"labels": np.full((4, 5), 0.5)}, "whole numbers"),
        ({"intensity": np.ones((5, 4))}, r"\(5, 4\), but its label map has \(4, 5\)"),
        ({"intensity": np.full((4, 5), np.nan)}, "NaN"),
        ({"intensity": np.ones((2, 4, 5)), "channel_names": ["a"]}, "2 channels"),
        ({"intensity": np.ones((2, 4, 5)), "channel_names": ["a", "a"]}, "its own name"),
        ({"spacing": (1, 1, 1)}, "give 2 positive numbers"),
        ({"spacing": (1, 0)}, "give 2 positive numbers"),
        ({"extra": {"label": {}}}, "already has a column 'label'"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(given, said):
    with pytest.raises(AdganError, match=said) as caught:
        measure(**{"labels": np.ones((4, 5), int)} | given)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("shape", [(60, 70), (12, 30, 31)])
def test_many_nuclei_are_measured_in_groups_of_pixels(shape, monkeypatch):
    rng = np.random.default_rng(3)
    labels = rng.integers(0, 9, [-(-n // 5) for n in shape])
    for axis, n in enumerate(shape):
        labels = np.repeat(labels, 5, axis)[tuple([slice(None)] * axis + [slice(n)])]
    image = rng.random(shape)
    whole = measure(labels, image)
    monkeypatch.setattr(module, "BATCH_PIXELS", 200)
    assert len(regions(labels).parts(200)) > 3
    grouped = measure(labels, image)
    assert list(grouped.columns) == list(whole.columns)
    for name, column in whole.columns.items():
        np.testing.assert_array_equal(grouped[name], column)
