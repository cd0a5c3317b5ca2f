"""What a student learns from, and that it learns."""

import numpy as np
import pytest
from scipy import ndimage

from adgan.builtin.plan import PLANS
from adgan.builtin.reading import Reading
from adgan.errors import AdganError
from adgan.recipe.student import (
    LessonSettings,
    SimulationSettings,
    StudentSettings,
)
from adgan.runs.weights import load_student
from adgan.student.alike import crowding, knobs_like
from adgan.student.learn import Seen, teach
from adgan.student.lesson import Lesson, ask_teacher, take_labels, window
from adgan.synth.knobs import knobs_of
from adgan.synth.randomised import random_scene
from adgan.system.seeding import generator

LESSON, SIMULATION = LessonSettings(), SimulationSettings()


def scene(ndim=2, radius=10.0, gap=26, sides=(120, 130)):
    """A lesson of discs or balls on a grid, each as bright as its place says."""
    shape = sides if ndim == 2 else (30, 60, 60)
    grid = np.stack(np.meshgrid(*[np.arange(n) for n in shape], indexing="ij"), axis=-1)
    step = gap if ndim == 2 else gap // 2
    r = radius if ndim == 2 else radius / 2
    centre = (np.round(grid / step - 0.5) + 0.5) * step
    inside = np.linalg.norm(grid - centre, axis=-1) < r
    labels = ndimage.label(inside)[0].astype(np.uint32)
    number = int(labels.max())
    intensity = 10 + generator(0).normal(0, 0.5, shape) + (20 + labels % 7) * inside
    cut = np.zeros(number + 1, bool)
    for axis in range(ndim):
        for end in (0, -1):
            cut[np.unique(np.take(labels, end, axis))] = True
    return Lesson(
        intensity.astype(np.float32), labels, np.ones(shape, bool), np.ones(number), cut[1:]
    )


def test_crowding_is_the_share_that_touches():
    labels = np.zeros((30, 60), np.uint32)
    labels[5:15, 5:15], labels[5:15, 15:25], labels[5:15, 40:50] = 1, 2, 3
    lesson = Lesson(labels * 1.0, labels, labels >= 0, np.ones(3), np.zeros(3, bool))
    assert crowding([lesson]) == pytest.approx(2 / 3)


def test_scenes_take_the_sizes_that_were_found():
    small, large = (knobs_like([scene(radius=r)], SIMULATION).radius for r in (6.0, 12.0))
    assert small[1] < large[1] and small[0] < 6 < small[1] and large[0] < 12 < large[1]
    nothing = Lesson(
        np.zeros((9, 9)),
        np.zeros((9, 9), np.uint32),
        np.ones((9, 9), bool),
        np.zeros(0),
        np.zeros(0, bool),
    )
    assert knobs_like([nothing], SIMULATION) == knobs_of(2)


def test_a_window_is_continued_where_the_image_is_smaller_and_teaches_nothing_there():
    intensity, labels, certain = window(generator(0), scene(sides=(50, 130)), (80, 90))
    assert intensity.shape == labels.shape == certain.shape == (80, 90)
    assert not certain[50:].any() and not labels[50:].any() and certain[:50].all()


def test_labels_are_taken_at_the_working_size(small_network):
    truth = np.kron(scene().labels, np.ones((2, 2), np.uint32)).astype(np.uint32)
    lesson = take_labels(truth * 3.0, truth, Reading(50.0, False, 1.0, 1.0))
    assert lesson.labels.shape == (120, 130) and lesson.certain.all()
    assert len(lesson.confidence) == truth.max() and lesson.cut.any() and not lesson.cut.all()


def test_a_teacher_is_believed_where_it_is_sure(small_network):
    image = generator(0).random((90, 100))
    lesson = ask_teacher(small_network(), image, Reading(25.0, False, 1.0, 1.0), LESSON)
    assert lesson.labels.shape == lesson.certain.shape == lesson.intensity.shape
    believed = np.unique(lesson.labels[lesson.labels > 0])
    assert (lesson.confidence[believed - 1] >= 0.6).all()


@pytest.mark.parametrize("ndim", [2, 3])
def test_a_student_learns_and_the_teacher_stays_as_it_is(small_network, ndim, monkeypatch):
    network = small_network(ndim, (4, 6))
    sides = (48, 48) if ndim == 2 else (20, 24, 24)
    made = random_scene(generator(3), tuple(2 * n for n in sides))
    reading = Reading(25.0 if ndim == 2 else 12.5, False, 1.0, 1.0, (1.0,) * ndim)
    lesson = take_labels(made.image, made.labels, reading)
    before = {n: w.clone() for n, w in network.module.state_dict().items()}
    plan = PLANS[ndim]
    monkeypatch.setitem(PLANS, ndim, type(plan)(ndim=ndim, scene=sides, crop=sides))
    settings = StudentSettings(rate=1e-2, average=0.5)
    shares = []
    student, steps = teach(
        network, [Seen(made.image, reading)], steps=12, settings=settings, labelled=[lesson],
        watch=shares.append,
    )  # fmt: skip
    assert steps == 12 and shares == sorted(shares)
    for name, weight in network.module.state_dict().items():
        assert (weight == before[name]).all()
    assert any((student.module.state_dict()[n] != w).any() for n, w in before.items())
    again, _ = teach(
        network, [Seen(made.image, reading)], steps=12, settings=settings, labelled=[lesson]
    )
    for name, weight in student.module.state_dict().items():
        assert (weight == again.module.state_dict()[name]).all()


def test_a_student_that_is_stopped_is_what_it_was(small_network):
    network = small_network()
    student, steps = teach(
        network, [Seen(np.eye(60), Reading(25.0, False, 1.0, 1.0))], steps=5, stopped=lambda: True
    )
    assert steps == 0
    for name, weight in student.module.state_dict().items():
        assert (weight == network.module.state_dict()[name]).all()


def test_weights_are_read_back_and_others_refused(tmp_path):
    from safetensors.torch import save_file

    from adgan.builtin.learn import halved
    from adgan.builtin.network import builtin_network

    network, path = builtin_network(), tmp_path / "student.safetensors"
    save_file(halved(network.module), path)
    read = load_student(path, 2)
    for name, weight in network.module.state_dict().items():
        assert read.module.state_dict()[name] == pytest.approx(weight.numpy(), abs=2e-3)
    broken = halved(network.module)
    broken["head.bias"] = broken["head.bias"] * float("nan")
    save_file(broken, path)
    with pytest.raises(AdganError, match="student"):
        load_student(path, 2)
    path.write_bytes(b"nothing")
    with pytest.raises(AdganError, match="damaged"):
        load_student(path, 2)
