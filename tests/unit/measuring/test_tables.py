import csv
import sys

import numpy as np
import pytest

from adgan.errors import AdganError
from adgan.measuring.measure import Table, measure
from adgan.measuring.tables import SUFFIXES, check_format, read_csvs, write_csv, write_table


def read(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_table_reads_back_exactly_with_nan_as_an_empty_cell(tmp_path):
    rng = np.random.default_rng(0)
    table = measure(rng.integers(0, 5, (9, 9)), rng.random((9, 9)), extra={"trust": {2: 0.1}})
    write_csv(table, tmp_path / "table.csv")
    found = read(tmp_path / "table.csv")
    assert [list(row) for row in found] == [list(table.columns)] * 4
    assert [row.pop("trust") for row in found] == ["", "0.1", "", ""]
    for row, expected in zip(found, table.rows, strict=True):
        assert {name: float(cell) for name, cell in row.items()} == {
            name: value for name, value in expected.items() if name != "trust"
        }


def test_a_table_without_rows_keeps_its_header(tmp_path):
    table = measure(np.zeros((4, 4), int))
    write_csv(table, tmp_path / "table.csv")
    assert (tmp_path / "table.csv").read_text() == ",".join(table.columns) + "\n"


def test_a_missing_folder_is_one_clear_line(tmp_path):
    with pytest.raises(AdganError, match="cannot write"):
        write_csv(measure(np.zeros((4, 4), int)), tmp_path / "none" / "table.csv")


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "'=1", '=HYPERLINK("x")'])
def test_no_text_is_a_formula_and_it_reads_back_without_its_apostrophe(tmp_path, name):
    table = Table({"image": np.array([name, "plain"]), "shift": np.array([-1.5, 2.0])})
    write_csv(table, tmp_path / "table.csv")
    first, second = read(tmp_path / "table.csv")
    assert first["image"] == "'" + name
    assert (second["image"], first["shift"]) == ("plain", "-1.5")


@pytest.fixture
def tables(tmp_path):
    """A joined table of two images, of which one does not say its pixel size, in each format."""
    rng = np.random.default_rng(0)
    paths = {}
    for name, spacing in {"a/one": (0.5, 0.25), "b": None}.items():
        labels = rng.integers(0, 5, (9, 12))
        paths[name] = tmp_path / f"{name[0]}.csv"
        write_csv(measure(labels, rng.random(labels.shape), spacing), paths[name])
    return paths


def test_parts_are_joined_with_their_numbers(tables):
    joined = read_csvs(tables)
    assert joined["image"].tolist() == ["a/one"] * 4 + ["b"] * 4
    assert joined["label"].dtype == np.int64 and joined["label"].tolist() == [1, 2, 3, 4] * 2
    assert np.isnan(joined["area_um2"]).tolist() == [False] * 4 + [True] * 4
    alone = read(tables["b"])
    assert joined["intensity_mean"][4:].tolist() == [float(r["intensity_mean"]) for r in alone]


def test_parquet_keeps_types(tables, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    joined = read_csvs(tables)
    write_table(joined, tmp_path / "all.parquet")
    found = parquet.read_table(tmp_path / "all.parquet").to_pydict()
    assert list(found) == list(joined.columns)
    assert found["label"] == joined["label"].tolist() and found["image"][0] == "a/one"
    assert found["solidity"] == joined["solidity"].tolist()


def test_anndata_holds_centres_as_x_and_y(tables, tmp_path):
    anndata = pytest.importorskip("anndata")
    joined = read_csvs(tables)
    write_table(joined, tmp_path / "all.h5ad")
    found = anndata.read_h5ad(tmp_path / "all.h5ad")
    assert found.obs_names[:2].tolist() == ["a/one:1", "a/one:2"]
    assert found.obs["area_px"].tolist() == joined["area_px"].tolist()
    assert found.uns["spatial_unit"] == "pixel"  # as one image does not say its size
    expected = np.stack([joined["centroid_x_px"], joined["centroid_y_px"]], axis=1)
    assert np.array_equal(found.obsm["spatial"], expected)


def test_anndata_of_one_image_is_in_micrometres(tmp_path):
    anndata = pytest.importorskip("anndata")
    labels = np.random.default_rng(0).integers(0, 4, (3, 8, 9))
    table = measure(labels, spacing=(2.0, 0.5, 0.25))
    write_table(table, tmp_path / "one.h5ad")
    found = anndata.read_h5ad(tmp_path / "one.h5ad")
    assert found.obs_names.tolist() == ["1", "2", "3"] and found.uns["spatial_unit"] == "micrometre"
    assert np.array_equal(found.obsm["spatial"][:, 2], table["centroid_z_um"])


@pytest.mark.parametrize("suffix", SUFFIXES.values())
def test_no_nuclei_make_a_table_in_every_format(suffix, tmp_path):
    pytest.importorskip({".csv": "csv", ".parquet": "pyarrow", ".h5ad": "anndata"}[suffix])
    write_table(measure(np.zeros((4, 4), int)), tmp_path / f"none{suffix}")
    assert (tmp_path / f"none{suffix}").stat().st_size > 0


def test_what_is_not_installed_is_said_before(monkeypatch):
    monkeypatch.setitem(sys.modules, "anndata", None)
    with pytest.raises(AdganError, match=r"pip install 'adgan\[tables\]'"):
        check_format("anndata")
    check_format("csv")
