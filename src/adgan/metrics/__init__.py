"""Scores of 2D and 3D label maps; all are pure functions of one overlap table."""

from adgan.metrics.aggregated import aji
from adgan.metrics.ctc import det, op_csb, seg
from adgan.metrics.field import tables
from adgan.metrics.matching import (
    THRESHOLDS,
    average_precision,
    f1,
    match,
    mean_ap,
    mean_f1,
    mean_matched_iou,
    panoptic_quality,
    precision,
    recall,
)
from adgan.metrics.mistakes import Mistakes, find_mistakes
from adgan.metrics.overlap import Overlap, count_overlap, pool
from adgan.metrics.pixel import dice, pixel_precision, pixel_recall
from adgan.metrics.summary import all_counts, all_scores

__all__ = [
    "THRESHOLDS",
    "Mistakes",
    "Overlap",
    "aji",
    "all_counts",
    "all_scores",
    "average_precision",
    "count_overlap",
    "det",
    "dice",
    "f1",
    "find_mistakes",
    "match",
    "mean_ap",
    "mean_f1",
    "mean_matched_iou",
    "op_csb",
    "panoptic_quality",
    "pixel_precision",
    "pixel_recall",
    "pool",
    "precision",
    "recall",
    "seg",
    "tables",
]
