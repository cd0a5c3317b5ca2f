"""The mean of a system over all sets, as an additional result per seed."""

import json
import statistics
from collections.abc import Sequence

from adgan_bench.results import Record

Scores = dict[str, float | None]


def over_sets(records: Sequence[Record]) -> list[Record]:
    """Return results for the set ``all N sets``, in which each set has the same weight.

    Parameters
    ----------
    records
        Results; of two with one key the later counts. Results that differ in length, split or
        device are not combined.

    Returns
    -------
    list of dict
        One result per system and seed with results on every set; empty if there is only one set.
    """
    sets: dict[str, set[str]] = {}
    runs: dict[str, dict[str, Record]] = {}
    for record in records:
        if "scores" not in record:
            continue
        key = {name: value for name, value in record["key"].items() if name != "set"}
        runs.setdefault(_text(key), {})[record["key"]["set"]] = record
        sets.setdefault(_circumstance(key), set()).add(record["key"]["set"])
    overall = []
    for found in runs.values():
        first = next(iter(found.values()))
        everything = sets[_circumstance(first["key"])]
        if len(everything) == 1 or set(found) != everything:
            continue
        overall.append(
            first
            | {
                "key": first["key"] | {"set": f"all {len(everything)} sets"},
                "scores": {
                    over: _mean([record["scores"][over] for record in found.values()])
                    for over in ("mean", "pooled")
                },
                "seconds": statistics.fmean(record["seconds"] for record in found.values()),
            }
        )
    return overall


def _circumstance(key: Record) -> str:
    """Return the part of a key that results must share to be combined."""
    return _text({n: v for n, v in key.items() if n not in ("set", "method", "seed")})


def _text(key: Record) -> str:
    return json.dumps(key, sort_keys=True)


def _mean(scores: Sequence[Scores]) -> Scores:
    """Return the mean of each score; None if it is not known for all sets."""
    means: Scores = {}
    for name in scores[0]:
        known = [value for of_set in scores if (value := of_set.get(name)) is not None]
        means[name] = statistics.fmean(known) if len(known) == len(scores) else None
    return means
