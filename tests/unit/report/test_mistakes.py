import numpy as np
from scipy.ndimage import binary_dilation

from adgan.metrics import all_counts, count_overlap, find_mistakes
from adgan.report.mistakes import COLOURS, CORRECT, mistakes_legend, mistakes_picture


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
