import numpy as np
import pytest

from adgan.builtin import witness
from adgan.image.scale import rescale
from adgan.models.segmenter import Segmenter
from adgan.quality.confidence import estimate_confidence, simulated_solidity
from adgan.synth.masks import semantic_mask
from adgan.synth.samples import simulated_sample


@pytest.fixture(scope="module")
def sample():
    ((image, labels, _),) = simulated_sample(images=1)
    return image[:160, :192], labels[:160, :192]


@pytest.fixture
def asked(sample, tiny, monkeypatch):
    """Judge what comes of a soft mask when the network draws others in the other views."""
    recipe = tiny({"task": "instance", "data": {"crop": (64, 64)}})
    segmenter = Segmenter(recipe, None)
    image = segmenter.prepare(sample[0])

    def ask(first, *others):
        drawn = [rescale(mask, image.working.shape) for mask in (first, *others)]
        monkeypatch.setattr(
            "adgan.models.segmenter.translate_views", lambda *_, **__: iter(drawn[1:])
        )
        soft = (drawn[0] + 1) / 2
        labels = segmenter.decode(image, soft)
        testimony = witness.testify(labels, image.pixels, 2 * recipe.disc_radius)
        return labels, estimate_confidence(
            segmenter, image, soft, segmenter.predict_views(image.seen), labels, testimony
        )

    return ask


def test_a_network_that_draws_the_truth_each_time_is_trusted(sample, asked):
    true = semantic_mask(sample[1])
    labels, found = asked(true, true, true, true)
    assert len(found.nuclei) == labels.max()
    assert np.median(found.nuclei) > 0.85 and found.image > 0.8
    for values in found.reasons.values():
        assert ((values >= 0) & (values <= 1)).all() and len(values) == len(found.nuclei)


def test_what_is_not_found_again_is_not_trusted(sample, asked):
    true = semantic_mask(sample[1])
    half = true.copy()
    half[:, 96:] = -1
    labels, found = asked(true, half, half, half)
    middles = np.array([np.argwhere(labels == k)[:, 1].mean() for k in range(1, labels.max() + 1)])
    kept, lost = found.nuclei[middles < 80], found.nuclei[middles > 112]
    assert len(kept) and len(lost)
    assert np.median(kept) > 0.8 and np.median(lost) < 0.3
    assert found.image < 0.8


def test_missing_nuclei_lower_the_image_only(sample, asked):
    half = semantic_mask(sample[1])
    half[:, 96:] = -1
    _, found = asked(half, half, half, half)
    assert found.missed >= 2
    assert np.median(found.nuclei) > 0.8 and found.image < 0.85


def test_a_map_without_nuclei(sample, asked):
    nothing = np.full(sample[1].shape, -1.0)
    labels, found = asked(nothing, nothing, nothing, nothing)
    assert not labels.any() and found.nuclei.shape == (0,)
    assert found.image == 0 and found.missed > 0
    assert found.columns()["confidence"] == {}
    assert not found.paint(labels).any()


def test_columns_and_map_hold_each_nucleus(sample, asked):
    true = semantic_mask(sample[1])
    labels, found = asked(true, true, true, true)
    columns = found.columns()
    assert set(columns) == {
        "confidence", "confidence_agreement", "confidence_certainty", "confidence_shape",
        "confidence_sharpness", "confidence_witness",
    }  # fmt: skip
    assert columns["confidence"][1] == found.nuclei[0]
    painted = found.paint(labels)
    assert painted.dtype == np.float32 and painted.shape == labels.shape
    assert (painted[labels == 2] == np.float32(found.nuclei[1])).all()
    assert not painted[labels == 0].any()


def test_simulated_nuclei_are_convex(tiny):
    assert 0.88 < simulated_solidity(tiny({"data": {"crop": (64, 64)}})) < 1


def test_a_volume_is_as_sure_as_the_built_in_model_confirms(tiny, monkeypatch):
    monkeypatch.setattr("adgan.quality.confidence.simulated_solidity", lambda _: 0.9)
    ((volume, labels, spacing),) = simulated_sample("nuclei3d", images=1)
    volume, truth = volume[:, :48, :48], labels[:, :48, :48].astype(np.uint32)
    data = {"ndim": 3, "crop": (16, 32, 32), "spacing": spacing, "elongation": 1.0}
    segmenter = Segmenter(tiny({"task": "instance", "data": data}), None)
    image = segmenter.prepare(volume, spacing)
    soft, number = (rescale(semantic_mask(truth), image.working.shape) + 1) / 2, int(truth.max())
    sure, halved = (
        estimate_confidence(segmenter, image, soft, [soft], truth, witness.Testimony(heard, missed))
        for heard, missed in ((np.ones(number), 0.0), (np.full(number, 0.5), 2.0))
    )
    assert sure.nuclei.max() > 0.5 and halved.nuclei == pytest.approx(sure.nuclei / 2)
    assert (sure.missed, halved.missed) == (0, 2) and halved.image < sure.image
