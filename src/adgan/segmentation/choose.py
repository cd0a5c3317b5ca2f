"""Choose the model: a run in memory or in its folder, or the built-in model."""

import os
from dataclasses import replace

from adgan.builtin.engines import EngineName
from adgan.errors import AdganError
from adgan.runs.checkpoint import Model, load
from adgan.segmentation.models import SegmentationModel
from adgan.segmentation.trained import Trained
from adgan.segmentation.untrained import BuiltIn, built_in
from adgan.system.device import Precision


def model_of(
    named: Model | SegmentationModel | str | os.PathLike[str] | None,
    engine: EngineName = "torch",
    precision: Precision = "auto",
) -> tuple[SegmentationModel, str]:
    """Return a model, and its name for messages.

    Parameters
    ----------
    named
        A model, a run folder, or None for the built-in model.
    engine
        Engine that runs the network of the built-in model.
    precision
        Number format of the built-in model.

    Raises
    ------
    AdganError
        If the run cannot be read, or if engine or precision is given for a run.
    """
    if named is None:
        named = built_in()
    if isinstance(named, BuiltIn):
        return replace(named, engine=engine, precision=precision), "the built-in model"
    name = "a model in memory"
    if isinstance(named, (str, os.PathLike)):
        name, named = str(named), load(named)
    if engine != "torch":
        raise AdganError(f"the engine {engine} runs only the built-in model: leave out {name}")
    if precision != "auto":
        raise AdganError(f"precision {precision} is only for the built-in model: leave out {name}")
    return Trained(named) if isinstance(named, Model) else named, name
