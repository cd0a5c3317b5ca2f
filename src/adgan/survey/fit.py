"""A recipe for given images: sizes that are not set are estimated from them."""

from collections.abc import Callable
from typing import Any

from adgan.errors import AdganError
from adgan.io import ReadOptions, Sources, open_images
from adgan.recipe.presets import Preset, make_preset
from adgan.recipe.recipe import Recipe
from adgan.recipe.settings import merged
from adgan.survey.inputs import read_inputs
from adgan.survey.ranges import scene_count, scene_radius
from adgan.survey.size import estimate_sizes

Note = Callable[[str], None]


def fit_recipe(
    images: Sources | None,
    settings: dict[str, Any] | None = None,
    preset: Preset = "fast",
    *,
    source: str = "the recipe",
    note: Note | None = None,
) -> Recipe:
    """Return a preset with some settings replaced, estimating missing nucleus sizes.

    Parameters
    ----------
    images
        Folder, files or globs, or arrays ``(Z) Y X``; read only if a size is missing.
    settings
        Nested settings of the recipe, such as ``{"schedule": {"minutes": 10}}``.
    preset
        ``"fast"`` or ``"paper"``.
    source
        Where the settings come from, for messages.
    note
        Called with each message about what was estimated.

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
    if data.get("rank") is None and (rank := _rank_of(images, data)):
        data["rank"] = rank
    # All other settings are validated before images are read.
    recipe, missing = open_recipe(settings, preset, source=source)
    if not missing:
        return recipe
    if images is None:
        raise AdganError(
            f"the nuclear {' and '.join(missing)} must be known: give `radius=(MIN, MAX)` "
            "and `count=(MIN, MAX)`, `like=NAME`, or images from which to estimate them"
        )
    sizes = _estimate(missing, images, recipe, note or (lambda _: None))
    refined = {"scene": {"refine": recipe.scene.refine}}
    return make_preset(preset, merged(settings, refined, sizes), source=source)


def open_recipe(
    settings: dict[str, Any], preset: Preset = "fast", *, source: str = "the recipe"
) -> tuple[Recipe, list[str]]:
    """Return a preset with some settings replaced, and the names of sizes that are not set.

    Parameters
    ----------
    settings, preset, source
        As for :func:`fit_recipe`.

    Returns
    -------
    recipe
        Contains placeholders for sizes that are not set.
    missing
        ``radius``, ``count``, both or neither.

    Raises
    ------
    AdganError
        If a setting is invalid.
    """
    scene = settings.get("scene", {})
    missing = [name for name in ("radius", "count") if scene.get(name) is None]
    stand_in: dict[str, Any] = {name: (1, 1) for name in missing}
    if len(missing) == 2 and scene.get("refine") is None:
        stand_in["refine"] = True  # the first masks measure estimated sizes more precisely
    return make_preset(preset, merged(settings, {"scene": stand_in}), source=source), missing


def _rank_of(images: Sources | None, data: dict[str, Any]) -> int | None:
    """Return 2 for images and 3 for volumes, from the settings or the first image."""
    if data.get("stack"):
        return 3
    if data.get("spacing"):
        return len(data["spacing"])
    if images is None:
        return None
    said = {name: data[name] for name in ("channel", "frames", "axes", "scene") if name in data}
    return len(open_images(images, ReadOptions(**said)).require().entries[0].shape)


def _estimate(missing: list[str], images: Sources, recipe: Recipe, note: Note) -> dict[str, Any]:
    loaded, _ = read_inputs(images, recipe)
    volumes = recipe.data.rank == 3
    found = estimate_sizes([i.pixels for i in loaded], loaded[0].spacing if volumes else None)
    radius = scene_radius(found.radius[0], found.median)
    count = found.count
    if not volumes:
        shown = radius if "radius" in missing else recipe.scene.radius
        count = scene_count(count, shown, recipe.scene.eccentricity)
    ranges = {name: {"radius": radius, "count": count}[name] for name in missing}
    words = "; ".join(f"{name} {low:.3g} to {high:.3g}" for name, (low, high) in ranges.items())
    note(f"estimated from {len(loaded)} images: {words}. {found.note}".rstrip())
    if not volumes:
        return {"scene": ranges}
    elongation = recipe.data.elongation or found.elongation
    note(f"nuclei appear {elongation:.2f} times as long along Z as wide, which is corrected")
    return {"scene": ranges, "data": {"elongation": elongation}}
