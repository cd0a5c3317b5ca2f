"""The curves of a training."""

import math
from collections.abc import Mapping, Sequence

from markupsafe import Markup

from adgan.report.curves import line_chart

TERMS = {
    "rec": "reconstruction",
    "cyc": "cycle",
    "ctr": "content",
    "adv": "generator",
    "dis": "discriminator",
    "rate": "learning rate",
    "score": "score",
    "agreement": "agreement of rotated views",
    "correlation": "correlation with the image",
    "consensus": "agreement with other checks",
}
CHARTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Reconstruction, cycle and content losses", "loss, unweighted", ("rec", "cyc", "ctr")),
    ("Generator against discriminator", "adversarial loss", ("adv", "dis")),
    ("Learning rate", "rate", ("rate",)),
)


def training_charts(
    rows: Sequence[Mapping[str, float]], checks: Sequence[Mapping[str, float]] = ()
) -> dict[str, Markup]:
    """Draw the curves of a training: losses, learning rate, and scores without labels.

    Parameters
    ----------
    rows
        One per recorded step: ``step`` and any of ``rec``, ``cyc``, ``ctr`` (Eq. 1, 4 and 3 of
        the paper), ``adv`` (Eq. 2), ``dis`` and ``rate``. Curves without values are omitted.
    checks
        One per validation check: ``step``, ``score``, ``agreement``, ``correlation``,
        ``consensus``.

    Returns
    -------
    dict
        SVG by title.
    """
    charts = {}
    for title, y_label, terms in CHARTS:
        lines = {TERMS[term]: _column(rows, term) for term in terms if _has(rows, term)}
        if lines:
            charts[title] = line_chart(lines, "step", y_label, smooth="rate" not in terms)
    if len(checks) > 1:
        terms = ("score", "agreement", "correlation", "consensus")
        lines = {TERMS[term]: _column(checks, term) for term in terms if _has(checks, term)}
        charts["Mask scores without labels"] = line_chart(lines, "step", "score", smooth=False)
    return charts


def _has(rows: Sequence[Mapping[str, float]], term: str) -> bool:
    return any(math.isfinite(row.get(term, math.nan)) for row in rows)


def _column(rows: Sequence[Mapping[str, float]], term: str) -> tuple[list[float], list[float]]:
    having = [row for row in rows if term in row]
    return [row["step"] for row in having], [row[term] for row in having]
