import pytest

from adgan.io.lazy import Lazy


def test_items_are_made_each_time_they_are_asked_for():
    made = []
    items = Lazy(4, lambda n: made.append(n) or n * n)
    assert len(items) == 4 and made == []
    assert items[2] == 4 and items[-1] == 9 and made == [2, 3]
    assert list(items) == [0, 1, 4, 9]
    assert list(items[1:3]) == [1, 4] and list(items[::-2]) == [9, 1]
    with pytest.raises(IndexError):
        items[4]
