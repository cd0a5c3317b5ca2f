"""The site names every verb, option, setting and public name, and every page is one of it."""

import re
import sys
from pathlib import Path

import pytest

import adgan
from adgan.cli import GROUPS, VERBS, app
from adgan.cli.everywhere import DEBUG, LOG, QUIET
from adgan.cli.examples import commands_of
from adgan.recipe.groups import Settings
from adgan.recipe.recipe import Recipe

DOCS = Path(__file__).parents[2] / "docs"
sys.path.insert(0, str(DOCS / "site"))
from commands import commands, settings, write_pages  # noqa: E402

WORDS = [verb.__name__ for verb in VERBS] + [
    f"{group.name[0]} {name}" for group in GROUPS for name in group if name[0] != "-"
]


def pages() -> dict[str, str]:
    """Every page that a person wrote."""
    made = {DOCS / "reference" / "commands.md", DOCS / "reference" / "settings.md"}
    found = {p for p in DOCS.rglob("*.md") if "_build" not in p.parts} - made
    return {p.relative_to(DOCS).as_posix(): p.read_text(encoding="utf-8") for p in sorted(found)}


def section(verb: str) -> str:
    """What the page of the command line says of a verb."""
    _, _, rest = commands().partition(f"# adgan {verb}\n")
    return re.split(r"^#+ adgan ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def found_app(verb: str):
    one = app
    for word in verb.split():
        one = one[word]
    return one


@pytest.mark.parametrize("verb", WORDS)
def test_every_option_is_on_the_page_of_the_command_line(verb):
    told = section(verb)
    collected = found_app(verb).assemble_argument_collection(
        default_parameter=app.default_parameter, parse_docstring=True
    )
    for argument in collected:
        if argument.name != "*":
            assert all(name in told for name in argument.names), argument.names
            assert argument.parameter.help.split()[0] in told


@pytest.mark.parametrize("verb", WORDS)
def test_the_examples_of_every_verb_are_there(verb):
    one = found_app(verb).default_command
    assert all(line in section(verb) for line in commands_of(one))


def test_options_of_every_command_are_there():
    assert all(option in commands() for option in (QUIET, LOG, DEBUG, "--install-completion"))


@pytest.mark.parametrize("verb", WORDS)
def test_people_have_written_of_every_verb(verb):
    texts = pages()
    assert any(f"adgan {verb}" in text for text in texts.values())
    files = texts["reference/files.md"]
    assert f"adgan {verb}" in files or f"`{verb}" in files


def test_every_option_of_segment_that_writes_files_is_on_the_page_of_files():
    files = pages()["reference/files.md"]
    for option in (
        "--probability", "--overlay", "--table", "--table-format", "--rois", "--confidence",
        "--series", "--store", "--part", "--html", "--json", "--for", "--to", "--csv", "--latex",
        "--markdown",
    ):  # fmt: skip
        assert option in files, option


def test_every_setting_is_on_the_page_of_settings():
    told = settings()

    def names(group: type[Settings]):
        for name, field in group.model_fields.items():
            yield name, field.description
            if isinstance(field.annotation, type) and issubclass(field.annotation, Settings):
                yield from names(field.annotation)

    for name, description in names(Recipe):
        assert f"{name}:" in told
        assert description is None or description in told


def test_every_public_name_is_on_the_page_of_functions():
    listed = pages()["reference/api.md"]
    assert [name for name in adgan.__all__ if name not in listed] == []


def test_pages_are_written_once(tmp_path):
    (tmp_path / "reference").mkdir()
    write_pages(tmp_path)
    page = tmp_path / "reference" / "commands.md"
    before = page.stat().st_mtime_ns
    write_pages(tmp_path)
    assert page.stat().st_mtime_ns == before


def test_every_page_is_in_a_table_of_contents():
    texts = pages()
    listed = set()
    for page, text in texts.items():
        for block in re.findall(r"^```\{toctree\}\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
            for line in block.splitlines():
                if line and not line.startswith(":"):
                    listed.add((Path(page).parent / line).as_posix() + ".md")
    assert texts.keys() - listed == {"index.md"}


def test_the_gallery_is_small():
    pictures = list((DOCS / "images" / "gallery").glob("*.png"))
    named = re.findall(r"images/gallery/(\w+\.png)", pages()["gallery.md"])
    assert sorted(named) == sorted(path.name for path in pictures)
    assert sum(path.stat().st_size for path in pictures) < 400_000
