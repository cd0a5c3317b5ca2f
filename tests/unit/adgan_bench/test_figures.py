import numpy as np
import pytest

from adgan_bench.data import read_data
from adgan_bench.figures import comparison_section, curve_sections, side_by_side
from adgan_bench.report import figures_page
from adgan_bench.results import read_results
from adgan_bench.run import Plan, run_benchmark
from adgan_bench.table import SCORES, Row


@pytest.fixture(scope="module")
def folder(shared_data_file, tmp_path_factory):
    """Results of two systems, one of them ours."""
    out = tmp_path_factory.mktemp("results")
    plan = Plan(("otsu", "adgan"), 1, {"steps": 2}, "cpu", ["adgan", "benchmark", "run"])
    run_benchmark(plan, read_data(shared_data_file), out)
    return out


def test_the_page_holds_every_figure_that_there_is_data_for(folder):
    pytest.importorskip("sklearn")
    page = folder / "report.html"
    assert figures_page(page, folder, read_results(folder, print)) == []
    text = page.read_text()
    for title in (
        "simulated",
        "Side by side",
        "Images from simulated masks",
        "Content of both domains",
        "Styles between",
        "How this was made",
    ):
        assert f"<h2>{title}</h2>" in text
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert text.count('alt="simulated, 0.') >= 9


def test_without_scikit_learn_the_rest_is_drawn(folder, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "sklearn.manifold", None)
    notes = figures_page(folder / "report.html", folder, read_results(folder, print))
    assert "pip install 'adgan[bench]'" in notes[0]
    assert "Side by side" in (folder / "report.html").read_text()


def test_pictures_stand_in_rows_of_four():
    pixels, labels = np.ones((20, 30)), np.ones((20, 30), int)
    rows = side_by_side("a", pixels, {str(k): labels for k in range(5)})
    assert [len(row.pictures) for row in rows] == [4, 2]
    assert rows[0].pictures[0].label == "image"


def test_a_volume_is_shown_in_a_slice():
    (row,) = side_by_side("a", np.ones((5, 20, 30)), {"truth": np.ones((5, 20, 30), int)})
    assert row.pictures[0].pixels.ndim == 2


def row(method, value):
    return Row("hela", method, method, "images", dict.fromkeys(SCORES, [value]), [1.0])


def test_factors_become_curves_with_the_plain_system_at_one():
    rows = [row("adgan", 0.9)] + [
        row(f"adgan@loss.{name}=x{factor}", 0.8) for name in ("cycle", "content") for factor in (2,)
    ]
    rows += [row("udct", 0.7), row("udct@scene.count=x0.5", 0.6)]
    weights, number = curve_sections(rows)
    assert weights.title == "Weights of the loss"
    assert "cycle, content over factor" in weights.charts[0].svg
    assert "udct over factor" in number.charts[0].svg


def test_without_variants_there_are_no_curves(tmp_path):
    assert curve_sections([row("adgan", 0.9)]) == []
    assert comparison_section(tmp_path, []) is None
