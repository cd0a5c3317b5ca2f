"""Pages that the program writes itself: its command line from its help, and its settings."""

import re
from pathlib import Path

import adgan
from adgan.cli import GROUPS, VERBS, app
from adgan.cli.everywhere import HELP
from adgan.cli.examples import examples_of
from adgan.cli.recipe import lines_of

COMMANDS = """# Command line

This page is the help of the program: `adgan VERB --help` prints the part of one verb. Which files
each verb writes is in [Output files](files.md), when to use which option in
[How to](../howto/index.md).

Exit codes are 0; 2 for a mistake in the input, told in one line; 3 where some images were skipped,
which `manifest.jsonl` lists; and 130 after Ctrl-C. `adgan --version` prints the version.

{}

## Verbs

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
    _, text = text.split("## Table of Contents\n", 1)
    text = re.sub(r"^ *- .*\n", "", text, flags=re.MULTILINE)
    parts = re.split(r"^(#+ adgan .*\n)", text.strip(), flags=re.MULTILINE)
    found = examples()
    for place in range(1, len(parts), 2):
        _, verb = parts[place].strip().split("adgan ")
        if verb in found:
            parts[place + 1] = f"{parts[place + 1].rstrip()}\n\n**Examples**:\n\n{found[verb]}\n\n"
    return COMMANDS.format(HELP) + "".join(parts) + "\n"


def examples() -> dict[str, str]:
    """Return the examples of each verb that has some."""
    grouped = {
        f"{group.name[0]} {name}": group[name].default_command
        for group in GROUPS
        for name in group
        if not name.startswith("-")
    }
    found = {verb.__name__: verb for verb in VERBS} | grouped
    return {name: text for name, verb in found.items() if verb and (text := examples_of(verb))}


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
