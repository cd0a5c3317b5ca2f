"""What all settings of a recipe have in common."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from adgan.recipe.groups import Settings
from adgan.recipe.recipe import Recipe

SOURCE = Path(__file__).parents[2] / "src" / "adgan"
CODE = "\n".join(
    path.read_text(encoding="utf-8")
    for path in SOURCE.rglob("*.py")
    if path.parent.name != "recipe" or path.name == "recipe.py"
)


def leaves(group: type[Settings], start: str = "") -> Iterator[tuple[str, dict]]:
    """Yield the dotted name and the JSON schema of each setting."""
    schema = group.model_json_schema(mode="validation")
    for name, field in group.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, Settings):
            yield from leaves(inner, f"{start}{name}.")
        else:
            yield start + name, schema["properties"][name]


SETTINGS = dict(leaves(Recipe))
VALIDATED = {"scene.eccentricity", "data.percentiles"}
"""Ranges whose limits a validator of their group knows."""


def numbers(schema: dict) -> Iterator[dict]:
    """Yield the schema of each number within that of a setting."""
    if schema.get("type") in ("number", "integer") and "enum" not in schema:
        yield schema
    for inner in (*schema.get("anyOf", ()), *schema.get("prefixItems", ())):
        yield from numbers(inner)
    if isinstance(schema.get("items"), dict):
        yield from numbers(schema["items"])


@pytest.mark.parametrize("name", SETTINGS)
def test_something_reads_it(name):
    assert re.search(rf"\.{name.rpartition('.')[2]}\b", CODE)


@pytest.mark.parametrize("name", sorted(SETTINGS.keys() - VALIDATED))
def test_its_numbers_have_limits(name):
    for schema in numbers(SETTINGS[name]):
        assert {"minimum", "exclusiveMinimum"} & schema.keys(), schema
        assert {"maximum", "exclusiveMaximum"} & schema.keys(), schema


@pytest.mark.parametrize("name", SETTINGS)
def test_it_is_described(name):
    assert len(SETTINGS[name]["description"]) > 10
