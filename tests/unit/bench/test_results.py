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


def test_names_of_sets_lead_nowhere_else(tmp_path):
    results = Results(tmp_path / "out")
    for name in ("../../../escaped", "..", "a/b", "x" * 300, "a\nb"):
        place = results.place({"set": name, "method": "../" + name, "seed": 0}, "labels")
        assert place.parent.parent == tmp_path / "out" / "labels"
        place.mkdir(parents=True)
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_folder_of_somebody_else_is_refused(tmp_path):
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(AdganError, match="holds thesis.tex, which is no benchmark's"):
        Results(tmp_path).claim()
    (tmp_path / "thesis.tex").unlink()
    (tmp_path / "images").mkdir()
    Results(tmp_path).claim()
