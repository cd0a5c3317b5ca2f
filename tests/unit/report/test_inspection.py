import numpy as np

from adgan.report.colours import OKABE_ITO
from adgan.report.inspection import circles, sizes_page


def test_a_circle_has_its_place_and_size():
    drawn = circles(np.zeros((90, 100)), np.array([[40.0, 50.0]]), 20)
    scale = drawn.shape[0] / 90
    there = np.argwhere((drawn == OKABE_ITO["orange"]).all(axis=-1)) / scale
    assert drawn.shape == (810, 900, 3) and len(there)
    assert np.allclose((there.min(axis=0) + there.max(axis=0)) / 2, [40.5, 50.5], atol=0.5)
    assert np.allclose(np.ptp(there, axis=0), 40, atol=1)


def test_a_volume_is_seen_from_above():
    drawn = circles(np.zeros((5, 30, 40)), np.array([[2.0, 15, 20]]), 5)
    assert drawn.ndim == 3 and (drawn == OKABE_ITO["orange"]).all(axis=-1).any()


def test_the_page_holds_words_pictures_and_numbers(tmp_path):
    pictures = {"cell": (np.zeros((8, 8, 3), np.uint8), {"nuclei seen": 7})}
    sizes_page(tmp_path / "report.html", ["radius 5 px"], pictures)
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "radius 5 px" in html and "data:image/png" in html and "nuclei seen" in html
    assert "1 image inspected" in html
