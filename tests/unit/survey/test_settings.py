from dataclasses import FrozenInstanceError, fields, replace

import numpy as np
import pytest

from adgan.survey.handling import group_factors
from adgan.survey.settings import (
    BORDER,
    CORRECTIONS,
    DOUBTS,
    INPUTS,
    RANGES,
    REFINEMENT,
    SURVEYING,
    TRAITS,
)
from adgan.survey.survey import evenly_spaced

GROUPS = [
    BORDER, CORRECTIONS, DOUBTS, INPUTS, REFINEMENT, TRAITS,
    RANGES[2], SURVEYING[2],
]  # fmt: skip


@pytest.mark.parametrize("group", GROUPS)
def test_every_setting_is_explained(group):
    words = set(type(group).__doc__.replace(",", " ").split())
    assert {field.name for field in fields(group)} <= words


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_is_a_value_that_nobody_changes(group):
    with pytest.raises(FrozenInstanceError):
        setattr(group, fields(group)[0].name, 0)
    assert replace(group) == group and hash(replace(group)) == hash(group)


@pytest.mark.parametrize("settings", [RANGES, SURVEYING])
def test_images_and_volumes_have_settings(settings):
    assert settings.keys() == {2, 3}


def test_a_replaced_entry_is_what_counts(monkeypatch):
    assert group_factors([10.0, 10.0, 14.0], 10.0) == [1.0, 1.0, 1.0]
    monkeypatch.setattr("adgan.survey.handling.CORRECTIONS", replace(CORRECTIONS, magnified=1.3))
    assert np.allclose(group_factors([10.0, 10.0, 14.0], 10.0), [1.0, 1.0, 1.4])
    monkeypatch.setitem(SURVEYING, 3, replace(SURVEYING[3], images=2))
    assert evenly_spaced(30, 3) == [0, 29]
