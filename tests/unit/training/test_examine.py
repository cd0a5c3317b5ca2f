import shutil
from dataclasses import asdict, replace

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from adgan.io import load_images, write_json
from adgan.quality.score import Check
from adgan.runs import RUN
from adgan.runs.checkpoint import fingerprint, load
from adgan.runs.record import read_run
from adgan.survey.inputs import survey_inputs
from adgan.training.examine import examine

SOUND = Check(0.95, 0.8, 0.3, 0.0)


class Echo:
    """A generator whose mask is the image itself."""

    def __init__(self, generator):
        self.parameters, self.width = generator.parameters, generator.width

    def translate(self, x, source, norm):
        return x


def echo(run_folder):
    model = load(run_folder)
    object.__setattr__(model, "generator", Echo(model.generator))
    return model


def examined(model, pixels):
    loaded = load_images(pixels)
    return examine(model, loaded, survey_inputs(loaded), SOUND, 300)


def test_nuclei_that_are_there_are_counted(run_folder, images):
    verdict = examined(echo(run_folder), images)
    assert verdict.healthy and verdict.nuclei > 10 and verdict.score == pytest.approx(0.76)


def test_a_run_remembers_how_far_it_agrees_with_the_built_in_model(run_folder, images, tmp_path):
    verdict = examined(echo(run_folder), images)
    assert verdict.agreement.f1 > 0.5 and 0.5 < verdict.agreement.size < 2
    shutil.copytree(run_folder, tmp_path / "run")
    entry = asdict(verdict)
    entry["agreement"]["later"] = 1  # a field of a later version
    write_json(tmp_path / "run" / RUN, read_run(tmp_path / "run") | {"verdict": entry})
    model = load(tmp_path / "run")
    assert model.agreement == verdict.agreement
    assert fingerprint(model) != fingerprint(load(run_folder))


def test_noise_is_no_nucleus(run_folder):
    noise = [np.random.default_rng(k).poisson(50, (80, 96)).astype(np.uint16) for k in range(2)]
    verdict = examined(echo(run_folder), noise)
    assert not verdict.healthy
    assert "no nuclei stand out" in verdict.reasons[0]


def test_scenes_that_cannot_hold_their_nuclei_are_seen(run_folder, images):
    model = echo(run_folder)
    crowded = model.recipe.with_scene(count=(900, 1000))
    verdict = examined(replace(model, recipe=crowded), images)
    assert "scenes have room for only" in verdict.reasons[0]


def test_images_out_of_focus_are_seen(run_folder, images):
    blurred = [gaussian_filter(image.astype(float), 7) for image in images]
    verdict = examined(echo(run_folder), blurred)
    assert any("out of focus" in reason for reason in verdict.reasons)


def test_an_image_smaller_than_a_few_crops_is_too_little(run_folder, images):
    verdict = examined(echo(run_folder), [images[0][:50, :50]])
    assert any("training crops, too few" in reason for reason in verdict.reasons)


def test_negatives_that_were_not_inverted_are_seen(run_folder, images):
    negatives = [image.max() - image for image in images]
    model = echo(run_folder)
    data = model.recipe.data.model_copy(update={"adapt": False})
    plain = replace(model, recipe=model.recipe.model_copy(update={"data": data}))
    verdict = examined(plain, negatives)
    assert any("darker than their surroundings" in reason for reason in verdict.reasons)
