"""What was logged is what a training is rebuilt from, also after it was killed or went back."""

import json
import math

import pytest

from adgan.errors import AdganError
from adgan.runs import LOG
from adgan.runs.log import append, read_log, rewind, write_start

INPUTS = [{"name": "a", "shape": (9, 9), "spacing": None, "sha256": "0" * 64}]


@pytest.fixture
def run(tiny, tmp_path):
    """A folder whose log has a start and three steps."""
    write_start(tmp_path, tiny(), INPUTS, {"a": "1"}, ["b"])
    for step in (1, 2, 3):
        append(tmp_path, "step", step, row={"restart": 0, "rec": 1.0 / step, "seconds": step})
    return tmp_path


def lines(folder):
    return (folder / LOG).read_text().splitlines()


def test_a_log_tells_settings_inputs_and_rows(run, tiny):
    past = read_log(run)
    assert past.recipe == tiny() and past.about["left_out"] == ["b"]
    assert past.about["inputs"][0]["name"] == "a" and past.about["student"]["labels"] == {"a": "1"}
    assert [row["step"] for row in past.curve] == [1, 2, 3] and past.curve[1]["rec"] == 0.5
    assert isinstance(past.curve[0]["restart"], int)


def test_a_start_tells_what_its_log_does(tiny, tmp_path):
    assert write_start(tmp_path, tiny(), INPUTS) == read_log(tmp_path)


def test_later_events_are_taken_back_and_stay_in_the_log(run, tiny):
    scene = tiny().with_scene(radius=(9.0, 11.0)).scene.model_dump(mode="json")
    append(run, "scenes", 3, scene=scene, about={"usual_radius": 4.0})
    assert read_log(run).recipe.scene.radius == (9.0, 11.0)
    before = lines(run)
    past = rewind(run, 2)
    assert past.recipe == tiny() and past.about["usual_radius"] is None
    assert [row["step"] for row in past.curve] == [1, 2]
    assert lines(run)[:-1] == before
    append(run, "step", 3, row={"restart": 1})
    assert [row["restart"] for row in read_log(run).curve] == [0, 0, 1]


def test_the_latest_check_tells_the_consensus_of_all(run):
    append(run, "check", 2, row={"restart": 0, "score": 0.5, "consensus": 0.0}, consensus=[0.0])
    append(
        run, "check", 3, row={"restart": 0, "score": 0.6, "consensus": 0.0}, consensus=[0.7, 0.8]
    )
    checks = read_log(run).checks
    assert [check["consensus"] for check in checks] == [0.7, 0.8]
    assert [check["step"] for check in checks] == [2, 3]


def test_numbers_that_are_not_finite(run):
    append(run, "step", 4, row={"restart": 0, "rec": math.inf, "adv": math.nan})
    assert json.loads(lines(run)[-1], parse_constant=pytest.fail)["row"]["rec"] is None
    row = read_log(run).curve[-1]
    assert math.isnan(row["rec"]) and math.isnan(row["adv"])


def test_a_line_that_a_killed_process_did_not_finish(run):
    with (run / LOG).open("a") as file:
        file.write('{"event": "step", "st')
    assert len(read_log(run).curve) == 3
    assert len(rewind(run, 3).curve) == 3
    append(run, "step", 4, row={"restart": 0})
    assert len(read_log(run).curve) == 4


def test_a_verdict_that_a_killed_process_did_not_finish_is_given_again(run):
    append(run, "note", 3, about={"finished": True})
    with (run / LOG).open("a") as file:
        file.write('{"event": "note", "step": 3, "about": {"verd')
    assert len(rewind(run, 3).curve) == 3
    append(run, "note", 3, about={"verdict": {"healthy": True, "reasons": []}})
    past = read_log(run)
    assert past.about["verdict"]["healthy"] and past.about["finished"]


def test_a_finished_training_is_not_taken_back(run):
    verdict = {"healthy": True, "reasons": []}
    append(run, "note", 3, about={"finished": True, "verdict": verdict})
    before = lines(run)
    assert len(rewind(run, 1).curve) == 3 and lines(run) == before


def test_a_run_of_before_there_was_a_log(run):
    (run / LOG).unlink()
    with pytest.raises(AdganError, match=r"cannot be resumed without its events.jsonl, which earl"):
        read_log(run)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{]", "line 2 is not JSON"),
        ("[1]", "line 2, "),
        ('{"step": 1}', "line 2, event: Field required"),
        ('{"event": "step", "step": -1}', "line 2, step: "),
        ('{"event": "check", "step": 1, "consensus": ["a"]}', "line 2, consensus.0: "),
        ('{"event": "note", "step": 1, "about": {"inputs": 3}}', "inputs: "),
    ],
)
def test_a_damaged_log(run, line, words):
    first, _, *more = lines(run)
    (run / LOG).write_text("\n".join([first, line, *more]))
    with pytest.raises(AdganError, match=words):
        read_log(run)


def test_a_log_without_a_start(run):
    (run / LOG).write_text("\n".join(lines(run)[1:]))
    with pytest.raises(AdganError, match="does not begin with a start"):
        read_log(run)


def test_settings_that_are_none(run):
    start = json.loads(lines(run)[0])
    start["recipe"]["network"]["width"] = -3
    (run / LOG).write_text(json.dumps(start))
    with pytest.raises(AdganError, match="network.width"):
        read_log(run)
