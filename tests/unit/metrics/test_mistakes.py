import numpy as np

from adgan.metrics import Mistakes, count_overlap, find_mistakes


def test_each_kind():
    # 1 right, 2 missed, 3 and 4 merged into 30, 5 split into 50 and 51, 60 false.
    truth = np.array([[1, 1, 0, 2, 2, 0, 3, 3, 4, 4, 0, 5, 5, 5, 5, 0, 0, 0]])
    found = np.array([[9, 9, 0, 0, 0, 0, 30, 30, 30, 30, 0, 50, 50, 51, 51, 0, 60, 0]])
    assert find_mistakes(count_overlap(found, truth)) == Mistakes(
        missed=(2,), false=(60,), merged=(30,), split=(5,)
    )


def test_a_badly_outlined_object_is_missed_and_its_outline_false():
    truth = np.array([[1, 1, 1, 1, 0, 0]])
    found = np.array([[0, 0, 0, 2, 2, 2]])
    assert find_mistakes(count_overlap(found, truth)) == Mistakes((1,), (2,), (), ())


def test_a_fragment_of_a_matched_object_is_a_split():
    truth = np.array([[1, 1, 1, 1, 1, 1]])
    found = np.array([[2, 2, 2, 2, 2, 3]])
    assert find_mistakes(count_overlap(found, truth)) == Mistakes((), (), (), (1,))
