import math

import numpy as np
import pytest

from adgan.errors import AdganError
from adgan.report import Figure, Picture, Section, Table, write_page
from adgan.report.page import format_column


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0.5, 1.0, 0.12345], ["0.500", "1.000", "0.123"]),
        ([12.345, 0.1], ["12.35", "0.10"]),
        ([123.45], ["123.5"]),
        ([12345.6], ["12,346"]),
        ([2e-4, 1e-5], ["0.0002", "1e-05"]),
        ([1, 20_000], ["1", "20,000"]),
        ([None, math.nan, 0.0], ["–", "–", "0.000"]),
        (["a", True], ["a", "yes"]),
    ],
)
def test_a_column_has_one_number_of_decimals(values, texts):
    assert format_column(values) == texts


def test_cells_know_the_columns_of_numbers():
    heads, rows = Table([{"name": "a", "f1": 0.5}, {"name": "b", "f1": None}], {"f1": "F1"}).cells()
    assert heads == [("name", False), ("F1", True)]
    assert rows == [["a", "0.500"], ["b", "–"]]
    assert Table([]).cells() == ([], [])


def test_text_is_escaped_and_nothing_is_fetched(tmp_path):
    gray = np.zeros((4, 6), np.uint8)
    figure = Figure("<b>&<", (Picture(gray, '"one"'), Picture(gray)), {"F1": 0.25})
    sections = [
        Section("<script>", ("a < b",), {"n": 3}, (Table([{"x": "<i>"}]),), (), None, (figure,))
    ]
    write_page(tmp_path / "page.html", "<title>", sections)
    html = (tmp_path / "page.html").read_text(encoding="utf-8")
    for harm in ("<script", "<i>", "<b>&<", "a < b", "http", "url(", "@import", "<link"):
        assert harm not in html
    assert "&lt;script&gt;" in html and html.count("<img") == 2 and "<em>0.250</em>" in html


def test_a_page_that_cannot_be_written_leaves_nothing(tmp_path):
    with pytest.raises(AdganError, match="no.page.html"):
        write_page(tmp_path / "no" / "page.html", "t", [])
    assert list(tmp_path.iterdir()) == []
