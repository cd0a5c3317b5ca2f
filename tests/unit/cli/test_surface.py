"""Verbs and options are a promise: a change to them must be made here too."""

import re
from typing import get_args

from adgan.cli import GROUPS, VERBS, app, options
from adgan.recipe.groups import DataSettings, SceneSettings
from adgan.recipe.schedule import ScheduleSettings

RECIPE = {
    "--preset", "--config", "--like", "--task", "--radius", "--count",
    "--steps", "--minutes", "--seed", "--channel", "--frames", "--spacing", "--stack",
    "--axes", "--scene", "--no-pictures",
}  # fmt: skip
FILES = {"--axes", "--scene", "--include", "--exclude"}
OUTPUT = {"--output", "-o", "--overwrite"}
SURFACE = {
    "inspect": {"IMAGES", "--channel", "--frames", "--spacing", "--stack", "--json"}
    | FILES
    | OUTPUT,
    "train": {
        "IMAGES", "--resume", "--labels", "--strict", "--device", "--devices", "--nodes", "--json",
        "--show",
    }
    | FILES
    | OUTPUT
    | RECIPE,
    "segment": {
        "IMAGES", "--device", "--threshold", "--probability", "--overlay", "--symmetries",
        "--table", "--rois", "--confidence", "--spacing", "--channel", "--frames",
        "--store", "--stack", "--part", "--strict", "--engine", "--precision", "--json",
        "--no-pictures",
        "--table-format", "--exclude-border", "--series", "--workers", "--scheduler",
    } | FILES | OUTPUT,
    "evaluate": {
        "PREDICTED", "TRUTH", "--ignore-border", "--json", "--html", "--images", "--overwrite",
    },
    "measure": {
        "LABELS", "IMAGES", "--channel", "--frames", "--spacing", "--stack", "--strict", "--json",
        "--table-format", "--exclude-border",
    } | FILES | OUTPUT,
    "synthesize": {"RUN", "--number", "-n", "--size", "--seed", "--device", "--for"} | OUTPUT,
    "export": {"RUN", "--to"} | OUTPUT,
    "recipe": {"IMAGES"} | RECIPE,
    "doctor": {"--json"},
    "demo": {"--minutes", "--seed"} | OUTPUT,
}  # fmt: skip


GROUPED = {
    "benchmark run": {
        "--data", "--output", "-o", "--methods", "--experiment", "--sets", "--root", "--seeds",
        "--minutes", "--steps", "--device",
    },
    "benchmark figures": {"RESULTS", "--output", "-o", "--overwrite"},
    "benchmark setup": {"NAME"},
    "datasets list": set(),
    "datasets fetch": {"NAME", "--output", "-o", "--mirror", "--overwrite"},
    "benchmark table": {
        "RESULTS", "--csv", "--latex", "--markdown", "--html", "--pooled", "--overwrite",
    },
}  # fmt: skip


def arguments(verb):
    verb = app[verb.__name__] if callable(verb) and hasattr(verb, "__name__") else verb
    found = verb.assemble_argument_collection(
        default_parameter=app.default_parameter, parse_docstring=True
    )
    return [argument for argument in found if argument.name != "*"]  # * is a group of options


def test_verbs_and_options_are_those_promised():
    assert SURFACE == {
        verb.__name__: {name for argument in arguments(verb) for name in argument.names}
        for verb in VERBS
    }


def test_verbs_of_groups_and_their_options_are_those_promised():
    found = {}
    for group in GROUPS:
        for verb in (group[name] for name in group if not name.startswith("-")):
            collected = verb.assemble_argument_collection(
                default_parameter=app.default_parameter, parse_docstring=True
            )
            found[f"{group.name[0]} {verb.name[0]}"] = {n for a in collected for n in a.names}
            for argument in collected:
                assert argument.parameter.help, f"{verb.name} {argument.name}"
    assert found == GROUPED


def test_every_option_is_explained():
    for verb in VERBS:
        for argument in arguments(verb):
            assert argument.parameter.help, f"{verb.__name__} {argument.name}"


def test_choices_are_those_of_the_modules_that_own_them():
    from adgan.recipe.presets import Preset
    from adgan.recipe.recipe import Recipe
    from adgan.system.device import Device

    assert get_args(options.Preset) == get_args(Preset)
    assert get_args(options.Device) == get_args(Device)
    assert get_args(options.Task) == get_args(Recipe.model_fields["task"].annotation)


def numbers(verb):
    """The options of a verb that take numbers, with what is declared of them."""
    for argument in arguments(verb):
        if {"int", "float"} & set(re.findall(r"\w+", str(argument.hint))):
            yield argument.name, argument.parameter


def test_every_number_has_a_range():
    verbs = [*VERBS, *(group[name] for group in GROUPS for name in group if name[0] != "-")]
    for verb in verbs:
        for name, parameter in numbers(verb):
            assert parameter.validator or name in RECIPE, f"{verb} {name}"
    for settings in (SceneSettings, DataSettings, ScheduleSettings):
        for name, field in settings.model_fields.items():
            if f"--{name}" in RECIPE and field.annotation is not bool:
                schema = str(settings.model_json_schema()["properties"][name])
                assert "axLength" in schema or "inimum" in schema and "aximum" in schema, name


def test_every_whole_number_is_read_as_one():
    for verb in VERBS:
        for name, parameter in numbers(verb):
            assert parameter.converter or name in FRACTIONS, f"{verb.__name__} {name}"


FRACTIONS = {"--threshold", "--spacing", "--radius", "--count", "--minutes"}
