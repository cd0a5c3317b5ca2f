"""The report page of a benchmark: tables, curves, pictures, and how they were made."""

import statistics
from collections.abc import Sequence
from pathlib import Path

from adgan.errors import AdganError
from adgan.report import Section, Table, write_page
from adgan_bench.codes import code_sections
from adgan_bench.figures import comparison_section, curve_sections, synthesis_section
from adgan_bench.overall import over_sets
from adgan_bench.results import Record
from adgan_bench.table import HEADS, SCORES, Row, cells, rows_of


def table_page(path: Path, records: Sequence[Record], rows: Sequence[Row]) -> None:
    """Write a page with the tables and how they were made.

    Parameters
    ----------
    path
        The file to write.
    records
        The results.
    rows
        Rows of the tables, from :func:`adgan_bench.table.rows_of`.
    """
    sections = [*table_sections(rows), origin_section(records)]
    write_page(path, "AD-GAN beside its rivals", sections, subtitle_of(records))


def figures_page(path: Path, folder: Path, records: Sequence[Record]) -> list[str]:
    """Write the page with tables and all figures that the results allow.

    Parameters
    ----------
    path
        The file to write.
    folder
        Folder of results.
    records
        The results.

    Returns
    -------
    list of str
        A sentence about each figure that could not be drawn.
    """
    rows = rows_of([*records, *over_sets(records)])
    sections = table_sections(rows)
    notes = []
    for made in (comparison_section(folder, records), synthesis_section(folder)):
        sections += [made] if made else []
    sections += curve_sections(rows)
    try:
        sections += code_sections(folder, records)
    except AdganError as error:
        notes.append(str(error))
    sections.append(origin_section(records))
    write_page(path, "AD-GAN beside its rivals", sections, subtitle_of(records))
    return notes


def subtitle_of(records: Sequence[Record]) -> str:
    """Return the number of results and the hours of training."""
    scored = [record for record in records if "scores" in record]
    hours = sum(record["seconds"] for record in scored) / 3600
    return f"{len(scored)} results, {hours:.1f} hours of training"


def table_sections(rows: Sequence[Row]) -> list[Section]:
    """Return one section per set."""
    heads = [*HEADS, *SCORES.values(), "min"]
    sections = []
    for name in dict.fromkeys(row.set for row in rows):
        of_set = [row for row in rows if row.set == name]
        tables = [
            dict(zip(heads[1:], cells(row)[1:], strict=True)) for row in of_set if not row.note
        ]
        notes = tuple(f"{row.title}: {row.note}" for row in of_set if row.note)
        text = "Mean and standard deviation over seeds. A star marks reimplemented systems."
        sections.append(Section(name, (text, *notes), tables=(Table(tables),) if tables else ()))
    return sections


def origin_section(records: Sequence[Record]) -> Section:
    """Return the section on commands, versions, machines and times."""
    commands = list(dict.fromkeys(record["command"] for record in records))
    machines = list(dict.fromkeys(record["machine"] for record in records))
    versions = list(
        dict.fromkeys(
            ", ".join(f"{name} {text}" for name, text in record["versions"].items())
            for record in records
        )
    )
    seeds = sorted({record["key"]["seed"] for record in records})
    loads = [record["load"][0] for record in records if record["load"]]
    return Section(
        "How this was made",
        (
            *(f"Command: {command}" for command in commands),
            *(f"Machine: {machine}" for machine in machines),
            f"Load of the machine, median: {statistics.median(loads):.1f}" if loads else "",
            *(f"Versions: {text}" for text in versions),
            f"Seeds: {', '.join(map(str, seeds))}",
            f"From {min(r['written'] for r in records)} to {max(r['written'] for r in records)}",
        ),
    )
