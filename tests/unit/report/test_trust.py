import numpy as np

from adgan.report import trust
from adgan.report.colours import OKABE_ITO
from adgan.report.trust import SHOWN, Judged, count_bands, trust_page, trust_picture


def judged(name, confidence, nuclei=(0.9, 0.6, 0.2), missed=1.6):
    picture = np.zeros((8, 8, 3), np.uint8)
    return Judged(name, confidence, tuple(count_bands(np.array(nuclei))), missed, picture)


def test_outlines_have_the_colour_of_their_confidence():
    labels = np.zeros((60, 60), int)
    for label in range(3):
        labels[10:30, 5 + 18 * label : 17 + 18 * label] = label + 1
    picture = trust_picture(np.where(labels, 100, 0), labels, np.array([0.2, 0.6, 0.9]))
    side = picture.shape[0] / 60
    rims = [picture[int(20 * side), int((5.1 + 18 * k) * side)] for k in range(3)]
    expected = [OKABE_ITO[name] for name in ("vermillion", "yellow", "sky")]
    assert [tuple(rim) for rim in rims] == expected


def test_a_volume_is_seen_from_above():
    volume = np.zeros((4, 20, 30))
    assert trust_picture(volume, volume.astype(int), np.zeros(0)).ndim == 3


def test_the_least_trusted_images_come_first(tmp_path):
    images = [judged(f"image {k}", 1 - k / 20) for k in range(12)]
    trust_page(tmp_path / "report.html", images)
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert html.count("data:image/png") == SHOWN.images
    assert html.index("image 11") < html.index("image 10") < html.index("image 5")
    assert "perhaps missed" in html and "12 images" in html


def test_an_image_without_nuclei_has_a_place(tmp_path):
    trust_page(tmp_path / "report.html", [judged("empty", 1.0, nuclei=(), missed=0.0)])
    assert "empty" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_of_many_images_the_first_are_listed(tmp_path, monkeypatch):
    monkeypatch.setattr(trust, "LISTED", 3)
    trust_page(tmp_path / "report.html", [judged(f"image {k}", 1 - k / 20) for k in range(9)])
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "The 3 images to check first" in html and "9 images" in html
    assert "image 6" in html and "image 2" not in html
