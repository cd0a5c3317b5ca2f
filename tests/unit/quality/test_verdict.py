from dataclasses import replace

import pytest

from adgan.quality.score import Check
from adgan.quality.verdict import Findings, reasons_against
from adgan.recipe.quality import QualitySettings, VerdictSettings

HOW = QualitySettings()

SOUND = Findings(
    steps=300, check=Check(0.95, 0.8, 0.3, 0.0), nuclei=40, scene_radius=14, estimated_radius=12.5
)


def test_a_sound_run_has_nothing_against_it():
    assert reasons_against(SOUND, HOW) == []
    assert reasons_against(replace(SOUND, check=None), HOW) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"steps": 20}, "only 20 steps"),
        ({"estimated_radius": float("nan")}, "no nuclei stand out"),
        ({"scene_radius": 50.0}, "about 50 pixels, but the images suggest 12.5"),
        ({"scene_radius": 3.0}, "about 3 pixels"),
        ({"nuclei": 0}, "0 nuclei stand out from the noise"),
        ({"scene_room": 0.6}, "room for only 60%"),
        ({"sharpness": 0.3}, "out of focus"),
        ({"crops": 2.31}, "only 2.3 training crops"),
        ({"dark_images": 0.8}, "nuclei are darker"),
        ({"check": Check(0.9, 0.8, 0.001, 0)}, "nearly empty"),
        ({"check": Check(0.9, 0.8, 0.95, 0)}, "cover nearly everything"),
        ({"check": Check(0.9, 0.8, 0.3, 0.9)}, "the same mask"),
        ({"check": Check(0.9, -0.6, 0.3, 0)}, "masks are dark where"),
        ({"check": Check(0.9, 0.1, 0.3, 0)}, "hardly depend"),
        ({"check": Check(0.3, 0.7, 0.3, 0)}, "when the image is turned"),
    ],
)
def test_each_failure_has_its_sentence(change, words):
    reasons = reasons_against(replace(SOUND, **change), HOW)
    assert len(reasons) == 1 and words in reasons[0]


def test_the_settings_say_what_is_enough():
    strict = QualitySettings(verdict=VerdictSettings(steps=301, crops=5))
    found = replace(SOUND, crops=4.5)
    assert reasons_against(found, HOW) == []
    assert len(reasons_against(found, strict)) == 2
