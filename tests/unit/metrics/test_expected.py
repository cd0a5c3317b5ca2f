import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adgan.metrics.matching import expected_f1


@given(st.lists(st.floats(0, 1), max_size=20), st.floats(0, 40))
def test_it_lies_between_0_and_1_and_falls_with_what_is_missed(confidence, missed):
    f1 = expected_f1(np.array(confidence), missed)
    assert 0 <= f1 <= 1
    assert expected_f1(np.array(confidence), missed + 1) <= f1


def test_values_by_hand():
    assert expected_f1(np.ones(4), 0) == 1
    assert expected_f1(np.ones(4), 4) == pytest.approx(2 / 3)
    assert expected_f1(np.ones(4), 8) == pytest.approx(0.5)
    assert expected_f1(np.full(4, 0.5), 0) == pytest.approx(4 / 6)
    assert expected_f1(np.zeros(0), 3) == 0
    assert expected_f1(np.zeros(0), 0) == 1
