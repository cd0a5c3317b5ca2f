"""`adgan datasets`: public data sets, ready for `adgan benchmark`."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from adgan.cli.following import command
from adgan.cli.progress import Meter
from adgan.cli.voice import say, show, tell

app = App(name="datasets", help="List and download public data sets with their data files.")


@app.command(name="list")
def list_() -> None:
    """Print the name, size, terms of use and citation of each data set.

    Examples
    --------
    All data sets that can be downloaded:

        $ adgan datasets list
    """
    from rich.table import Table

    from adgan_bench.catalogue import PUBLIC

    table = Table("name", "shows", "MB", "terms", "cite", show_lines=True)
    for name, about in PUBLIC.items():
        table.add_row(name, about.title, str(about.megabytes), about.terms, about.citation)
    show(table, width=160)


@app.command
def fetch(
    name: str,
    /,
    *,
    output: Annotated[Path, Parameter(alias="-o")],
    mirror: str | None = None,
    overwrite: bool = False,
) -> None:
    """Download a data set, resuming an interrupted download.

    Examples
    --------
    Into the folder data/hela, with its data file:

        $ adgan datasets fetch hela -o data

    Parameters
    ----------
    name
        Name of the data set, as printed by `adgan datasets list`.
    output
        Folder in which to create a sub-folder of that name.
    mirror
        URL of a folder with the same archives, instead of the original one.
    overwrite
        Write into a folder that already contains files.
    """
    from adgan_bench.catalogue import PUBLIC
    from adgan_bench.fetch import fetch as get
    from adgan_bench.names import pick

    pick([name], PUBLIC, "data set")
    about = PUBLIC[name]
    tell(f"{about.title}\nTerms: {about.terms}\nCite: {about.citation}")
    if any(archive.sha256 is None for archive in about.archives):
        say(f"note: {name} has no known checksum: the download cannot be verified")
    with Meter(f"downloading {name}") as meter:

        def watch(done: int, whole: int | None) -> None:
            expected = whole or max(done, about.megabytes * 2**20)
            meter.update(done / expected, f"{done / 2**20:.1f} of {expected / 2**20:.1f} MB")

        data = get(name, output, mirror=mirror, overwrite=overwrite, watch=watch)
    tell(f"Next: {command('benchmark', 'run', '--data', data, '-o', 'RESULTS')}")
