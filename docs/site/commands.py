"""Pages that the program writes itself: its command line from its help, and its settings."""

import re
from pathlib import Path

import adgan
from adgan.cli import app
from adgan.cli.recipe import lines_of

COMMANDS = """# Command line

This page is the help of the program: `adgan VERB --help` prints the part of one verb. Which files
each verb writes is in [Output files](files.md), when to use which option in
[How to](../howto/index.md).

Exit codes are 0; 2 for a mistake in the input, told in one line; 3 where some images were skipped,
which `manifest.jsonl` lists; and 130 after Ctrl-C. `adgan --version` prints the version, and with
`--debug` after any command a failure shows where it happened.

"""
SETTINGS = """# Settings of a training

`adgan recipe IMAGES > settings.yaml` prints every setting of a training, and
`adgan train IMAGES -o RUN --config settings.yaml` takes them; the file may hold as few of them as
you like. Options on the command line win over the file, and the file over the preset.

These are the defaults for 2D images, as `adgan recipe --radius 10 15 --count 25 45` prints them:

```yaml
{}
```

Volumes differ in a few of them, and `--preset paper` has the settings of the [paper](../paper.md).
"""


def commands() -> str:
    """Return the page of the command line, as Markdown."""
    text = app.generate_docs(output_format="markdown", recursive=True, heading_level=1)
    _, text = text.split("**Commands**:", 1)
    # Asterisks of file patterns would be emphasis.
    return COMMANDS + re.sub(r"'[^'\n]*\*[^'\n]*'", lambda found: f"`{found[0]}`", text).lstrip(
        "\n"
    )


def settings() -> str:
    """Return the page of settings, as Markdown."""
    recipe = adgan.make_preset("fast", {"scene": {"radius": (10, 15), "count": (25, 45)}})
    return SETTINGS.format("\n".join(lines_of(recipe)))


def write_pages(folder: Path) -> None:
    """Write both into a folder of sources, where they say something new."""
    for name, text in (("commands", commands()), ("settings", settings())):
        path = folder / "reference" / f"{name}.md"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
