import pytest

from adgan.errors import AdganError
from adgan.recipe.schedule import ScheduleSettings
from adgan.runs import CHECKS, CURVE
from adgan.runs.tables import write_rows
from adgan.training.start import CHECKED, read_course

SCHEDULE = ScheduleSettings(steps=900, tries=(1.0, 1.0))
ROWS = [{"step": k, "try": 0, "rec": 1.0, "seconds": float(k)} for k in (1, 2, 3)]
LOOK = dict.fromkeys(CHECKED, 0.5) | {"step": 2, "try": 0}


def test_rows_after_the_state_are_left_out(tmp_path):
    write_rows(tmp_path / CURVE, ROWS)
    write_rows(tmp_path / CHECKS, [LOOK, LOOK | {"step": 3}])
    course = read_course(tmp_path, SCHEDULE, 2)
    assert course.step == 2 and [row["step"] for row in course.checks] == [2]


def test_a_training_that_has_not_begun(tmp_path):
    assert read_course(tmp_path, SCHEDULE, 0).step == 0


@pytest.mark.parametrize(
    "change",
    [
        {"step": 7},
        {"try": 2},
        {"try": -1},
        {"seconds": float("nan")},
        {"seconds": -1.0},
        {"seconds": 1e9},
    ],
)
def test_a_curve_that_is_another_runs(tmp_path, change):
    write_rows(tmp_path / CURVE, [ROWS[0], ROWS[1] | change, ROWS[2]])
    with pytest.raises(AdganError, match="curve.csv does not belong to the saved state"):
        read_course(tmp_path, SCHEDULE, 3)


def test_a_curve_shorter_than_its_state(tmp_path):
    write_rows(tmp_path / CURVE, ROWS)
    with pytest.raises(AdganError, match="curve.csv does not belong to the saved state"):
        read_course(tmp_path, SCHEDULE, 4)


@pytest.mark.parametrize("name", CHECKED)
def test_a_look_lacks_nothing(tmp_path, name):
    write_rows(tmp_path / CURVE, ROWS)
    write_rows(tmp_path / CHECKS, [{k: v for k, v in LOOK.items() if k != name}])
    with pytest.raises(AdganError, match=f"checks.csv is damaged .*no column {name}"):
        read_course(tmp_path, SCHEDULE, 3)
