"""Quality on real images: AD-GAN, plain thresholds, a supervised U-Net, and the paper's scores.

python benchmarks/quality.py --data DIR -o RESULTS.jsonl [--sets hela,gowt1] [--seeds 3]
"""

import argparse
import json
import statistics
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import product
from pathlib import Path

from rich.console import Console
from rich.table import Table
from runs import Record, Results, run_adgan, score
from sets import DEFAULT, SCORES, SETS, DataSet, choose, load_labelled
from supervised import run_supervised

from adgan.errors import AdganError
from adgan_bench.data import median_diameter
from adgan_bench.rivals.thresholds import SIGMA, THRESHOLDS, segment_plainly

TITLES = {"dice": "DICE", "f1": "F1 at .5", "seg": "SEG", "op_csb": "OP"}
HEADER = ("set", "score", "paper", "Otsu", "best plain", "supervised", "ours", "target")
PLAIN = list(product(THRESHOLDS, SIGMA))
RUNS: dict[str, Callable[..., Record]] = {"adgan": run_adgan, "supervised": run_supervised}


def key_of(method: str, which: DataSet, seed: int, asked: argparse.Namespace) -> Record:
    """Return the key of a trained result."""
    return {
        "method": method,
        "set": which.name,
        "seed": seed,
        "task": asked.task,
        "minutes": asked.minutes,
        "device": asked.device,
    }


def plain_key(name: str, smoothing: str, which: DataSet) -> Record:
    """Return the key of a result of a plain threshold."""
    return {"method": name, "smoothing": smoothing, "set": which.name}


def run_plain(results: Results, data: Path, which: DataSet) -> None:
    """Score each plain threshold on a set, with each smoothing."""
    images = load_labelled(data, which)
    diameter = median_diameter([image.truth for image in images])
    for name, smoothing in PLAIN:

        def run(name: str = name, smoothing: str = smoothing) -> Record:
            found = [segment_plainly(i.pixels, name, smoothing, diameter) for i in images]
            return {
                "scores": score(found, images, which),
                "diameter": round(diameter, 2),
                "images": len(images),
            }

        results.once(plain_key(name, smoothing, which), run)


def run_all(results: Results, asked: argparse.Namespace, chosen: Sequence[DataSet]) -> None:
    """Run what the file does not hold yet, seed by seed, so that all sets have results early."""
    for which in chosen:
        run_plain(results, asked.data, which)
    settings = {"task": asked.task, "schedule": {"minutes": asked.minutes}}
    methods = [name for name in RUNS if name == "adgan" or asked.supervised]
    for seed in range(asked.seeds):
        for which in chosen:
            for method in methods:
                kept = {}
                if method == "adgan" and asked.runs:
                    kept["keep"] = asked.runs / f"{which.name}_{seed}"
                run = partial(RUNS[method], asked.data, which, seed, settings, asked.device, **kept)
                results.once(key_of(method, which, seed, asked), run)


def rows_of(
    records: Sequence[Record], asked: argparse.Namespace, chosen: Sequence[DataSet]
) -> list[list[str]]:
    """Return the rows of the table, one per set and score; a dash means not measured."""
    known = {json.dumps(r["key"], sort_keys=True): r["scores"][asked.over] for r in records}

    def values(keys: Iterable[Record], name: str) -> list[float]:
        texts = (json.dumps(key, sort_keys=True) for key in keys)
        return [known[text][name] for text in texts if text in known]

    def trained(method: str, which: DataSet, name: str) -> list[float]:
        return values((key_of(method, which, s, asked) for s in range(asked.seeds)), name)

    rows = []
    for which in chosen:
        for name in SCORES:
            plain = {p: v[0] for p in PLAIN if (v := values([plain_key(*p, which)], name))}
            best = max(plain, key=lambda p: plain[p], default=None)
            otsu = max((v for (t, _), v in plain.items() if t == "otsu"), default=None)
            ours = trained("adgan", which, name)
            target = which.target.get(name)
            rows.append(
                [
                    which.name,
                    TITLES[name],
                    figure(which.paper.get(name)),
                    figure(otsu),
                    f"{figure(plain[best])} {' '.join(best)}" if best else "-",
                    spread(trained("supervised", which, name)),
                    spread(ours),
                    verdict(ours, target),
                ]
            )
    return rows


def figure(value: float | None) -> str:
    """Return a score with three digits, or a dash."""
    return "-" if value is None else f"{value:.3f}".removeprefix("0")


def spread(values: Sequence[float]) -> str:
    """Return mean and standard deviation over seeds, and the number of seeds."""
    if not values:
        return "-"
    if len(values) == 1:
        return f"{figure(values[0])} (1 seed)"
    deviation = figure(statistics.stdev(values))
    return f"{figure(statistics.fmean(values))} +- {deviation} ({len(values)} seeds)"


def verdict(ours: Sequence[float], target: float | None) -> str:
    """Return a target, and whether the mean reaches it or by how much it fails."""
    if target is None:
        return "-"
    if not ours:
        return figure(target)
    # The rounded value decides, so that a printed .955 does not fail a target of .955.
    short = round(target - statistics.fmean(ours), 3)
    return (
        f"{figure(target)} MISSED by {figure(short)}" if short > 0 else f"{figure(target)} reached"
    )


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """Return the table as Markdown."""
    lines = [HEADER, ["---"] * len(HEADER), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def show(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table with a line between sets."""
    table = Table(*header, title=title)
    for row, after in zip(rows, [*rows[1:], None], strict=True):
        missed = "MISSED" in row[-1]
        table.add_row(
            *row,
            style="bold red" if missed else None,
            end_section=after is not None and after[0] != row[0],
        )
    # In a log, rows must not be cut to the width of a terminal.
    console = Console()
    (console if console.is_terminal else Console(width=140)).print(table)


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="folder that holds the sets")
    parser.add_argument("-o", "--output", type=Path, required=True, help="results, JSON lines")
    parser.add_argument("--sets", help=f"of {', '.join(SETS)}; default {','.join(DEFAULT)}")
    parser.add_argument("--seeds", type=int, default=3, help="how many, from 0")
    parser.add_argument("--minutes", type=float, default=5.0, help="of training")
    parser.add_argument("--task", choices=["instance", "semantic"], default="instance")
    parser.add_argument("--device", choices=["cpu", "cuda", "mps"], default="cpu")
    parser.add_argument("--no-supervised", dest="supervised", action="store_false")
    parser.add_argument("--runs", type=Path, help="keep runs here, and use those that are here")
    parser.add_argument("--over", choices=["mean", "pooled"], default="mean", help="images")
    parser.add_argument("--table", action="store_true", help="only print what the file holds")
    parser.add_argument("--markdown", action="store_true", help="the same as Markdown")
    asked = parser.parse_args(arguments)
    if asked.data is None and not (asked.table or asked.markdown):
        parser.error("--data is needed to run; --table prints what the file holds")
    return asked


def main() -> None:
    """Run what is missing and print the table."""
    asked = parse()
    chosen = choose(asked.sets)
    results = Results(asked.output)
    if not (asked.table or asked.markdown):
        run_all(results, asked, chosen)
    rows = rows_of(results.read(), asked, chosen)
    if asked.markdown:
        print(markdown(rows))
    else:
        over = {"mean": "mean over images", "pooled": "all images pooled"}[asked.over]
        show(f"{asked.task}, {asked.minutes:g} minutes on {asked.device}, {over}", HEADER, rows)


if __name__ == "__main__":
    try:
        main()
    except AdganError as error:
        sys.exit(f"error: {error}")
