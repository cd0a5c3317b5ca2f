import json

import pytest

from adgan.errors import AdganError
from adgan_bench.results import Results, circumstances, read_results
from adgan_bench.table import rows_of


def record(method, seed=0, **over):
    return {
        "key": {"method": method, "set": "s", "seed": seed, "minutes": 5.0},
        "title": method,
        "kind": "plain",
        "ours": True,
        "scores": {
            "mean": {"dice": 0.5, "f1": None},
            "pooled": {"dice": 0.5},
            "counts": {"true": 3},
        },
        "seconds": 1.5,
        "command": "adgan benchmark run",
        "versions": {"adgan": "0.1"},
        "machine": "Linux",
        "load": [0.5],
        "written": "2026-01-01T00:00:00Z",
        "value": 1,
    } | over


def test_results_come_back_in_order(tmp_path):
    results = Results(tmp_path / "new")
    assert results.read() == []
    for name in ("a", "b"):
        results.add(record(name))
    assert results.read() == [record("a"), record("b")]


def test_a_line_cut_by_a_kill_is_passed_over_and_replaced(tmp_path):
    results = Results(tmp_path)
    results.add(record("a"))
    with results.path.open("a") as file:
        file.write('{"key": {"met')
    assert results.read() == [record("a")]
    results.add(record("b"))
    assert results.read() == [record("a"), record("b")]


def deep(record):
    return "[" * 100_000


def text(entry):
    return lambda record: json.dumps(record | entry)


@pytest.mark.parametrize(
    "damaged",
    [
        lambda record: "nonsense",
        lambda record: "",
        lambda record: "\x00\ufffd",
        lambda record: "3",
        lambda record: json.dumps(record)[:-9],
        deep,
        text({"key": 1}),
        text({"key": {"method": "a"}}),
        text({"key": {"method": ["a"], "set": {}}}),
        text({"key": {"method": "a", "set": "s", "seed": "one"}}),
        text({"scores": None}),
        text({"scores": {"mean": 3}}),
        text({"scores": {"mean": {"dice": "high"}, "pooled": {}}}),
        text({"scores": {"mean": {"dice": float("nan")}, "pooled": {}}}),
        text({"seconds": -1}),
        text({"seconds": float("inf")}),
        text({"kind": "magic"}),
        text({"title": None}),
        text({"versions": "1"}),
        text({"load": "high"}),
        text({"written": 3}),
        text({"missing": "why"}),
    ],
)
def test_a_damaged_line_is_named_and_passed_over(tmp_path, damaged):
    results, said = Results(tmp_path), []
    results.add(record("a"))
    with results.path.open("a") as file:
        file.write(damaged(record("b")) + "\n")
    results.add(record("c"))
    assert results.read(said.append) == [record("a"), record("c")]
    (line,) = said
    assert "results.jsonl, line 2 is damaged and skipped" in line and len(line) < 600
    assert rows_of(results.read())


def test_lines_that_are_all_damaged_are_no_results(tmp_path):
    (tmp_path / "results.jsonl").write_bytes(b"\xff\xfe\n")
    with pytest.raises(AdganError, match="holds no results"):
        read_results(tmp_path, print)


def test_titles_say_nothing_to_the_terminal(tmp_path):
    Results(tmp_path).add(record("a", title="\x1b[2J"))
    assert Results(tmp_path).read()[0]["title"] == r"\x1b[2J"


def test_a_folder_without_results_says_how_to_make_some(tmp_path):
    with pytest.raises(AdganError, match="adgan benchmark run"):
        read_results(tmp_path, print)


def test_a_result_says_how_it_came_about():
    about = circumstances(["adgan", "benchmark"])
    assert about["command"] == "adgan benchmark"
    assert {"adgan", "torch", "python"} <= about["versions"].keys()
    assert "cores" in about["machine"]


def test_names_of_sets_lead_nowhere_else(tmp_path):
    results = Results(tmp_path / "out")
    for name in ("../../../escaped", "..", "a/b", "x" * 300, "a\nb"):
        place = results.place({"set": name, "method": "../" + name, "seed": 0}, "labels")
        assert place.parent.parent == tmp_path / "out" / "labels"
        place.mkdir(parents=True)
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_folder_of_somebody_else_is_refused(tmp_path):
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(AdganError, match="holds thesis.tex, which no benchmark wrote"):
        Results(tmp_path).claim()
    (tmp_path / "thesis.tex").unlink()
    (tmp_path / "images").mkdir()
    Results(tmp_path).claim()
