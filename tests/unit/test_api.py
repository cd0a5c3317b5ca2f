"""The public names are what they say, whatever was imported before."""

import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from types import ModuleType

import pytest

import adgan


def test_every_public_name_comes_from_its_module():
    for name, home in adgan._HOME.items():
        module = import_module(f"adgan.{home}")
        assert getattr(adgan, name) is getattr(module, name)
        assert callable(getattr(adgan, name))
    assert set(adgan.__all__) == {*adgan._HOME, "__version__"}


def test_a_module_of_the_same_name_does_not_hide_a_function():
    from adgan.training.train import RunState  # noqa: F401

    import_module("adgan.segmentation.segment")
    from adgan import segment, train

    assert not isinstance(train, ModuleType) and not isinstance(segment, ModuleType)
    assert train.__module__ == "adgan.training.train"
    assert segment.__module__ == "adgan.segmentation.segment"
    assert isinstance(sys.modules["adgan.training.train"], ModuleType)


@pytest.mark.parametrize(
    "before",
    [
        "import adgan",
        "import adgan.metrics.evaluate",
        "from adgan.metrics.evaluate import Evaluation",
        "import adgan; adgan.evaluate",
        "from adgan import evaluate",
    ],
)
def test_order_of_imports_does_not_matter(before):
    script = f"{before}\nimport adgan, adgan.metrics.evaluate, adgan.report\n"
    script += "assert adgan.evaluate.__qualname__ == 'evaluate' and callable(adgan.evaluate)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_other_modules_and_unknown_names_are_as_in_any_package():
    from adgan import errors

    assert isinstance(errors, ModuleType) and adgan.errors is errors
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = adgan.nothing
    assert set(adgan.__all__) <= set(dir(adgan))


def test_the_version_is_that_of_the_installed_package():
    assert adgan.__version__ == version("adgan")
