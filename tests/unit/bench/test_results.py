import pytest

from adgan.bench.results import Results, circumstances, read_results
from adgan.errors import AdganError


def record(method, seed=0):
    return {"key": {"method": method, "set": "s", "seed": seed}, "value": 1}


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


def test_a_damaged_line_is_named(tmp_path):
    results = Results(tmp_path)
    results.path.write_text('nonsense\n{"key": 1}\n')
    with pytest.raises(AdganError, match="line 1 is damaged"):
        results.read()


def test_a_folder_without_results_says_how_to_make_some(tmp_path):
    with pytest.raises(AdganError, match="adgan benchmark run"):
        read_results(tmp_path)


def test_a_result_says_how_it_came_about():
    about = circumstances(["adgan", "benchmark"])
    assert about["command"] == "adgan benchmark"
    assert {"adgan", "torch", "python"} <= about["versions"].keys()
    assert "cores" in about["machine"]
