import pytest

from adgan_bench.overall import over_sets
from adgan_bench.table import rows_of


def result(method, name, seed, dice, mask=None, minutes=1.0):
    scores = {"dice": dice, "mask_dice": mask}
    return {
        "key": {"method": method, "set": name, "seed": seed, "minutes": minutes},
        "title": method,
        "kind": "unsupervised",
        "ours": True,
        "scores": {"mean": scores, "pooled": scores},
        "seconds": 60.0 * minutes,
    }


@pytest.fixture
def records():
    return [
        result("adgan", "hela", 0, 0.9, 0.8),
        result("adgan", "gowt1", 0, 0.7, 0.6),
        result("adgan", "hela", 1, 0.8, 0.8),
        result("adgan", "gowt1", 1, 0.8, 0.8),
        result("otsu", "hela", 0, 0.5),
        result("otsu", "gowt1", 0, 0.3),
    ]


def test_seeds_keep_their_own_mean(records):
    first, second, plain = over_sets(records)
    assert first["key"] == {"method": "adgan", "set": "all 2 sets", "seed": 0, "minutes": 1.0}
    assert first["scores"]["mean"] == pytest.approx({"dice": 0.8, "mask_dice": 0.7})
    assert second["scores"]["pooled"]["dice"] == pytest.approx(0.8)
    assert plain["scores"]["mean"] == pytest.approx({"dice": 0.4, "mask_dice": None})


def test_a_table_shows_them_behind_the_sets(records):
    rows = rows_of([*records, *over_sets(records)])
    assert list(dict.fromkeys(row.set for row in rows)) == ["hela", "gowt1", "all 2 sets"]
    (ours,) = [r for r in rows if r.set == "all 2 sets" and r.method == "adgan"]
    assert ours.text("dice") == ".800 ± .000"


def test_a_system_that_lacks_a_set_is_left_out(records):
    assert [r["key"]["method"] for r in over_sets(records[:5])] == ["adgan", "adgan"]
    absent = result("nnunet", "hela", 0, 0.1)
    del absent["scores"]
    assert len(over_sets([*records, absent])) == 3


def test_the_later_of_two_results_counts(records):
    again = result("otsu", "gowt1", 0, 0.5)
    assert over_sets([*records, again])[-1]["scores"]["mean"]["dice"] == pytest.approx(0.5)


def test_one_set_is_no_mean_and_lengths_stay_apart(records):
    assert over_sets(records[:1]) == []
    longer = result("adgan", "bbbc050", 0, 0.5, minutes=2.0)
    assert len(over_sets([*records, longer])) == 3
