import csv

import pytest

from adgan_bench.report import table_page
from adgan_bench.table import SCORES, best, rows_of, write_latex, write_markdown, write_rows


def record(method, seed, value, name="hela", **over):
    scores = {"mean": dict.fromkeys(SCORES, value), "pooled": dict.fromkeys(SCORES, value / 2)}
    return {
        "key": {"method": method, "set": name, "seed": seed, "minutes": 5.0},
        "title": method.split("@")[0].upper(),
        "kind": "unsupervised",
        "ours": True,
        "scores": scores,
        "seconds": 300.0,
        "command": "adgan benchmark run",
        "versions": {"adgan": "0.1"},
        "machine": "Linux, 2 cores",
        "load": [1.0],
        "written": f"2026-01-0{seed + 1}T00:00:00Z",
    } | over


@pytest.fixture
def records():
    absent = record("nnunet", 0, 0, kind="supervised", missing="not installed: do this & that")
    del absent["scores"]
    return [
        record("adgan", 0, 0.8),
        record("adgan", 1, 0.9),
        record("drit", 0, 0.5),
        record("adgan", 0, 0.7, name="gowt1"),
        absent,
    ]


def test_seeds_become_mean_and_spread(records):
    row = rows_of(records)[0]
    assert (row.set, row.method, row.title) == ("hela", "adgan", "ADGAN")
    assert row.text("dice") == ".850 ± .071"
    assert rows_of(records, "pooled")[0].text("dice") == ".425 ± .035"


def test_rows_of_a_set_stand_together(records):
    rows = rows_of(records)
    assert [row.set for row in rows] == ["hela", "hela", "hela", "gowt1"]


def test_rows_of_a_set_go_by_what_they_learn_from(records):
    rows = rows_of([records[-1], *records, record("otsu", 0, 0.4, kind="plain")])
    assert [row.method for row in rows if row.set == "hela"] == ["otsu", "adgan", "drit", "nnunet"]


def test_one_seed_has_no_spread_and_nothing_is_a_dash(records):
    rows = {row.method: row for row in rows_of(records[2:])}
    assert rows["drit"].text("f1") == ".500"
    assert rows["nnunet"].text("f1") == "-"
    assert rows["nnunet"].note.startswith("not installed")


def test_a_rival_written_here_has_a_star(records):
    assert {row.title for row in rows_of(records)} == {"ADGAN", "DRIT*", "NNUNET*"}


def test_a_later_result_of_one_key_counts(records):
    rows = rows_of([*records, record("drit", 0, 0.6)])
    assert next(row for row in rows if row.method == "drit").text("dice") == ".600"


def test_other_budgets_and_variants_are_other_rows():
    longer = record("adgan", 0, 0.9)
    longer["key"]["minutes"] = 10.0
    rows = rows_of([record("adgan", 0, 0.8), longer, record("adgan@loss.cycle=x2", 0, 0.7)])
    assert [row.text("dice") for row in rows] == [".800", ".900", ".700"]
    assert rows[2].title == "ADGAN loss.cycle=x2"


def test_the_best_is_found_among_its_kind(records):
    assert best(rows_of(records), "hela", "dice", "images").method == "adgan"
    assert best(rows_of(records), "hela", "dice", "labels") is None


def test_csv_holds_numbers(records, tmp_path):
    write_rows(tmp_path / "t.csv", rows_of(records))
    with (tmp_path / "t.csv").open() as file:
        lines = list(csv.DictReader(file))
    assert lines[0]["mean"] == "0.85"
    assert [line["score"] for line in lines][:2] == ["mask_dice", "dice"]
    assert [line["note"] for line in lines if line["method"] == "nnunet"][0].startswith("not")


def test_latex_takes_every_name(records, tmp_path):
    write_latex(tmp_path / "t.tex", rows_of([*records, record("adgan@a_b=x2", 0, 0.7)]))
    text = (tmp_path / "t.tex").read_text()
    assert r"a\_b" in text
    assert r"do this \& that" in text
    assert r".850 $\pm$ .071" in text
    assert text.count(r"\midrule") == 2


def test_markdown_has_a_line_a_row(records, tmp_path):
    write_markdown(tmp_path / "t.md", rows_of(records))
    lines = (tmp_path / "t.md").read_text().splitlines()
    assert len(lines) == 2 + 4
    assert len({line.count("|") for line in lines}) == 1


def test_the_page_says_how_it_was_made(records, tmp_path):
    table_page(tmp_path / "t.html", records, rows_of(records))
    text = (tmp_path / "t.html").read_text()
    for words in ("adgan benchmark run", "Linux, 2 cores", "adgan 0.1", "not installed", ".850"):
        assert words in text
