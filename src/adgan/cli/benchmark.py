"""`adgan benchmark run`, `table`, `figures` and `setup`: the paper's comparisons on your data."""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from adgan.cli.following import command
from adgan.cli.options import Device
from adgan.cli.progress import duration
from adgan.cli.ranges import MINUTES, SEEDS, STEPS
from adgan.cli.voice import say, show, tell
from adgan.errors import AdganError

app = App(
    name="benchmark",
    help="Compare AD-GAN with every method named in the paper, on your own data.",
)


@app.command
def run(
    *,
    data: Path,
    output: Annotated[Path, Parameter(alias="-o")],
    methods: str | None = None,
    experiment: str | None = None,
    sets: str | None = None,
    root: Path | None = None,
    seeds: Annotated[int, SEEDS] = 3,
    minutes: Annotated[float | None, MINUTES] = None,
    steps: Annotated[int | None, STEPS] = None,
    device: Device = "auto",
) -> None:
    """Train and score methods, skipping results that already exist.

    Examples
    --------
    Two methods, ten minutes each, on the sets of a data file:

        $ adgan benchmark run --data sets.yaml -o results --methods adgan,otsu --minutes 10

    Parameters
    ----------
    data
        Data file that lists sets of images and labels, see docs/benchmark.md.
    output
        Results folder.
    methods
        Methods, separated by commas (default: all). A variant is a name with recipe settings,
        such as adgan@loss.cycle=x0.5.
    experiment
        Predefined list of variants instead of methods: ablation, lambdas, number, parts or
        two-stage.
    sets
        Sets of the data file, separated by commas (default: all).
    root
        Folder to which paths in the data file are relative (default: that of the file).
    seeds
        Number of random seeds, starting from 0 (default 3).
    minutes
        Training length per result, in minutes (default 5).
    steps
        Training length per result, in steps.
    device
        Device to compute on (default auto: the fastest available).
    """
    if methods and experiment:
        raise AdganError("--methods and --experiment are both given: choose one")
    if minutes is not None and steps is not None:
        raise AdganError("--steps and --minutes are both given: training has one length")

    from adgan_bench.data import read_data
    from adgan_bench.names import pick
    from adgan_bench.run import Plan, run_benchmark
    from adgan_bench.systems import METHODS
    from adgan_bench.variants import EXPERIMENTS, base_of

    names = _split(methods) or list(METHODS)
    if experiment:
        (chosen,) = pick([experiment], EXPERIMENTS, "experiment")
        names = list(EXPERIMENTS[chosen])
    pick([base_of(name) for name in names], METHODS, "method")
    length: dict[str, Any] = {"steps": steps} if steps else {"minutes": minutes or 5.0}
    plan = Plan(names, seeds, length, device, ["adgan", *sys.argv[1:]])
    read = read_data(data, root, _split(sets))
    run_benchmark(plan, read, output, _watch())
    tell(f"Next: {command('benchmark', 'table', output)}")


@app.command
def table(
    results: Path,
    /,
    *,
    csv: Path | None = None,
    latex: Path | None = None,
    markdown: Path | None = None,
    html: Path | None = None,
    pooled: bool = False,
    overwrite: bool = False,
) -> None:
    """Print the mean and spread of every method on each set, and over all sets.

    Examples
    --------
    Also as files for a spreadsheet and a paper:

        $ adgan benchmark table results --csv scores.csv --latex scores.tex

    Parameters
    ----------
    results
        Results folder written by `adgan benchmark run`.
    csv
        Also write the numbers to this CSV file.
    latex
        Also write a LaTeX table to this file.
    markdown
        Also write a Markdown table to this file.
    html
        Also write an HTML page to this file.
    pooled
        Pool the objects of all images instead of averaging over images.
    overwrite
        Replace existing files.
    """
    from adgan.io import claim_files
    from adgan_bench.overall import over_sets
    from adgan_bench.report import table_page
    from adgan_bench.results import FILE, read_results
    from adgan_bench.table import (
        notes_of,
        rows_of,
        tables_of,
        write_latex,
        write_markdown,
        write_rows,
    )

    claim_files([csv, latex, markdown, html], overwrite, [results / FILE])
    records = read_results(results, say)
    rows = rows_of([*records, *over_sets(records)], "pooled" if pooled else "mean")
    show(*tables_of(rows), width=250, markup=True)  # wide enough for complete rows
    tell("\n".join(notes_of(rows)))
    for path, write in ((csv, write_rows), (latex, write_latex), (markdown, write_markdown)):
        if path:
            write(path, rows)
    if html:
        table_page(html, records, rows)


@app.command
def figures(
    results: Path,
    /,
    *,
    output: Annotated[Path | None, Parameter(alias="-o")] = None,
    overwrite: bool = False,
) -> None:
    """Write a page with the paper's tables and figures for these results.

    Examples
    --------
    A page beside the results:

        $ adgan benchmark figures results

    Parameters
    ----------
    results
        Results folder written by `adgan benchmark run`.
    output
        Page to write (default: report.html in the results folder).
    overwrite
        Replace an existing page.
    """
    from adgan.io import claim_files
    from adgan_bench.report import figures_page
    from adgan_bench.results import FILE, read_results

    page = output or results / "report.html"
    claim_files([page], overwrite, [results / FILE])
    for note in figures_page(page, results, read_results(results, say)):
        say(f"note: {note}")
    tell(f"Look at {page}")


@app.command
def setup(name: str, /) -> None:
    """Create the environment of a program that needs its own.

    Examples
    --------
    Before a comparison with CellProfiler:

        $ adgan benchmark setup cellprofiler

    Parameters
    ----------
    name
        Program: cellprofiler or nnunet.
    """
    from adgan_bench.outside import setup as make

    tell(f"Created {make(name)}")


def _watch() -> Callable[[int, int, str], None]:
    """Return a function that reports the current run and the approximate time left."""
    started = time.monotonic()

    def watch(number: int, total: int, text: str) -> None:
        # It is called twice per run, at the start and at the end.
        if not number:
            say(text)
        elif text.endswith("...") or number == total:
            say(f"[{number}/{total}] {text}")
        else:
            left = (time.monotonic() - started) * (total - number) / number
            say(f"[{number}/{total}] {text}; about {duration(left)} left")

    return watch


def _split(names: str | None) -> list[str]:
    return [name.strip() for name in names.split(",") if name.strip()] if names else []
