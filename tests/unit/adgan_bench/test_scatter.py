import numpy as np

from adgan_bench.scatter import scatter_chart


def test_every_point_is_drawn_inside_and_named():
    rng = np.random.default_rng(0)
    svg = scatter_chart({"images": rng.normal(size=(5, 2)), "<masks>": rng.normal(size=(7, 2))})
    assert svg.count("<circle") == 5 + 1
    assert svg.count("<rect") == 7 + 1
    assert "&lt;masks&gt;" in svg


def test_one_point_is_enough():
    assert "nan" not in scatter_chart({"a": np.zeros((1, 2))})
