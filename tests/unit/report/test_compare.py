import numpy as np

from adgan.metrics import count_overlap, find_mistakes
from adgan.report.compare import compare


def test_an_image_gives_one_row_of_three_pictures(scored):
    predicted, truth, image = scored
    wrong = find_mistakes(count_overlap(predicted, truth))
    (figure,) = compare("cell", predicted, truth, wrong, image, numbers={"F1": 0.5})
    assert figure.name == "cell" and figure.numbers == {"F1": 0.5}
    assert [picture.label for picture in figure.pictures] == ["truth", "prediction", "mistakes"]
    assert {picture.pixels.shape for picture in figure.pictures} == {(600, 900, 3)}


def test_without_an_image_the_true_nuclei_are_the_background(scored):
    predicted, truth, _ = scored
    wrong = find_mistakes(count_overlap(truth, truth))
    (figure,) = compare("cell", truth, truth, wrong)
    drawn = figure.pictures[2].pixels.any(axis=-1)
    np.testing.assert_array_equal(drawn[7::15, 7::15], truth > 0)


def test_a_volume_is_seen_from_above_and_in_three_slices_in_proportion():
    truth = np.zeros((10, 40, 60), np.uint16)
    truth[2:8, 10:30, 10:50] = 1
    wrong = find_mistakes(count_overlap(truth, truth))
    figures = compare("stack", truth, truth, wrong, truth * 9, (2.0, 1.0, 1.0), ignore_border=5)
    shapes = [figure.pictures[0].pixels.shape[:2] for figure in figures]
    assert shapes == [(600, 900), (600, 900), (300, 900), (440, 880)]
    assert [f.name for f in figures[:3:2]] == ["stack, maximum along Z", "stack, XZ, y = 20"]
