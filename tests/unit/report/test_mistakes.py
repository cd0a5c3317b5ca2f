import numpy as np
from scipy.ndimage import binary_dilation

from adgan.metrics import all_counts, count_overlap, find_mistakes
from adgan.report.mistakes import COLOURS, CORRECT, compare, mistakes_legend, mistakes_picture


def pixels_of(rgb, colour):
    return (rgb == colour).all(axis=-1)


def test_each_kind_is_drawn_where_it_lies(scored):
    predicted, truth, image = scored
    wrong = find_mistakes(count_overlap(predicted, truth))
    rgb = mistakes_picture(np.zeros(image.shape, np.uint8), predicted, truth, wrong)
    for colour, where in (
        (CORRECT, truth == 1),
        (COLOURS["missed"], truth == 2),
        (COLOURS["false"], predicted == 3),
        (COLOURS["merged"], predicted == 6),
        (COLOURS["split"], truth == 7),
    ):
        drawn = pixels_of(rgb, colour)
        assert drawn[where].any() and not drawn[~binary_dilation(where, np.ones((3, 3)))].any()
    assert pixels_of(rgb, COLOURS["merged"])[24, 11:13].all()  # the border it missed
    assert pixels_of(rgb, COLOURS["split"])[24, 37:39].all()  # the border it made up


def test_a_perfect_prediction_is_gray(scored):
    _, truth, _ = scored
    wrong = find_mistakes(count_overlap(truth, truth))
    rgb = mistakes_picture(np.zeros(truth.shape, np.uint8), truth, truth, wrong)
    assert (rgb[..., 0] == rgb[..., 1]).all() and (rgb[..., 1] == rgb[..., 2]).all()


def test_what_was_not_scored_is_darker(scored):
    _, truth, _ = scored
    band = np.zeros(truth.shape, bool)
    band[:, :5] = True
    wrong = find_mistakes(count_overlap(truth, truth))
    rgb = mistakes_picture(np.full(truth.shape, 120, np.uint8), truth, truth, wrong, band)
    assert (rgb[band] <= 60).all() and (rgb[~band] >= 70).all()


def test_the_legend_counts(scored):
    predicted, truth, _ = scored
    legend = mistakes_legend(all_counts(count_overlap(predicted, truth)))
    numbers = {word: number for _, word, number, _ in legend.entries}
    assert numbers == {"matched": 1, "missed": 1, "false": 1, "merged": 1, "split": 1}
    assert len({colour for colour, *_ in legend.entries}) == 5


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
