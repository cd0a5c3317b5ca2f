import pytest

from adgan.errors import AdganError
from adgan.recipe.schedule import ScheduleSettings
from adgan.runs.log import Past
from adgan.training.course import CHECKED, Course, best_of, choose, course_of


def course_with(steps=None, minutes=None, **settings):
    return Course(ScheduleSettings(steps=steps, minutes=minutes, **settings), [], [])


def run(course, pace=0.1, scores=None, most=10_000):
    """Step to the end as training does; return the steps of every try and the rates."""
    lengths, rates = [], []
    for number in range(1, most + 1):
        if course.finished:
            break
        if course.over:
            lengths.append(course.step)
            course.next_restart()
        rates.append(course.rate)
        row = {"step": number, "restart": course.restart, "seconds": number * pace}
        course.curve.append(row)
        if scores and course.due:
            course.checks.append({**row, "score": next(scores), "consensus": 1.0})
    return [*lengths, course.step], rates


def test_steps_are_shared_among_tries():
    lengths, rates = run(course_with(900, restarts=(1.0, 0.5, 1.0), rate=1e-3))
    assert lengths == [300, 300, 300]
    assert rates[0] == rates[150] == 1e-3 and rates[300] == 5e-4
    assert rates[299] == pytest.approx(2e-3 / 300)


@pytest.mark.parametrize(
    ("steps", "expected"), [(10, [10]), (299, [299]), (300, [150, 150]), (449, [225, 224])]
)
def test_few_steps_allow_fewer_tries(steps, expected):
    assert run(course_with(steps, restarts=(1.0, 1.0, 1.0)))[0] == expected


def test_a_restart_is_as_short_as_the_settings_say():
    assert run(course_with(300, restarts=(1.0, 1.0, 1.0), restart_steps=100))[0] == [100, 100, 100]


def test_minutes_are_shared_among_tries():
    lengths, _ = run(course_with(minutes=2, restarts=(1.0, 1.0, 1.0)))
    assert sum(lengths) == 1200
    assert lengths == pytest.approx([400, 400, 400], abs=2)


def test_a_slow_machine_has_time_for_fewer_tries():
    lengths, rates = run(course_with(minutes=2, restarts=(1.0, 1.0, 1.0)), pace=0.5)
    assert lengths == [240]
    assert rates[-1] < 0.05 * rates[0]


def test_a_try_ends_when_its_score_no_longer_rises():
    settings = {"restarts": (1.0, 1.0), "check_every": 50, "patience": 3}
    scores = iter([0.1, 0.2, 0.2, 0.2, 0.2] + [0.1 * k for k in range(1, 8)])
    course = course_with(600, **settings)
    lengths, _ = run(course, scores=scores)
    assert lengths == [250, 350]
    assert course.chosen["step"] == 600
    assert course.steps_until(course.chosen) == 350


def test_a_try_ends_when_its_numbers_do():
    course = course_with(900, restarts=(1.0, 1.0))
    for number in range(1, 21):
        course.curve.append({"step": number, "restart": 0, "seconds": 0.1 * number, "rec": 1.0})
    assert not course.broke and not course.over
    course.curve.append({"step": 21, "restart": 0, "seconds": 2.1, "rec": float("nan")})
    assert course.broke and course.over and not course.finished
    again = Course(course.schedule, course.curve, [])
    assert again.over and not again.finished
    again.next_restart()
    assert not again.over
    again.curve.append({"step": 22, "restart": 1, "seconds": 2.2, "rec": float("inf")})
    assert again.finished


def test_all_follows_from_what_was_written():
    whole = course_with(900, restarts=(1.0, 0.5, 1.0))
    run(whole)
    for stop in (1, 299, 300, 301, 899, 900):
        rows = whole.curve[:stop]
        again = Course(whole.schedule, rows, [])
        assert again.restart == rows[-1]["restart"]
        assert again.step == stop - [r["restart"] for r in rows].index(again.restart)
        assert again.over == (stop % 300 == 0)
        assert again.finished == (stop == 900)


def test_the_share_rises_to_one():
    course = course_with(2 * 150, restarts=(1.0, 1.0))
    assert course.share == 0
    run(course, most=150)
    assert course.share == 0.5
    run(course)
    assert course.share == 1


def test_masks_that_others_draw_too_are_chosen_if_their_score_is_sound():
    checks = [
        {"score": 0.5, "consensus": 0.99},
        {"score": 0.88, "consensus": 0.97},
        {"score": 0.9, "consensus": 0.95},
        {"score": 0.87, "consensus": 0.97},
    ]
    assert choose(checks, 0.9) is checks[1]
    assert choose([{"score": 0.0, "consensus": 0.0}] * 2, 0.9)["score"] == 0
    assert choose(checks, 0.98) is checks[2] and choose(checks, 0.5) is checks[0]


def test_a_score_must_rise_clearly_to_count():
    assert best_of([0.5], 0.05) == 0
    assert best_of([0.5, 0.505, 0.6, 0.61, 0.59], 0.05) == 2
    assert best_of([0.0, 0.0, 0.3], 0.05) == 2


SCHEDULE = ScheduleSettings(steps=900, restarts=(1.0, 1.0))
ROWS = [{"step": k, "restart": 0, "rec": 1.0, "seconds": float(k)} for k in (1, 2, 3)]
CHECK = dict.fromkeys(CHECKED, 0.5) | {"step": 2, "restart": 0}


def past(curve=(), checks=()):
    return Past(None, {}, list(curve), list(checks))


def test_a_training_that_has_not_begun():
    assert course_of(past(), SCHEDULE, 0).step == 0


def test_a_course_has_the_rows_of_the_log():
    course = course_of(past(ROWS, [CHECK]), SCHEDULE, 3)
    assert course.step == 3 and course.seconds == 3 and course.checks == [CHECK]


@pytest.mark.parametrize(
    "change",
    [
        {"step": 7},
        {"restart": 2},
        {"restart": -1},
        {"seconds": float("nan")},
        {"seconds": -1.0},
        {"seconds": 1e9},
    ],
)
def test_a_log_that_is_another_runs(change):
    curve = [ROWS[0], ROWS[1] | change, ROWS[2]]
    with pytest.raises(AdganError, match="events.jsonl does not belong to the saved state"):
        course_of(past(curve), SCHEDULE, 3)


def test_a_log_shorter_than_its_state():
    with pytest.raises(AdganError, match="events.jsonl does not belong to the saved state"):
        course_of(past(ROWS), SCHEDULE, 4)


@pytest.mark.parametrize("name", sorted(CHECKED))
def test_a_check_lacks_nothing(name):
    check = {k: v for k, v in CHECK.items() if k != name}
    with pytest.raises(AdganError, match="does not belong"):
        course_of(past(ROWS, [check]), SCHEDULE, 3)
