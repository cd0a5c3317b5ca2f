"""`adgan recipe`: every setting that a training would use, ready for --config."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from adgan.cli.options import RecipeOptions, recipe_of
from adgan.cli.progress import tell

if TYPE_CHECKING:
    from adgan.groups import Settings


def recipe(
    images: list[str] | None = None,
    /,
    *,
    options: RecipeOptions = RecipeOptions(),  # noqa: B008
) -> None:
    """Print the recipe that `adgan train` would use, as YAML.

    Parameters
    ----------
    images
        Folders, files or globs to estimate sizes from, where none are given.
    """
    tell("\n".join(lines_of(recipe_of(options, images or []))))


def lines_of(settings: "Settings", indent: str = "") -> Iterator[str]:
    """Yield settings as YAML, each with a comment that says what it is.

    Parameters
    ----------
    settings
        A recipe or one of its groups.
    indent
        Before each line.
    """
    values: Mapping[str, Any] = settings.model_dump(mode="json")
    for name, field in type(settings).model_fields.items():
        value = values[name]
        if isinstance(value, dict):
            yield f"{indent}{name}:"
            yield from lines_of(getattr(settings, name), indent + "  ")
        else:
            # JSON is YAML, on one line.
            yield f"{f'{indent}{name}: {json.dumps(value)}':<40}  # {field.description}"
