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

if TYPE_CHECKING:
    from adgan.auto.size import estimate_sizes as estimate_sizes
    from adgan.checkpoint import load as load
    from adgan.errors import AdganError as AdganError
    from adgan.evaluate import evaluate as evaluate
    from adgan.export.write import export as export
    from adgan.fit import fit_recipe as fit_recipe
    from adgan.inspection import inspect as inspect
    from adgan.io.find import find_images as find_images
    from adgan.measure import measure as measure
    from adgan.measuring.files import measure_files as measure_files
    from adgan.presets import like as like
    from adgan.presets import make_preset as make_preset
    from adgan.segmentation.segment import segment as segment
    from adgan.synthesize import synthesize as synthesize
    from adgan.train import resume as resume
    from adgan.train import train as train

    __version__: str

_HOME = {
    "AdganError": "errors",
    "estimate_sizes": "auto.size",
    "evaluate": "evaluate",
    "export": "export.write",
    "find_images": "io.find",
    "fit_recipe": "fit",
    "inspect": "inspection",
    "like": "presets",
    "load": "checkpoint",
    "make_preset": "presets",
    "measure": "measure",
    "measure_files": "measuring.files",
    "resume": "train",
    "segment": "segmentation.segment",
    "synthesize": "synthesize",
    "train": "train",
}
"""Public name to the module that defines it."""

__all__ = [
    "AdganError",
    "__version__",
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

    When the module ``adgan.train`` is imported, Python sets the attribute ``train`` of this
    package to the module. This class ignores that, so that ``adgan.train`` is always the function;
    other names of the module are still available by ``from adgan.train import ...``.
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
