import csv

import numpy as np
import pytest

from adgan.errors import AdganError
from adgan.measure import Table, measure
from adgan.tables import write_csv


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
