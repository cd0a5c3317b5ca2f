"""`adgan recipe`: every setting that a training would use, ready for --config."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from adgan.cli.options import RecipeOptions, recipe_of
from adgan.cli.voice import tell

if TYPE_CHECKING:
    from adgan.recipe.groups import Settings


def recipe(
    images: list[str] | None = None,
    /,
    *,
    options: RecipeOptions = RecipeOptions(),  # noqa: B008
) -> None:
    """Print the settings that `adgan train` would use, as YAML.

    Without images, nucleus sizes are not set, and training estimates them.

    Examples
    --------
    The default settings, in a file to edit:

        $ adgan recipe > recipe.yaml

    Train with the edited settings:

        $ adgan train images -o run --config recipe.yaml

    With nucleus sizes estimated from images:

        $ adgan recipe images --minutes 10

    Parameters
    ----------
    images
        Folders, files or globs from which to estimate sizes that are not given.
    """
    if images:
        tell("\n".join(lines_of(recipe_of(options, images))))
        return
    from adgan.survey.fit import open_recipe

    source = str(options.config or "these options")
    found, unknown = open_recipe(options.settings(), options.preset or "fast", source=source)
    tell("\n".join(lines_of(found, unknown=unknown)))


def lines_of(
    settings: "Settings", indent: str = "", unknown: Collection[str] = ()
) -> Iterator[str]:
    """Yield settings as YAML, each with a comment that describes it.

    Parameters
    ----------
    settings
        A recipe or one of its groups.
    indent
        Text put before each line.
    unknown
        Names of settings that are not set, so that training estimates them.
    """
    values: Mapping[str, Any] = settings.model_dump(mode="json")
    for name, field in type(settings).model_fields.items():
        value = values[name]
        if isinstance(value, dict):
            yield f"{indent}{name}:"
            yield from lines_of(getattr(settings, name), indent + "  ", unknown)
            continue
        said = field.description
        if name in unknown:
            value, said = None, f"{said}; null: estimated from the images"
        # JSON is YAML, on one line.
        yield f"{f'{indent}{name}: {json.dumps(value)}':<40}  # {said}"
