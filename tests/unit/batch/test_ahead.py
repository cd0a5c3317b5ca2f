import threading

import pytest

from adgan.batch.loop import ahead


def test_items_come_in_order_with_what_was_read():
    assert [(item, read()) for item, read in ahead(range(5), lambda n: n * n)] == [
        (n, n * n) for n in range(5)
    ]
    assert list(ahead([], str)) == []


def test_one_is_read_while_the_one_before_is_worked_on():
    begun = {n: threading.Event() for n in range(3)}
    for item, read in ahead(range(3), lambda n: begun[n].set()):
        read()
        if item < 2:
            assert begun[item + 1].wait(5)


def test_a_large_one_waits_for_the_one_before():
    begun = []
    for item, read in ahead(range(3), begun.append, small=lambda n: False):
        read()
        assert begun == list(range(item + 1))


def test_what_reading_raises_comes_where_it_is_asked_for():
    def read(n):
        if n == 1:
            raise ValueError(n)
        return n

    seen = []
    for _, result in ahead(range(3), read):
        try:
            seen.append(result())
        except ValueError:
            seen.append(None)
    assert seen == [0, None, 2]
    with pytest.raises(ValueError):
        [result() for _, result in ahead([1], read)]
