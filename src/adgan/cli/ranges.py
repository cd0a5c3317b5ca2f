"""The range of every numeric option, checked before any work is done.

The options that make up a recipe have their ranges in :mod:`adgan.recipe.groups`.
"""

from collections.abc import Sequence
from typing import Any

import cyclopts
from cyclopts import Parameter, Token
from cyclopts.validators import Number


def _whole(kind: Any, tokens: Sequence[Token]) -> Any:
    """Read whole numbers; cyclopts alone would read 1.5 as 2."""
    for token in tokens:
        if not token.value.lstrip("+-").isdecimal():
            raise ValueError(f"{token.value} is not a whole number")
    return cyclopts.convert(kind, tokens)


def _scene(kind: Any, tokens: Sequence[Token]) -> Any:
    return "all" if tokens[0].value == "all" else _whole(int, tokens)


def _counted(kind: Any, scene: Any) -> None:
    if isinstance(scene, int):
        Number(gte=0, lte=9_999)(int, scene)


WHOLE = Parameter(converter=_whole)
CHANNEL = Parameter(converter=_whole, validator=Number(gte=0, lte=9_999))
SCENE = Parameter(converter=_scene, validator=_counted)
SEED = Parameter(converter=_whole, validator=Number(gte=0, lte=2**53))
SEEDS = Parameter(converter=_whole, validator=Number(gte=1, lte=10_000))
STEPS = Parameter(converter=_whole, validator=Number(gte=1, lte=10**8))
BAND = Parameter(converter=_whole, validator=Number(gte=0, lte=10_000))
"""Width of a band along the image border in pixels."""
PARALLEL = Parameter(converter=_whole, validator=Number(gte=1, lte=1024))
"""Number of workers, devices or computers."""
PAIRS = Parameter(converter=_whole, validator=Number(gte=1, lte=10**6))
SIDES = Parameter(consume_multiple=True, converter=_whole, validator=Number(gte=1, lte=10**6))
"""Side lengths of an image in pixels."""
MINUTES = Parameter(validator=Number(gte=1e-3, lte=1e6))
SHARE = Parameter(validator=Number(gt=0, lt=1))
MICROMETRES = Parameter(consume_multiple=True, validator=Number(gte=1e-4, lte=1e5))
"""Pixel size in micrometres, see :data:`adgan.recipe.groups.PIXEL_SIZE_UM`."""
