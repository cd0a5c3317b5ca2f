import numpy as np
import pytest


@pytest.fixture
def image():
    grid = np.indices((60, 80))
    return np.where(np.hypot(grid[0] - 30, grid[1] - 40) < 12, 900, 100).astype(np.uint16)


def test_images_are_made_worse_the_same_way_each_time(image):
    from worse import KINDS, worsen

    for kind in KINDS:
        one, other = (worsen(image, kind, 12, 3) for _ in range(2))
        assert np.array_equal(one, other), kind
    assert worsen(image, "normal", 12, 0) is image
    assert worsen(image, "half size", 12, 0).shape == (30, 40)
    assert worsen(image, "inverted", 12, 0)[30, 40] == 100
    assert worsen(image, "very noised", 12, 0).std() > worsen(image, "noised", 12, 0).std()
    assert worsen(image, "blurred", 12, 0)[30, 28] < 700


def test_the_least_trusted_tenth_holds_its_share_of_the_bad():
    from trust_tables import share_of_bad

    iou = np.array([0.2, 0.6, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9])
    confidence = np.array([0.1, 0.5, *[0.9] * 8])
    assert share_of_bad(iou, confidence, 0.5) == 1
    assert share_of_bad(iou, confidence, 0.7) == 0.5
    assert np.isnan(share_of_bad(np.ones(10), confidence, 0.5))


def test_an_emptied_image_holds_background_alone(image):
    from broken import emptied

    empty = emptied(image, np.random.default_rng(0))
    assert empty.shape == image.shape and empty.max() < 110 and empty.std() > 0.9


def test_each_part_is_printed(capsys):
    from trust_tables import show_broken, show_confidence, show_sizes, show_typed

    key = {"set": "hela", "seed": 0}
    show_sizes([{"key": key, "found": 12.0, "seen": 11.0, "cut": 0.4, "true": 10.0}])
    show_typed(
        [
            {"key": key | {"like": like}, "scores": {"mean": {"dice": 0.9 + like / 50, "f1": 0.9}}}
            for like in (True, False)
        ]
    )
    record = {"f1": [0.9, 0.5], "image": [0.8, 0.4], "iou": [0.9, 0.3], "nuclei": [0.9, 0.2]}
    show_confidence([{"key": key | {"kind": kind}} | record for kind in ("normal", "blurred")])
    verdict = {"healthy": True, "reasons": []}
    show_broken(
        [{"key": key | {"kind": kind}, "verdict": verdict} for kind in ("noise", "healthy")]
    )
    out = capsys.readouterr().out
    for text in ("+10%", "DICE +0.020", "Spearman 1.00", "noise        0 of 1 flagged"):
        assert text in out
