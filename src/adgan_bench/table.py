"""Tables of results, mean and deviation over seeds: for terminals, CSV, LaTeX and Markdown."""

import csv
import json
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.markup import escape
from rich.table import Table

from adgan.io import atomic
from adgan.system.text import cell
from adgan_bench.results import MASK_DICE, Record

SCORES = {
    MASK_DICE: "mask",
    "dice": "DICE",
    "pixel_precision": "precision",
    "pixel_recall": "recall",
    "f1": "F1",
    "seg": "SEG",
    "det": "DET",
    "op_csb": "OP",
}
"""Scores of the paper's tables: of pixels (1, 2), objects (10) and the challenge (4, 11).

The first is the DICE of the mask that a network predicts, as the paper scores it; all others score
the labels decoded from it.
"""
OURS = "*"
"""Mark of a rival that is reimplemented here from its paper."""


@dataclass(frozen=True)
class Row:
    """One system on one set.

    ``values`` holds the values of each score and ``seconds`` the training times, one per seed;
    ``note`` says why there are none.
    """

    set: str
    method: str
    title: str
    kind: str
    values: dict[str, list[float]]
    seconds: list[float]
    note: str = ""

    def text(self, score: str) -> str:
        """Return mean and standard deviation, or a dash."""
        found = self.values.get(score, [])
        if not found:
            return "-"
        mean = _digits(statistics.fmean(found))
        return mean if len(found) == 1 else f"{mean} ± {_digits(statistics.stdev(found))}"

    @property
    def head(self) -> list[str]:
        """The cells before the scores."""
        return [
            self.set,
            self.title,
            self.kind,
            str(max(map(len, self.values.values()), default=0)),
        ]


HEADS = ["set", "system", "learns from", "seeds"]
LEARNS = {
    "plain": "nothing",
    "pretrained": "simulation",
    "unsupervised": "images",
    "two-stage": "images, in two stages",
    "supervised": "labels",
}


def rows_of(records: Sequence[Record], over: str = "mean") -> list[Row]:
    """Return a row per set and system, sorted by what they learn from, then by their first run.

    Parameters
    ----------
    records
        Results; of two with one key the later counts.
    over
        ``mean`` over images, or ``pooled``.
    """
    latest = {json.dumps(record["key"], sort_keys=True): record for record in records}
    groups: dict[tuple[str, str, str], list[Record]] = {}
    for record in latest.values():
        key = {name: value for name, value in record["key"].items() if name != "seed"}
        place = (key["set"], key["method"], json.dumps(key, sort_keys=True))
        groups.setdefault(place, []).append(record)
    sets = list(dict.fromkeys(name for name, _, _ in groups))
    kinds = list(LEARNS)

    def order(item: tuple[tuple[str, str, str], list[Record]]) -> tuple[int, int]:
        (name, _, _), group = item
        return sets.index(name), kinds.index(group[-1]["kind"])

    rows = []
    for (name, method, _), group in sorted(groups.items(), key=order):
        scored = [record for record in group if "scores" in record]
        first = group[-1]
        title = first["title"] + (OURS if first["ours"] and not method.startswith("adgan") else "")
        _, varied, settings = method.partition("@")
        rows.append(
            Row(
                name,
                method,
                f"{title} {settings}" if varied else title,
                LEARNS[first["kind"]],
                {s: _known(record["scores"][over].get(s) for record in scored) for s in SCORES},
                [record["seconds"] for record in scored],
                "" if scored else first["missing"],
            )
        )
    return rows


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _digits(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


def best(rows: Sequence[Row], name: str, score: str, kind: str) -> Row | None:
    """Return the row of a set with the highest mean among systems that learn from `kind`."""
    scored = [r for r in rows if r.set == name and r.kind == kind and r.values[score]]
    return max(scored, key=lambda r: statistics.fmean(r.values[score]), default=None)


def cells(row: Row) -> list[str]:
    """Return all cells of a row; a note replaces the scores."""
    if row.note:
        return [*row.head, row.note, *[""] * len(SCORES)]
    minutes = f"{statistics.fmean(row.seconds) / 60:.1f}" if row.seconds else "-"
    return [*row.head, *(row.text(score) for score in SCORES), minutes]


def tables_of(rows: Sequence[Row]) -> Iterator[Table]:
    """Yield a table per set; the best system that learns from images without labels is bold."""
    for name in dict.fromkeys(row.set for row in rows):
        shown = Table(title=escape(name))
        for head in HEADS[1:]:
            shown.add_column(head, overflow="fold")
        for score in (*SCORES.values(), "min"):
            shown.add_column(score, justify="right", no_wrap=True)
        for row in (r for r in rows if r.set == name):
            texts = [escape(text) for text in cells(row)[1:]]
            for column, score in enumerate(SCORES, start=len(HEADS) - 1):
                if not row.note and row is best(rows, name, score, LEARNS["unsupervised"]):
                    texts[column] = f"[bold]{texts[column]}[/bold]"
            if row.note:
                shown.add_row(*texts[:3])
            else:
                shown.add_row(*texts)
        yield shown


def notes_of(rows: Sequence[Row]) -> list[str]:
    """Return the notes below the tables, one per line."""
    lines = [f"{row.set}, {row.title}: {row.note}" for row in rows if row.note]
    return [*lines, f"{OURS} reimplemented from its paper, with the width and budget of the others"]


def write_rows(path: Path, rows: Sequence[Row]) -> None:
    """Write a CSV file with a line per set, system and score."""
    with atomic(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["set", "method", "system", "score", "mean", "deviation", "seeds", "note"])
        for row in rows:
            for score in SCORES if not row.note else [""]:
                found = row.values.get(score, [])
                mean = round(statistics.fmean(found), 5) if found else ""
                spread = round(statistics.stdev(found), 5) if len(found) > 1 else ""
                line = [row.set, row.method, row.title, score, mean, spread, len(found), row.note]
                writer.writerow(map(cell, line))


def write_markdown(path: Path, rows: Sequence[Row]) -> None:
    """Write a Markdown table."""
    heads = [*HEADS, *SCORES.values(), "min"]
    lines = [heads, ["---"] * len(heads), *(cells(row)[: len(heads)] for row in rows)]
    text = "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
    with atomic(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_latex(path: Path, rows: Sequence[Row]) -> None:
    """Write a LaTeX table that uses the package booktabs."""
    heads = [*HEADS, *SCORES.values(), "min"]
    body: list[str] = []
    before = rows[0].set if rows else ""
    for row in rows:
        if row.set != before:
            body.append(r"\midrule")
        before = row.set
        if row.note:
            span = len(SCORES) + 1
            texts = [
                *map(_escaped, row.head),
                rf"\multicolumn{{{span}}}{{l}}{{{_escaped(row.note)}}}",
            ]
        else:
            texts = [_escaped(text) for text in cells(row)]
        body.append(" & ".join(texts) + r" \\")
    lines = [
        rf"\begin{{tabular}}{{lll{'r' * (len(heads) - 3)}}}",
        r"\toprule",
        " & ".join(heads) + r" \\",
        r"\midrule",
        *body,
        r"\bottomrule",
        r"\end{tabular}",
    ]
    with atomic(path) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _escaped(text: str) -> str:
    """Return text with the special characters of LaTeX escaped."""
    for plain, safe in (("\\", r"\textbackslash{}"), *((c, "\\" + c) for c in "&%$#_{}")):
        text = text.replace(plain, safe) if plain not in "{}" else text
    return text.replace("±", r"$\pm$").replace("*", r"$^*$")
