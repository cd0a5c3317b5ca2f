"""Nucleus segmentation without labels: train an AD-GAN on your own images.

>>> import adgan
>>> model = adgan.train("images", "run")
>>> found = adgan.segment(model, "images", "labels")
>>> adgan.evaluate("labels", "truth").mean["f1"]

Public names are imported when they are first used, so importing the package is fast.
"""

import os
import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if sys.platform == "darwin":
    # torch reads this when it is loaded: operations that Apple's MPS lacks then run on the CPU.
    os.environ.setdefault("PYTORCH_ENABLE_MPS_FALLBACK", "1")

# GNU's OpenMP reads this when torch is loaded. Threads that wait for each other give up their core
# sooner: on a machine whose other core is busy, a training took up to a hundred times as long.
os.environ.setdefault("GOMP_SPINCOUNT", "1000")

if TYPE_CHECKING:
    from adgan.errors import AdganError as AdganError
    from adgan.export.write import export as export
    from adgan.io.find import find_images as find_images
    from adgan.io.options import ReadOptions as ReadOptions
    from adgan.measuring.files import measure_files as measure_files
    from adgan.measuring.measure import measure as measure
    from adgan.metrics.evaluate import evaluate as evaluate
    from adgan.recipe.presets import like as like
    from adgan.recipe.presets import make_preset as make_preset
    from adgan.runs.checkpoint import load as load
    from adgan.segmentation.options import SegmentOptions as SegmentOptions
    from adgan.segmentation.segment import segment as segment
    from adgan.segmentation.untrained import built_in as built_in
    from adgan.survey.fit import fit_recipe as fit_recipe
    from adgan.survey.inspect import inspect as inspect
    from adgan.survey.survey import estimate_sizes as estimate_sizes
    from adgan.synthesize import synthesize as synthesize
    from adgan.training.train import resume as resume
    from adgan.training.train import train as train

    __version__: str

_HOME = {
    "AdganError": "errors",
    "ReadOptions": "io.options",
    "SegmentOptions": "segmentation.options",
    "built_in": "segmentation.untrained",
    "estimate_sizes": "survey.survey",
    "evaluate": "metrics.evaluate",
    "export": "export.write",
    "find_images": "io.find",
    "fit_recipe": "survey.fit",
    "inspect": "survey.inspect",
    "like": "recipe.presets",
    "load": "runs.checkpoint",
    "make_preset": "recipe.presets",
    "measure": "measuring.measure",
    "measure_files": "measuring.files",
    "resume": "training.train",
    "segment": "segmentation.segment",
    "synthesize": "synthesize",
    "train": "training.train",
}
"""Public name to the module that defines it."""

__all__ = [
    "AdganError",
    "ReadOptions",
    "SegmentOptions",
    "__version__",
    "built_in",
    "estimate_sizes",
    "evaluate",
    "export",
    "find_images",
    "fit_recipe",
    "inspect",
    "like",
    "load",
    "make_preset",
    "measure",
    "measure_files",
    "resume",
    "segment",
    "synthesize",
    "train",
]


class _Package(ModuleType):
    """Imports public names on first use, and keeps modules from hiding them.

    When the module ``adgan.synthesize`` is imported, Python sets the attribute ``synthesize`` of
    this package to the module. This class ignores that, so that ``adgan.synthesize`` is always the
    function; other names of the module are available by ``from adgan.synthesize import ...``.
    """

    def __getattr__(self, name: str) -> Any:
        if name == "__version__":
            from importlib.metadata import version

            value: Any = version("adgan")
        elif name in _HOME:
            value = getattr(import_module(f"adgan.{_HOME[name]}"), name)
        else:
            raise AttributeError(f"module 'adgan' has no attribute {name!r}")
        setattr(self, name, value)
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *__all__})


sys.modules[__name__].__class__ = _Package
