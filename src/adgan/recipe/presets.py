"""Presets: complete settings by name, and the paper's sizes by data set (Table 9)."""

from typing import Any, Literal

from adgan.errors import AdganError
from adgan.recipe.groups import REFERENCE_CROP
from adgan.recipe.recipe import Recipe, make_recipe
from adgan.recipe.settings import merged

Preset = Literal["fast", "paper"]

FAST: dict[str, Any] = {"schedule": {"minutes": 5}}
"""The defaults of :mod:`adgan.recipe.recipe`, chosen for two CPU cores, and five minutes of
training."""

PAPER: dict[str, Any] = {
    "network": {
        "width": 64,
        "discriminator_width": 64,
        "blocks": 4,
        "kernel": 7,
        "smooth": False,
    },
    "loss": {"noise": 0.0, "history": 50, "bright": 0.0},
    "scene": {"contact": 0.0, "overlap": 0.0, "irregularity": 0.0, "eccentricity": (0.25, 0.75)},
    "data": {
        "working_radius": None,
        "gamma": 1.0,
        "percentiles": (0, 100),
        "even": None,
        "adapt": False,
        "crop": REFERENCE_CROP[2],
        "batch": 8,
    },
    "umpire": False,
    "schedule": {"steps": 10_000, "rate": 2e-4, "restarts": (1.0,), "check_every": None},
}
"""Sections 4.2 and 5.3, with the learning rate and batch of the released experiments (8 + 8)."""

VOLUMES: dict[str, dict[str, Any]] = {
    "fast": {
        "network": {"planes": True},
        "scene": {"contact": 0.4},
        "data": {"working_radius": 8.0, "crop": (64, 64, 64)},
    },
    "paper": {
        "network": {"width": 32, "discriminator_width": 32},
        "data": {"crop": REFERENCE_CROP[3], "batch": 4, "isotropic": True, "elongation": 1.0},
    },
}
"""Differences for volumes; the paper halves the width and uses cubic voxels (4.4, 5.3.1)."""

LIKE: dict[str, dict[str, Any]] = {
    "hela": {"radius": (13, 18), "count": (5, 40)},
    "hela-instance": {"radius": (13, 18), "count": (10, 40)},
    "hacat": {"radius": (20, 30), "count": (5, 15)},
    # Table 9 has 15 to 23 and 4 to 12 nuclei, at half the resolution of the published images.
    "gowt1": {"radius": (30, 46), "count": (1, 3)},
    "simplus": {"radius": (23, 35), "count": (5, 13)},
    # Not in the paper; sizes from the description of the data set.
    "bbbc039": {"radius": (12, 19), "count": (10, 60)},
}
"""Semi-major axis in pixels and nuclei per 256 x 256 pixels, from Table 9 (5.3.2)."""

LIKE_VOLUMES: dict[str, dict[str, Any]] = {
    # The 13 to 15 nuclei of this size in Table 9 do not fit into its crop; the data set has 20 in
    # a volume of 129 x 565 x 807 voxels.
    "bbbc024": {"radius": (30, 35), "count": (0.2, 0.5)},
    # The files already have the half size of Table 9.
    "scaffold-a549": {"radius": (10, 15), "count": (50, 100)},
    # Halved in Table 9: the files have twice the size and an eighth of the nuclei.
    "ce": {"radius": (20, 36), "count": (0.25, 7.5)},
    "cho": {"radius": (15, 30), "count": (6, 16)},
    "simplus-3d": {"radius": (20, 30), "count": (0.25, 3)},
}
"""The same per 64 x 128 x 128 voxels, for cubic voxels with the side of the files' pixels."""


def like(name: str) -> dict[str, Any]:
    """Return the scene settings of a data set from Table 9 of the paper.

    Raises
    ------
    AdganError
        If the name is unknown; the message lists the known ones.
    """
    if name in LIKE:
        return {"scene": LIKE[name]}
    if name in LIKE_VOLUMES:
        return {"scene": LIKE_VOLUMES[name], "data": {"ndim": 3}}
    known = ", ".join(LIKE | LIKE_VOLUMES)
    raise AdganError(f"no sizes are known for '{name}': choose one of {known}")


def make_preset(name: Preset = "fast", *over: dict[str, Any], source: str = "the recipe") -> Recipe:
    """Return a preset with some settings replaced; later ones override earlier.

    Parameters
    ----------
    name
        ``"fast"`` or ``"paper"``; with :data:`adgan.recipe.presets.VOLUMES` if the settings ask for
        volumes (three axes).
    *over
        Nested settings: ``like(...)``, those of a file, those of the command line.
    source
        Where the last settings come from, for error messages.

    Returns
    -------
    Recipe

    Raises
    ------
    AdganError
        If a setting is unknown or out of range.
    """
    settings: dict[str, Any] = {"fast": FAST, "paper": PAPER}[name]
    given = [layer["data"]["ndim"] for layer in over if layer.get("data", {}).get("ndim")]
    if given and given[-1] == 3:
        settings = merged(settings, VOLUMES[name], {"data": {"ndim": 3}})
    for layer in over:
        # A length in minutes replaces an earlier one in steps, and vice versa.
        length = {k for k in _LENGTHS if layer.get("schedule", {}).get(k) is not None}
        if length:
            schedule = {k: v for k, v in settings.get("schedule", {}).items() if k not in _LENGTHS}
            settings = {**settings, "schedule": schedule}
        settings = merged(settings, layer)
    return make_recipe(settings, source)


_LENGTHS = ("steps", "minutes")
