from dataclasses import FrozenInstanceError, fields, replace

import numpy as np
import pytest

from adgan.builtin.merging import MERGING, Merging
from adgan.builtin.normalisation import measure_normalisation
from adgan.builtin.objective import LossWeights
from adgan.builtin.plan import Variation
from adgan.builtin.reading import Reading
from adgan.builtin.resample import to_working
from adgan.builtin.settings import (
    BLOCKS,
    NORMALISATION,
    SEARCH,
    TARGETS,
    TILING,
    WORKING_SCALE,
    Blocks,
    NormalisationSettings,
    Search,
    WorkingScale,
)
from adgan.builtin.windows import choose_windows
from adgan.builtin.witness import Confirmation
from adgan.system.seeding import generator

KINDS = [
    Blocks,
    Confirmation,
    LossWeights,
    Merging,
    NormalisationSettings,
    Search,
    Variation,
    WorkingScale,
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_setting_is_explained(kind):
    words = set(kind.__doc__.replace(",", " ").split())
    assert {field.name for field in fields(kind)} <= words


@pytest.mark.parametrize("kind", KINDS)
def test_a_group_is_a_value_that_nobody_changes(kind):
    with pytest.raises(FrozenInstanceError):
        setattr(kind(), fields(kind)[0].name, 0)
    assert kind() == kind() and hash(kind()) == hash(kind())


@pytest.mark.parametrize(
    "settings",
    [BLOCKS, MERGING, NORMALISATION, SEARCH, TARGETS, TILING, WORKING_SCALE],
)
def test_images_and_volumes_have_settings(settings):
    assert settings.keys() == {2, 3}


def test_a_replaced_entry_is_what_counts(monkeypatch):
    image = generator(0).gamma(2.0, 100, (300, 320)).astype(np.float32)
    seen, reading = measure_normalisation(image).apply(image), Reading(20.0, False, 1.0, 1.0)
    monkeypatch.setitem(NORMALISATION, 2, replace(NORMALISATION[2], percentiles=(5.0, 95.0)))
    assert not np.array_equal(measure_normalisation(image).apply(image), seen)
    monkeypatch.setitem(WORKING_SCALE, 2, replace(WORKING_SCALE[2], diameter=50.0, side=40))
    assert reading.scale == 2.5
    assert to_working(image, (0.1, 0.1)).shape == (40, 40)
    monkeypatch.setitem(SEARCH, 2, replace(SEARCH[2], side=100))
    (window,) = choose_windows(image, (1.0, 1.0), 1)
    assert [side.stop - side.start for side in window] == [100, 100]
