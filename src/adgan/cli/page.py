"""What a run folder says about itself, for its page."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adgan.recipe import Recipe

PANEL = (
    "Left half: images of the microscope; right half: simulated masks. Rows from the top: the "
    "input, its reconstruction, its translation to the other kind, and that one cycled back."
)


def run_content(run: Path) -> dict[str, Any]:
    """Return the facts, recipe, curves and last panel of a run as `run_page` takes them.

    Parameters
    ----------
    run
        A run folder whose training has ended.

    Returns
    -------
    dict
        Keyword arguments of `adgan.report.run_page`.
    """
    from adgan.audit import audit
    from adgan.checkpoint import CHECKS, CURVE, RECIPE, load, read_rows, read_run
    from adgan.cli.progress import duration
    from adgan.recipe import read_recipe

    about, recipe = read_run(run), read_recipe(run / RECIPE)
    panels = sorted((run / "panels").glob("step_*.png"))
    return {
        "facts": {
            "training images": len(about["inputs"]),
            "steps": about["steps"],
            "time": duration(about["seconds"]),
            "sizes": _sizes(recipe, about),
            "ended": "as planned" if about["finished"] else "stopped early",
            "verdict": "; ".join(about["verdict"]["reasons"]) or "looks sound",
            "masks to images and back": str(audit(load(run))),
            **{f"version of {name}": text for name, text in about["versions"].items()},
        },
        "recipe": recipe.model_dump(mode="json"),
        "curve": read_rows(run / CURVE),
        "checks": read_rows(run / CHECKS),
        "panel": panels[-1] if panels else None,
        "panel_text": PANEL,
    }


def _sizes(recipe: "Recipe", about: dict[str, Any]) -> str:
    """Say which radii scenes showed, and which before the first masks showed others."""
    low, high = recipe.scene.radius
    words = f"radius {low:.3g} to {high:.3g} px"
    then = about.get("refined")
    if then is None or tuple(then["before"]["radius"]) == (low, high):
        return words
    low, high = then["before"]["radius"]
    return words + f", by the masks of step {then['step']}; {low:.3g} to {high:.3g} before"
