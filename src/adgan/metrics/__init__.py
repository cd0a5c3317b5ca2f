"""Scores of label maps, all pure functions of one overlap table, for any rank."""

from adgan.metrics.aggregated import aji
from adgan.metrics.ctc import det, op_csb, seg
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
from adgan.metrics.overlap import Overlap, count_overlap, pool, tables
from adgan.metrics.pixel import dice, pixel_precision, pixel_recall

__all__ = [
    "THRESHOLDS",
    "Mistakes",
    "Overlap",
    "aji",
    "average_precision",
    "det",
    "dice",
    "f1",
    "match",
    "mean_ap",
    "mean_f1",
    "mean_matched_iou",
    "find_mistakes",
    "op_csb",
    "count_overlap",
    "panoptic_quality",
    "pixel_precision",
    "pixel_recall",
    "pool",
    "precision",
    "recall",
    "seg",
    "tables",
]
