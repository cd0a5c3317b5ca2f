"""Complete a recipe for given images: sizes that are not set are estimated from the images."""

from collections.abc import Callable
from typing import Any

from adgan.errors import AdganError
from adgan.io import ReadOptions, Sources, open_images
from adgan.recipe.presets import Preset, make_preset
from adgan.recipe.recipe import Recipe
from adgan.recipe.settings import merged
from adgan.survey.inputs import read_inputs, survey_inputs
from adgan.survey.ranges import scene_count, scene_radius

Note = Callable[[str], None]
"""A function that is called with each message."""


def fit_recipe(
    images: Sources | None,
    settings: dict[str, Any] | None = None,
    preset: Preset = "fast",
    *,
    source: str = "the recipe",
    note: Note | None = None,
) -> Recipe:
    """Return a preset with some settings replaced, and estimate the nucleus sizes that are not set.

    Parameters
    ----------
    images
        Folder, files or globs, or arrays ``(Z) Y X``; they are read only if a size is not set. None
        if all sizes are set.
    settings
        Nested settings of the recipe, such as ``{"schedule": {"minutes": 10}}`` (default: none).
    preset
        ``"fast"`` or ``"paper"`` (default: ``"fast"``).
    source
        Name of the settings in messages (default: "the recipe").
    note
        Function that is called with each message about estimates (default: no messages).

    Returns
    -------
    Recipe

    Raises
    ------
    AdganError
        If a setting is invalid, or sizes are missing and cannot be estimated from the images.
    """
    settings = merged(settings or {})
    data = settings.setdefault("data", {})
    if data.get("ndim") is None and (ndim := _find_ndim(images, data)):
        data["ndim"] = ndim
    # All other settings are validated before images are read.
    recipe, missing = open_recipe(settings, preset, source=source)
    if not missing:
        return recipe
    if images is None:
        raise AdganError(
            f"the nuclear {' and '.join(missing)} must be known: give `radius=(MIN, MAX)` "
            "and `count=(MIN, MAX)`, `like=NAME`, or images to estimate them from"
        )
    sizes = _estimate(missing, images, recipe, note or (lambda _: None))
    refined = {"scene": {"refine": recipe.scene.refine}}
    return make_preset(preset, merged(settings, refined, sizes), source=source)


def open_recipe(
    settings: dict[str, Any], preset: Preset = "fast", *, source: str = "the recipe"
) -> tuple[Recipe, list[str]]:
    """Return a preset with some settings replaced, and the names of the sizes that are not set.

    Parameters
    ----------
    settings, preset, source
        As for :func:`fit_recipe`.

    Returns
    -------
    recipe
        Recipe with placeholders for the sizes that are not set.
    missing
        Names of these sizes: ``radius``, ``count``, both or neither.

    Raises
    ------
    AdganError
        If a setting is invalid.
    """
    scene = settings.get("scene", {})
    missing = [name for name in ("radius", "count") if scene.get(name) is None]
    placeholders: dict[str, Any] = {name: (1, 1) for name in missing}
    if len(missing) == 2 and scene.get("refine") is None:
        # The first masks of the training measure the sizes more precisely than any estimate.
        placeholders["refine"] = True
    return make_preset(preset, merged(settings, {"scene": placeholders}), source=source), missing


def _find_ndim(images: Sources | None, data: dict[str, Any]) -> int | None:
    """Return the number of axes, 2 or 3, from the settings or the first image; None if unknown."""
    if data.get("stack"):
        return 3
    if data.get("spacing"):
        return len(data["spacing"])
    if images is None:
        return None
    given = {name: data[name] for name in ("channel", "frames", "axes", "scene") if name in data}
    return len(open_images(images, ReadOptions(**given)).require().entries[0].shape)


def _estimate(missing: list[str], images: Sources, recipe: Recipe, note: Note) -> dict[str, Any]:
    """Return settings with the missing sizes, and in 3D the elongation, estimated from images."""
    loaded, _ = read_inputs(images, recipe)
    volumes = recipe.data.ndim == 3
    found = survey_inputs(loaded).sizes
    radius = scene_radius(found.radius[0], found.median)
    simulated = radius if "radius" in missing else recipe.scene.radius
    count = scene_count(found.count, simulated, recipe.scene.eccentricity, recipe.data.ndim)
    ranges = {name: {"radius": radius, "count": count}[name] for name in missing}
    words = "; ".join(f"{name} {low:.3g} to {high:.3g}" for name, (low, high) in ranges.items())
    note(f"estimated from {len(loaded)} images: {words}. {found.note}".rstrip())
    if not volumes:
        return {"scene": ranges}
    elongation = recipe.data.elongation or found.elongation
    note(
        f"nuclei appear {elongation:.2f} times as long along Z as they are wide: this is corrected"
    )
    return {"scene": ranges, "data": {"elongation": elongation}}
