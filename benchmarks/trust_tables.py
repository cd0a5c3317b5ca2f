"""Print the results of `trust.py`."""

from collections.abc import Sequence

import numpy as np
from runs import Record
from scipy.stats import spearmanr
from worse import KINDS

BAD_IOU = 0.7
"""IoU with the truth below which an outline is bad."""
LEAST_CERTAIN_FRACTION = 0.1
"""Fraction of nuclei with the lowest confidence that is examined."""


def show_sizes(records: Sequence[Record]) -> None:
    """Print a line per set."""
    for r in records:
        print(
            f"{r['key']['set']:12} whole {r['found']:6.1f}, as the frame cuts {r['cut']:4.0%} "
            f"{r['seen']:6.1f}, median of all labels {r['true']:6.1f}: "
            f"{r['seen'] / r['true'] - 1:+.0%}"
        )


def show_typed(records: Sequence[Record]) -> None:
    """Print the loss by estimated sizes, mean over seeds."""
    lost = []
    for name in dict.fromkeys(r["key"]["set"] for r in records):
        mean = {
            like: np.mean(
                [
                    [r["scores"]["mean"][s] for s in ("dice", "f1")]
                    for r in records
                    if r["key"]["set"] == name and r["key"]["like"] is like
                ],
                axis=0,
            )
            for like in (True, False)
        }
        lost.append(mean[True] - mean[False])
        print(
            f"{name:10} DICE {mean[True][0]:.3f} typed, {mean[False][0]:.3f} estimated; "
            f"F1 {mean[True][1]:.3f}, {mean[False][1]:.3f}"
        )
    dice, objects = np.mean(lost, axis=0)
    print(f"lost on average: DICE {dice:+.3f} (at most .01), F1 {objects:+.3f} (at most .02)")


def show_confidence(records: Sequence[Record]) -> None:
    """Print how well confidence ranks images and nuclei, per set and in total."""
    names = list(dict.fromkeys(r["key"]["set"] for r in records))
    for name in (*names, "all"):
        mine = [r for r in records if name in (r["key"]["set"], "all")]
        real, sure = (np.concatenate([r[k] for r in mine]) for k in ("f1", "image"))
        usual = [r for r in mine if r["key"]["kind"] == "normal"]
        iou, nuclei = (np.concatenate([r[k] for r in usual]) for k in ("iou", "nuclei"))
        shares = " ".join(f"{share_of_bad(iou, nuclei, at):.2f}" for at in (0.5, BAD_IOU))
        print(
            f"{name:10} images: Spearman {spearmanr(sure, real)[0]:.2f} (n {len(real)}); nuclei: "
            f"least trusted tenth holds {shares} of those under an IoU of .5 and {BAD_IOU} "
            f"({np.mean(iou <= 0.5):.1%} and {np.mean(iou < BAD_IOU):.1%} of {len(iou)})"
        )
    for kind in KINDS:
        mine = [r for r in records if r["key"]["kind"] == kind]
        if mine:
            real, sure = (np.mean(np.concatenate([r[k] for r in mine])) for k in ("f1", "image"))
            print(f"{kind:16} F1 {real:.2f}, confidence {sure:.2f}")


def share_of_bad(iou: np.ndarray, confidence: np.ndarray, least: float) -> float:
    """Return the fraction of all bad nuclei that are among those of lowest confidence."""
    bad = iou < least if least > 0.5 else iou <= least
    first = np.argsort(confidence, kind="stable")[: round(LEAST_CERTAIN_FRACTION * len(bad))]
    return float(bad[first].sum() / bad.sum()) if bad.any() else float("nan")


def show_broken(records: Sequence[Record]) -> None:
    """Print how many runs of each kind were flagged."""
    for kind in dict.fromkeys(r["key"]["kind"] for r in records):
        mine = [r for r in records if r["key"]["kind"] == kind]
        flagged = [not r["verdict"]["healthy"] for r in mine]
        print(f"{kind:12} {sum(flagged)} of {len(flagged)} flagged")
        for r in mine:
            if r["verdict"]["healthy"] is not (kind == "healthy"):
                print(f"    {r['key']['set']} {r['key']['seed']}: {r['verdict']['reasons']}")


def show_plan(records: Sequence[Record]) -> None:
    """Print each plan with the measured values, and how many are within 25 %."""
    within = []
    for r in records:
        length, memory = r["planned"] / r["took"], r["planned_memory"] / r["memory"]
        alone = r.get("planned_alone", np.nan) / r.get("processor", np.nan)
        within.append([abs(ratio - 1) <= 0.25 for ratio in (length, alone, memory)])
        print(
            f"{r['key']['set']:10} {r['key']['work']:20} {r['planned']:4.0f} s planned, "
            f"{r['took']:6.1f} s took; of the processor {alone:.2f} times what it took; "
            f"{r['planned_memory'] / 2**20:5.0f} MiB planned, {r['memory'] / 2**20:5.0f} MiB held"
        )
    if within:
        time, alone, memory = np.sum(within, axis=0)
        print(
            f"within 25%, of {len(within)}: time {time}, time of the processor {alone}, "
            f"memory {memory}"
        )
