import numpy as np
import pytest

from adgan.builtin.network import builtin_network
from adgan.errors import AdganError
from adgan.models.build import build_generator
from adgan.student.learn import Seen, teach
from adgan_bench.data import read_data
from adgan_bench.ours import paper_labels
from adgan_bench.results import Results
from adgan_bench.run import Plan, run_benchmark
from adgan_bench.systems import METHODS


@pytest.fixture
def run(data_file, tmp_path):
    """Run a system for a few steps and return its results, a line each."""

    def run(name, steps, seeds=1):
        plan = Plan([name], seeds, {"steps": steps}, "cpu")
        run_benchmark(plan, read_data(data_file), tmp_path / "out")
        return list(Results(tmp_path / "out").read())

    return run


def test_the_built_in_model_is_a_row_and_needs_no_second_seed(run):
    (record,) = run("built-in", 1, seeds=2)
    assert record["kind"] == "pretrained"
    assert record["scores"]["mean"]["f1"] > 0.7


def test_a_student_learns_for_the_whole_budget(run, monkeypatch):
    given = []

    def tutor(recipe, images, labels, seconds):
        given.append(([image.name for image in images], sorted(labels)))
        return builtin_network(recipe.data.ndim), 7

    monkeypatch.setattr("adgan_bench.ours.tutor", tutor)
    (record,) = run("student", 1)
    assert record["notes"]["steps"] == 7
    assert record["scores"]["mean"]["f1"] > 0.7
    names, labels = given[0]
    assert len(names) == 4 and not labels
    run("student-labels", 1)
    names, labels = given[1]
    assert labels == ["0", "1"]  # half of the three that have labels
    assert len(names) == 4 and set(labels) < set(names)


def test_a_student_without_time_for_a_step_says_so(run):
    (record,) = run("student", 9)  # a step of the student's takes ten
    assert "no time for a step" in record["missing"]


def test_a_band_without_labels_is_not_taught_as_background(data_file, tmp_path, monkeypatch):
    text = data_file.read_text()
    data_file.write_text(text + "    ignore_border: 10\n")
    shapes = []

    def tutor(recipe, images, labels, seconds):
        shapes.extend(one.shape for one in labels.values())
        assert {image.name: image.pixels.shape for image in images}.items() >= {
            name: one.shape for name, one in labels.items()
        }.items()

    monkeypatch.setattr("adgan_bench.ours.tutor", tutor)
    plan = Plan(["student-labels"], 1, {"steps": 1}, "cpu")
    run_benchmark(plan, read_data(data_file), tmp_path / "out")
    assert shapes == [(60, 76)] * 2


def test_the_papers_mask_is_scored_as_it_is(run, monkeypatch):
    def untrained(task, share):
        return build_generator(task.recipe), 0

    monkeypatch.setattr("adgan_bench.ours.train_adgan", untrained)
    (record,) = run("adgan-mask", 1)
    mean = record["scores"]["mean"]
    # Labels are the pieces of the mask: both cover the same pixels.
    assert mean["mask_dice"] == pytest.approx(mean["dice"], abs=1e-4)
    assert record["title"] == "AD-GAN (paper's mask)"


def test_pieces_of_a_mask_or_of_its_cores_are_nuclei(tiny):
    row = np.array([0, 0.5, 1, 1, 0.5, 0.5, 1, 0.5, 0, 0.5, 0])
    soft = np.tile(row, (3, 1))
    semantic = paper_labels(tiny(), lambda pixels: soft)(soft)
    assert semantic.max() == 2
    assert np.array_equal(semantic > 0, soft >= 0.5)
    edges = paper_labels(tiny({"scene": {"mask": "edge"}}), lambda pixels: soft)(soft)
    assert edges[0, 2] == edges[0, 3] != edges[0, 6]
    assert np.array_equal(edges > 0, soft > 0)
    assert len(np.unique(edges)) == 4  # a piece without a core keeps a label of its own


def test_a_student_with_no_source_left_is_refused(small_network):
    from adgan.builtin.reading import Reading
    from adgan.recipe.student import StudentSettings

    dark = np.zeros((64, 64), np.uint16)
    seen = Seen(dark, Reading(12.0, False, 1.0, 1.0, (1.0, 1.0)))
    with pytest.raises(AdganError, match=r"student\.scenes"):
        teach(small_network(), [seen], steps=1, settings=StudentSettings(scenes=0.0))


def test_titles_tell_students_apart():
    assert METHODS["student"].kind == "unsupervised"
    assert METHODS["student-labels"].title == "student (labels)"


@pytest.mark.parametrize("name", ["built-in", "student", "student-labels"])
def test_what_this_package_has_of_its_own_is_written_from_no_paper(name):
    assert not METHODS[name].reimplemented
