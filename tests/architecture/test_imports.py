"""What an import must not drag in; import-linter sees the rest."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"

TORCH_FREE = {"batch", "instances", "io", "labels", "measuring", "metrics", "report", "synth"}
TORCH_FREE_MODULES = [f"adgan.image.{name}" for name in ("boxes", "enlarge", "tiling")]


def loaded_after(*modules: str) -> set[str]:
    """Top-level names of everything a fresh interpreter has loaded after these imports."""
    script = "\n".join(f"import {module}" for module in modules)
    script += "\nimport json, sys\nprint(json.dumps([m.split('.')[0] for m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout))


def torch_free_modules() -> list[str]:
    """Every module, however deep, that belongs to an area that works without torch."""
    found = []
    for path in sorted((SOURCE / "adgan").rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        if parts[1] in TORCH_FREE:
            found.append(".".join(parts).removesuffix(".__init__"))
    return found


@pytest.mark.parametrize("module", ["adgan", "adgan.cli"])
def test_the_front_door_opens_at_once(module):
    heavy = {"torch", "lightning_fabric", "skimage", "scipy"}
    assert not loaded_after(module) & heavy


def test_areas_that_work_without_torch_do_not_load_it():
    modules = torch_free_modules()
    assert {module.split(".")[1] for module in modules} == TORCH_FREE
    assert not loaded_after(*modules, *TORCH_FREE_MODULES) & {"torch", "lightning_fabric"}


@pytest.mark.parametrize(("system", "given", "set_"), [
    ("darwin", None, "1"), ("darwin", "0", "0"), ("linux", None, None),
])  # fmt: skip
def test_what_mps_lacks_is_computed_on_the_cpu_unless_told_otherwise(system, given, set_):
    name = "PYTORCH_ENABLE_MPS_FALLBACK"
    script = f"""
import os, sys
sys.platform = {system!r}
os.environ.pop({name!r}, None)
if {given!r}:
    os.environ[{name!r}] = {given!r}
import adgan
assert os.environ.get({name!r}) == {set_!r}
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("given", "set_"), [(None, "1000"), ("0", "0")])
def test_threads_that_wait_give_up_their_core_unless_told_otherwise(given, set_):
    name = "GOMP_SPINCOUNT"
    environment = {key: value for key, value in os.environ.items() if key != name}
    environment |= {name: given} if given else {}
    script = f"import os, adgan; assert os.environ[{name!r}] == {set_!r}"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr


UNIX = ("resource", "fcntl", "pwd", "grp", "termios", "tty", "pty", "syslog")
EXTRAS = (
    "sklearn", "czifile", "liffile", "nd2", "zarr", "yaozarrs", "psutil", "distributed", "dask",
    "onnx", "onnxscript", "onnxruntime", "openvino", "pyarrow", "anndata", "pandas",
)  # fmt: skip
WINDOW = ("qtpy", "PySide6", "PyQt6", "PyQt5", "napari", "magicgui")
LEAST = ("torch", "lightning_fabric", "skimage", "scipy", "tifffile")

HELP = """
from adgan.cli import GROUPS, VERBS, main
assert main(["--help"]) == 0
for verb in [[v.__name__] for v in VERBS] + [[*g.name] for g in GROUPS]:
    assert main([*verb, "--help"]) == 0, verb
"""


def without(names: tuple[str, ...], script: str) -> None:
    """Run a script in a fresh interpreter that lacks some modules."""
    script = f"import sys\nsys.modules.update(dict.fromkeys({names!r}))\n{script}"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("names", [UNIX, EXTRAS, WINDOW, LEAST])
def test_the_package_and_its_help_need_little(names):
    without(names, f"import adgan\n{HELP}")


def every_module() -> list[str]:
    """Every module but what runs in environments of its own, in a viewer or on a Dask cluster."""
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        if not {"workers", "adgan_napari", "cluster"} & set(parts):
            found.append(".".join(parts).removesuffix(".__init__"))
    return found


def test_every_module_imports_without_what_only_unix_has_and_without_extras():
    without(
        (*UNIX, *EXTRAS, *WINDOW),
        f"import importlib\nfor name in {every_module()!r}:\n    importlib.import_module(name)",
    )
