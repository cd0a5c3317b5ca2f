import argparse

import pytest


@pytest.fixture
def asked():
    return argparse.Namespace(task="instance", minutes=5.0, device="cpu", seeds=2, over="mean")


def record(key, value):
    scores = dict.fromkeys(("dice", "f1", "seg", "op_csb"), value)
    return {"key": key, "scores": {"mean": scores, "pooled": scores}}


def test_what_is_known_is_not_run_again(tmp_path):
    from runs import Results

    results = Results(tmp_path / "new" / "results.jsonl")
    runs = []
    for minutes in (5, 5.0, 20):
        key = {"set": "hela", "minutes": minutes, "radius": (1, 2)}
        results.once(key, lambda: runs.append(1) or {"scores": record({}, 0.5)["scores"]})
    assert len(runs) == 2
    assert [r["key"]["minutes"] for r in results.read()] == [5, 20]
    assert {"commit", "versions", "load", "scores"} <= results.read()[0].keys()


def test_the_table_picks_the_best_threshold_and_shows_what_is_missed(asked):
    from quality import key_of, plain_key, rows_of
    from sets import SETS

    which = SETS["bbbc039"]
    plain = {("otsu", "wide"): 0.7, ("otsu", "narrow"): 0.8, ("li", "wide"): 0.9}
    records = [record(plain_key(*p, which), value) for p, value in plain.items()]
    ours = [record(key_of("adgan", which, seed, asked), 0.9 + seed / 50) for seed in range(2)]
    # Another length of training is another experiment.
    other = argparse.Namespace(**vars(asked) | {"minutes": 20.0})
    records += [*ours, record(key_of("adgan", which, 0, other), 0.1)]

    row = next(r for r in rows_of(records, asked, [which]) if r[1].startswith("F1"))
    assert row == [
        "bbbc039",
        "F1 at .5",
        "-",
        ".800",
        ".900 li wide",
        "-",
        ".910 +- .014 (2 seeds)",
        ".930 MISSED by .020",
    ]


@pytest.mark.parametrize(
    ("ours", "says"), [([0.93], "reached"), ([0.9296], "reached"), ([0.9294], "MISSED by .001")]
)
def test_a_target_is_judged_as_printed(ours, says):
    from quality import verdict

    assert verdict(ours, 0.93) == f".930 {says}"


def test_a_trial_counts_only_where_every_set_has_it(asked):
    from representation import key_of, rows_of
    from sets import SETS

    asked = argparse.Namespace(**vars(asked), sets="hela,gowt1", steps=100)
    records = [
        record(key_of("dome", "apart", SETS[name], seed, asked), 0.5 + seed / 10)
        for name, seed in (("hela", 0), ("gowt1", 0), ("hela", 1))
    ]
    full, empty = rows_of(records, asked, [("dome", "apart"), ("edge-.5", "apart")])
    assert full[2:] == [".500 (1 seed)"] * 4 + [".500"] * 2
    assert set(empty[2:]) == {"-"}
