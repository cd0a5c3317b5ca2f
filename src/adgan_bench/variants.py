"""Variants of a system by name: ``adgan@loss.aligned=false``, ``cyclegan@scene.count=x0.5``.

Settings of the recipe follow after the ``@``, joined by ``+``: ``SETTING=VALUE``, preceded by its
groups, such as ``umpire=false`` and ``decoding.split.dip=0.02``. A value is YAML; ``x2`` is twice
the value in the recipe, and ``3..6`` is a range. So every ablation and every point of a curve is a
system that anyone can run.
"""

from typing import Any

import yaml

from adgan.errors import AdganError
from adgan.recipe.recipe import Recipe, make_recipe
from adgan.recipe.settings import merged

EXPERIMENTS: dict[str, tuple[str, ...]] = {
    "ablation": (
        "adgan",
        "adgan@loss.aligned=false",
        "adgan@loss.aligned=false+network.styled_encoder=false",
        "adgan@loss.aligned=false+loss.reconstruction=0",
        "adgan@loss.aligned=false+loss.content=0",
        "adgan@loss.aligned=false+loss.cycle=0",
    ),
    "lambdas": (
        "adgan",
        *(
            f"adgan@loss.{name}=x{factor}"
            for name in ("content", "cycle", "reconstruction")
            for factor in ("0.25", "0.5", "2", "4")
        ),
    ),
    "number": tuple(
        name + suffix
        for name in ("cyclegan", "udct", "adgan")
        for suffix in ("", *(f"@scene.count=x{factor}" for factor in ("0.25", "0.5", "2")))
    ),
    "parts": (
        "built-in",
        "adgan-mask",
        "adgan-mask@scene.mask=edge",
        "adgan@umpire=false",
        "adgan",
        "adgan@student.unlabelled=true",
        *(
            f"{student}{suffix}"
            for student in ("student", "student-labels")
            for suffix in ("", *(f"@student.{name}=0" for name in ("scenes", "images")))
        ),
        "student-labels@student.labelled=0",
    ),
    "two-stage": ("adgan", "cyclegan-transunet", "adgan-unet", "adgan-transunet", "transunet"),
}
"""Lists of systems for ``--experiment``: Table 3, Figure 12, Figure 13, the contribution of each
part of this package (built-in model, AD-GAN's mask, its decoding, the vote, each source of the
student), and Table 10."""


def base_of(name: str) -> str:
    """Return the name of the system of a variant."""
    return name.partition("@")[0]


def vary(recipe: Recipe, name: str) -> Recipe:
    """Return a recipe with the settings in the name of a variant.

    Raises
    ------
    AdganError
        If the name is malformed, or if a setting is unknown or out of range.
    """
    _, marked, text = name.partition("@")
    if not marked:
        return recipe
    settings = recipe.model_dump(mode="json")
    over: dict[str, Any] = {}
    for part in text.split("+"):
        path, equals, value = part.partition("=")
        *groups, setting = path.split(".")
        here, place = settings, over
        for group in groups:
            inner = here.get(group)
            here, place = inner if isinstance(inner, dict) else {}, place.setdefault(group, {})
        if not equals or isinstance(here.get(setting, {}), dict):
            raise AdganError(
                f"{name}: '{part}' is not a setting: write GROUP.SETTING=VALUE, as listed by "
                "`adgan recipe`"
            )
        place[setting] = _value(value, here[setting], name)
    return make_recipe(merged(settings, over), name)


def _value(text: str, now: Any, name: str) -> Any:
    """Parse a value: a factor of the current value, a range, or YAML."""
    try:
        if text.startswith("x"):
            factor = float(text[1:])
            return [factor * n for n in now] if isinstance(now, list) else factor * now
        if ".." in text:
            return [float(end) for end in text.split("..")]
        return yaml.safe_load(text)
    except (ValueError, TypeError, yaml.YAMLError) as error:
        raise AdganError(f"{name}: '{text}' is not a valid value: {error}") from error
