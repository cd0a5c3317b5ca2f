import math
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgan.report.curves import CHART, line_chart, ticks

numbers = st.floats(-1e9, 1e9).filter(lambda v: v == 0 or abs(v) > 1e-9)


def drawn(svg):
    """Points of each line of a chart, without the samples in its legend."""
    paths = [p.get("d") for p in ET.fromstring(svg).iter("path")]
    return [p for p in paths if "h26" not in p]


@given(st.lists(numbers, max_size=20))
def test_ticks_span_the_values_in_even_round_steps(values):
    found = ticks(np.array(values, float))
    assert 2 <= len(found) <= 12
    step = found[1] - found[0]
    assert np.allclose(np.diff(found), step, rtol=1e-6)
    assert not values or (
        found[0] <= min(values) + step / 1e6 and max(values) - step / 1e6 <= found[-1]
    )
    leading = step / 10 ** math.floor(math.log10(step) + 1e-6)
    exact = np.spacing(np.abs(found).max()) / step  # what numbers of this size can tell
    assert np.abs(leading - np.array([1, 2, 5])).min() < 1e-6 + 10 * exact


def test_a_chart_names_its_axes_and_lines_and_stays_inside():
    svg = line_chart({"a & b": ([0, 1, 2], [1, 3, 2]), "c": ([0, 2], [2, 2])}, "step", "loss <x>")
    words = [text.text for text in ET.fromstring(svg).iter("text")]
    assert {"a & b", "c", "step", "loss <x>"} <= set(words)
    for path in drawn(svg):
        points = [p.split() for p in path.replace("L", "M").split("M")[1:]]
        assert all(
            0 <= float(x) <= CHART.width and 0 <= float(y) <= CHART.height for x, y in points
        )
    assert len(set(p.get("class") for p in ET.fromstring(svg).iter("path"))) == 2


def test_values_that_are_not_finite_leave_a_gap():
    svg = line_chart({"a": (range(5), [1, 2, math.nan, math.inf, 3])}, "x", "y")
    assert drawn(svg)[0].count("M") == 2 and "nan" not in svg and "inf" not in svg


def test_long_curves_are_thinned_and_smoothed():
    rng = np.random.default_rng(0)
    noise = rng.normal(5, 1, 10_000)
    raw, smooth = drawn(line_chart({"a": (range(10_000), noise)}, "x", "y", smooth=True))
    assert raw.count("L") == smooth.count("L") == CHART.points - 1

    def heights(path):
        return [float(point.split()[1]) for point in path[1:].split("L")]

    assert np.std(heights(smooth)) < np.std(heights(raw)) / 2


@pytest.mark.parametrize("y", [[0.3], [], [math.nan], [2.0]])
def test_one_point_or_none(y):
    ET.fromstring(line_chart({"a": (range(len(y)), y)}, "x", "y", smooth=True))


def test_names_that_fill_the_width_go_to_another_row():
    names = ["score", "agreement of turned views", "correlation with the image", "consensus"]
    svg = line_chart({name: ([0, 1], [0, 1]) for name in names}, "step", "score")
    texts = [
        text for text in ET.fromstring(svg).iter("text") if text.text in names and text.get("x")
    ]
    assert len({text.get("y") for text in texts}) > 1
    ends = [float(text.get("x")) + 7 * len(text.text) for text in texts]
    assert len(ends) == len(names) and max(ends) <= CHART.width
    highest = min(float(p.split("L")[1].split()[1]) for p in drawn(svg) if "L" in p)
    assert highest > max(float(text.get("y")) for text in texts)
