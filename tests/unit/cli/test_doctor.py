"""What is here, what is missing, and the command that brings it."""

import json
from importlib import import_module, metadata

import pytest
import torch

module = import_module("adgan.cli.doctor")  # the name in adgan.cli is that of the verb

ASKED = [
    "numpy>=2",
    "psutil>=6; sys_platform == 'win32'",
    "torch>=900",
    "nd2>=0.10; extra == 'nd2'",
    "nowhere-to-be-found>=1; extra == 'odd'",
]


@pytest.fixture
def machine(monkeypatch):
    """A package that asks for things of which some are not there."""
    about = metadata.metadata("adgan")
    monkeypatch.setattr(module.metadata, "requires", lambda _: ASKED)
    monkeypatch.setattr(about, "get_all", lambda _: ["nd2", "odd", "dev"], raising=False)
    monkeypatch.setattr(module.metadata, "metadata", lambda _: about)


def test_versions_devices_memory_and_readers_are_told(run):
    code, out, err = run("doctor")
    assert (code, err) == (0, "")
    lines = dict(line.split(None, 1) for line in out.splitlines())
    assert {"adgan", "python", "torch", "device", "memory", "readers"} <= lines.keys()
    assert lines["numpy"] == metadata.version("numpy")
    assert "GiB free" in lines["memory"] and "TIFF" in lines["readers"]


def test_of_mps_it_is_told_what_becomes_of_what_it_lacks(run, monkeypatch):
    device = import_module("adgan.system.device")
    monkeypatch.setattr(device, "choose_device", lambda name: torch.device("mps"))
    _, out, _ = run("doctor")
    assert "mps (auto); unsupported operations run on the CPU" in out


def test_what_is_missing_comes_with_the_command_that_brings_it(run, machine):
    code, out, err = run("doctor")
    assert code == 2 and "torch must be installed: pip install" in err
    assert "nowhere-to-be-found: pip install 'adgan[odd]'" in out and "adgan[nd2]" not in out


def test_the_same_for_programs(run, machine):
    code, out, _ = run("doctor", "--json")
    told = json.loads(out)
    assert code == 2 and told["missing"] == ["torch"]
    assert told["extras"] == {"odd": ["nowhere-to-be-found"]}
    assert told["facts"]["adgan"] == metadata.version("adgan")
