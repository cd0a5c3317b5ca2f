"""Laws that hold for every scene and every mask, of any number of axes."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adgan.synth.masks import MASKS
from adgan.synth.render import render
from adgan.synth.scene import SceneSpec, sample_scene
from adgan.system.seeding import generator

FRAMES = st.integers(2, 3).flatmap(
    lambda ndim: st.tuples(
        st.tuples(*[st.integers(1, 40 if ndim == 2 else 16)] * ndim),
        st.tuples(*[st.sampled_from((0.5, 1.0, 1.7))] * ndim),
    )
)


@st.composite
def specs(draw, overlap=None):
    return SceneSpec(
        radius=draw(st.sampled_from([(2.0, 3.0), (4.0, 4.0), (5.0, 9.0)])),
        count=(5, 20),
        reference=20.0,
        eccentricity=draw(st.sampled_from([(0.0, 0.0), (0.25, 0.75), (0.9, 0.95)])),
        contact=draw(st.sampled_from([0.0, 0.5, 1.0])),
        overlap=draw(st.sampled_from([0.0, 0.3])) if overlap is None else overlap,
        irregularity=draw(st.sampled_from([0.0, 0.15])),
    )


SEEDS = st.integers(0, 2**20)


def every_level(scene):
    """Each label's level at every pixel of the frame, without bounding boxes; 0 has none."""
    centres = (np.indices(scene.shape) + 0.5).reshape(len(scene.shape), -1)
    centres *= np.array(scene.spacing)[:, None]
    levels = [n.level(centres - n.centre[:, None]) for n in scene.nuclei]
    return np.array([np.full(centres.shape[1], np.inf), *levels]).reshape(-1, *scene.shape)


@settings(deadline=None, max_examples=60)
@given(SEEDS, specs(), FRAMES)
def test_bounding_boxes_lose_nothing(seed, spec, frame):
    scene = sample_scene(generator(seed), spec, *frame)
    labels = render(scene)
    assert labels.shape == frame[0] and labels.dtype == np.uint16
    levels = every_level(scene)
    deepest = levels.min(0)
    assert ((labels > 0) == (deepest <= 1)).all()
    owner = np.take_along_axis(levels, labels[None].astype(int), 0)[0]
    assert owner[labels > 0] == pytest.approx(deepest[labels > 0])


@settings(deadline=None, max_examples=60)
@given(SEEDS, specs(overlap=0.0), FRAMES)
def test_nothing_overlaps_where_nothing_may(seed, spec, frame):
    scene = sample_scene(generator(seed), spec, *frame)
    assert (np.count_nonzero(every_level(scene) <= 1, 0) <= 1).all()
    assert len(scene.nuclei) <= scene.asked


@settings(deadline=None, max_examples=40)
@given(SEEDS, specs(), FRAMES, st.sampled_from([0.5, 4.0]))
def test_units_do_not_matter(seed, spec, frame, factor):
    shape, spacing = frame
    scaled = replace(
        spec,
        radius=tuple(factor * r for r in spec.radius),
        reference=factor * spec.reference,
    )
    here = render(sample_scene(generator(seed), spec, shape, spacing))
    wide = tuple(factor * s for s in spacing)
    assert (here == render(sample_scene(generator(seed), scaled, shape, wide))).all()


@settings(deadline=None, max_examples=40)
@given(SEEDS, specs(), FRAMES, st.sampled_from(sorted(MASKS)))
def test_masks_keep_the_foreground_and_ignore_the_order_of_labels(seed, spec, frame, name):
    shape, spacing = frame
    labels = render(sample_scene(generator(seed), spec, shape, spacing))
    mask = MASKS[name](labels, spacing)
    assert mask.dtype == np.float32 and mask.shape == shape
    assert ((mask >= 0) == (labels > 0)).all()
    assert mask.min() >= -1 and mask.max() <= 1
    order = np.zeros(int(labels.max()) + 1, np.uint16)
    order[1:] = 3 * (generator(seed).permutation(len(order) - 1) + 1)
    assert MASKS[name](order[labels], spacing) == pytest.approx(mask)
