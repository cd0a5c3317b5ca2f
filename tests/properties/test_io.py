"""Laws of every reader and writer: what is written reads back, and damage is one error."""

import csv
import json
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from adgan.errors import AdganError
from adgan.io import read_images, read_labels, write_gray, write_labels
from adgan.io.spacing import check_spacing
from adgan.io.zarr_labels import write_zarr_labels
from adgan.measuring.measure import Table
from adgan.measuring.tables import write_csv
from adgan.recipe.settings import merged, read_json, read_settings
from adgan.system.text import component, printable
from adgan.testing import strategies

FEW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def folder():
    with tempfile.TemporaryDirectory() as scratch:
        yield Path(scratch)


@FEW
@given(data=st.data(), ndim=strategies.ndims())
def test_label_maps_read_back_with_their_pixel_size(folder, data, ndim):
    labels = data.draw(strategies.label_maps(ndim))
    spacing = data.draw(strategies.spacings(ndim))
    write_labels(folder / "a.tif", labels, spacing)
    found = read_labels(folder / "a.tif")
    assert np.array_equal(found.pixels, labels)
    if spacing and found.spacing:
        # Resolution is a ratio of two whole numbers in TIFF.
        assert found.spacing == pytest.approx(spacing, rel=1e-4)


@FEW
@given(data=st.data(), ndim=strategies.ndims())
def test_label_maps_read_back_from_zarr(folder, data, ndim):
    pytest.importorskip("zarr")
    labels = data.draw(strategies.label_maps(ndim))
    spacing = data.draw(strategies.spacings(ndim))
    write_zarr_labels(folder / "a.ome.zarr", labels, spacing)
    found = read_labels(folder / "a.ome.zarr" / "labels" / "nuclei")
    assert np.array_equal(found.pixels, labels)
    assert not list(folder.rglob(".adgan-*"))


@FEW
@given(data=st.data(), ndim=strategies.ndims())
def test_gray_images_read_back(folder, data, ndim):
    image = data.draw(strategies.pixels(ndim))
    write_gray(folder / "a.tif", image)
    (found,) = read_images(folder / "a.tif", check=False)
    kept = image.dtype.name in ("uint8", "uint16", "float32")
    assert np.array_equal(found.pixels, image if kept else image.astype(np.float32))


@FEW
@given(file=strategies.image_files())
def test_images_of_any_format_are_read_as_they_are(folder, file):
    suffix, image, write = file
    path = folder / f"b{suffix}"
    write(path)
    (found,) = read_images(path, check=False)
    assert found.pixels.dtype == image.dtype and np.array_equal(found.pixels, image)


@FEW
@given(data=st.data(), file=strategies.image_files())
def test_a_damaged_image_is_read_or_refused_in_one_way(folder, data, file):
    suffix, _, write = file
    path = folder / f"c{suffix}"
    write(path)
    path.write_bytes(data.draw(strategies.damaged(path.read_bytes())))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for read in (read_images, read_labels):
            try:
                read(path)
            except AdganError as error:
                assert str(path) in str(error)


@FEW
@example(columns={"_": np.array(["'", "''", "=1", "'=1"])})
@given(columns=strategies.tables())
def test_tables_read_back_and_hold_no_formula(folder, columns):
    table = Table(columns)
    write_csv(table, folder / "a.csv")
    with (folder / "a.csv").open(newline="", encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    for row, expected in zip(found, table.rows, strict=True):
        for name, value in expected.items():
            if isinstance(value, str):
                assert not row[name].startswith(("=", "+", "-", "@", "\t"))
                assert row[name].removeprefix("'") == value
            else:
                assert type(value)(row[name]) == value


@FEW
@given(whole=strategies.settings())
def test_settings_read_back_from_json_and_yaml(folder, whole):
    path = folder / "a.json"
    path.write_text(json.dumps(whole), encoding="utf-8")
    assert read_json(path) == whole and read_settings(path) == whole
    path.write_text(yaml.safe_dump(whole, allow_unicode=True), encoding="utf-8")
    assert read_settings(path) == whole


@settings(deadline=None)
@given(one=strategies.settings(), other=strategies.settings())
def test_the_later_settings_win_and_laying_them_over_themselves_changes_nothing(one, other):
    assert merged(one, one) == one and merged({}, one) == one
    both = merged(one, other)
    assert merged(both, other) == both
    assert all(both[name] == one[name] for name in one.keys() - other.keys())


@settings(deadline=None)
@given(name=strategies.names())
def test_any_text_names_a_file_in_its_folder_and_nothing_else(name):
    safe = component(name)
    assert component(safe) == safe
    assert Path("folder", safe).name == safe and safe not in (".", "..", "")
    assert len(safe.encode()) <= 255 and printable(safe).isprintable()


@settings(deadline=None)
@given(one=strategies.names(), other=strategies.names())
def test_two_names_stay_two(one, other):
    assert (component(one) == component(other)) == (one == other)


@settings(deadline=None)
@given(data=st.data(), ndim=strategies.ndims())
def test_spacings_that_are_drawn_are_spacings(data, ndim):
    spacing = data.draw(strategies.spacings(ndim))
    if spacing:
        check_spacing(spacing, ndim)
