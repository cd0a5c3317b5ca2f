"""What all value types have in common: nobody changes one that somebody else holds."""

import ast
from pathlib import Path

import pytest

import adgan

SOURCE = Path(adgan.__file__).parents[1]
STATE = {
    "adgan.io.windows:Windows",
    "adgan.models.adgan:Passes",
    "adgan_napari.jobs:Job",
    "adgan_napari.looking:Findings",
    "adgan_napari.review:Review",
    "adgan.segmentation.canvas:Assembled",
    "adgan.segmentation.canvas:Canvas",
    "adgan.segmentation.folder:Results",
    "adgan.testing.faults:Fault",
    "adgan_bench.rivals.cyclegan:Cycles",
}
"""Dataclasses that are no values: what they hold changes while work goes on."""


def dataclasses():
    """Return how each dataclass of both packages is declared, by its module and its name."""
    declared = {}
    for path in sorted(SOURCE.glob("adgan*/**/*.py")):
        module = ".".join(path.relative_to(SOURCE).with_suffix("").parts)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for decorator in getattr(node, "decorator_list", []):
                if ast.unparse(decorator).startswith(("dataclass", "dataclasses.dataclass")):
                    declared[f"{module}:{node.name}"] = ast.unparse(decorator)
    return declared


DATACLASSES = dataclasses()


@pytest.mark.parametrize(("place", "declared"), DATACLASSES.items(), ids=DATACLASSES)
def test_a_value_is_frozen(place, declared):
    assert ("frozen=True" in declared) == (place not in STATE)


def test_what_holds_state_is_there():
    assert DATACLASSES.keys() >= STATE
