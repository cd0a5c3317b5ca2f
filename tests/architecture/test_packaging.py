"""Recipes for conda, Docker and Apptainer say what pyproject.toml says and rest on what exists."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from rattler_build import Stage0Recipe

from adgan.cli.doctor import DEVELOPER_EXTRAS

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONTAINERS = [ROOT / "packaging" / name for name in ("Dockerfile", "adgan.def")]
CONDA = {"torch": "pytorch", "lightning-fabric": "pytorch-lightning"}
"""Packages that conda-forge calls otherwise."""


@pytest.fixture(scope="module")
def conda():
    """The recipe as it is built."""
    (made,) = Stage0Recipe.from_file(ROOT / "packaging" / "conda" / "recipe.yaml").render()
    return made.recipe.to_dict()


def test_conda_builds_this_version_with_its_license_and_commands(conda):
    assert conda["package"] == {"name": PROJECT["name"], "version": PROJECT["version"]}
    assert conda["about"]["summary"] == PROJECT["description"]
    assert conda["about"]["license"] == PROJECT["license"]
    commands = [line.split(" = ") for line in conda["build"]["python"]["entry_points"]]
    assert dict(commands) == PROJECT["scripts"]


def test_conda_asks_for_what_pip_asks_for(conda):
    python, *found = (line.split() for line in conda["requirements"]["run"])
    assert python == ["python", PROJECT["requires-python"]]
    wanted = {}
    for one in map(Requirement, PROJECT["dependencies"]):
        wanted[CONDA.get(one.name, one.name.lower())] = one.specifier
    assert [name for name, _ in found] == list(wanted)
    for name, versions in found:
        assert Requirement(f"{name}{versions}").specifier == wanted[name], name


def test_the_dockerfile_has_no_fault_that_a_linter_knows():
    linter = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([linter, CONTAINERS[0]], capture_output=True, text=True)
    assert done.returncode == 0 and not done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("path", CONTAINERS, ids=lambda path: path.name)
def test_containers_rest_on_what_is_there(path):
    text = path.read_text(encoding="utf-8")
    python = re.search(r"^from:? python:([\d.]+)-slim$", text, re.MULTILINE | re.IGNORECASE)
    assert f"Programming Language :: Python :: {python[1]}" in PROJECT["classifiers"]
    (extras,) = re.findall(r"'\.\[([\w,]+)\]'", text)
    assert set(extras.split(",")) <= PROJECT["optional-dependencies"].keys()
    copied = re.findall(r"^ +(\S+) /src/", text, re.MULTILINE)
    for line in re.findall(r"^COPY (.*)$", text, re.MULTILINE):
        copied += line.split()[:-1]
    assert {"src", "README.md", "LICENSE", "pyproject.toml", "constraints.txt"} == set(copied)
    assert all((ROOT / name).exists() for name in copied)
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert "grep '^torch=='" in text and len(re.findall(r"^torch==", pins, re.MULTILINE)) == 1


def test_the_wheel_is_tried_with_every_extra_of_users():
    script = (ROOT / ".ci" / "wheels").read_text(encoding="utf-8")
    tried = set(re.search(r"EXTRAS:-none ([\w ]+)\}", script)[1].split())
    parts = {"czi", "lif", "nd2"}  # microscopes are these
    assert PROJECT["optional-dependencies"].keys() - parts - {"dev"} == tried
    assert {"dev"} <= set(DEVELOPER_EXTRAS)
    assert ".ci/wheels" in (ROOT / ".ci" / "weekly").read_text(encoding="utf-8")
