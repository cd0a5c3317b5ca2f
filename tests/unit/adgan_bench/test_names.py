import pytest

from adgan.errors import AdganError
from adgan_bench.names import pick


def test_each_name_comes_once():
    assert pick(["b", "a", "b"], ["a", "b", "c"], "thing") == ["b", "a"]


def test_the_nearest_names_are_offered():
    with pytest.raises(AdganError, match="no method is called 'cylegan': did you mean cyclegan"):
        pick(["cylegan"], ["adgan", "munit", "cyclegan"], "method")


def test_all_are_listed_where_none_is_near():
    with pytest.raises(AdganError, match="there are adgan, munit"):
        pick(["zzz"], ["adgan", "munit"], "method")
