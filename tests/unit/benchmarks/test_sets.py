import numpy as np
import pytest

from adgan import AdganError, make_preset
from adgan.io import write_gray, write_labels


def test_every_set_makes_a_recipe():
    from sets import SETS

    for which in SETS.values():
        if which.like:
            assert make_preset("fast", which.settings()).scale > 0
        else:
            with pytest.raises(AdganError, match=f"no sizes are known for {which.name}"):
                which.settings()


def test_an_enlarged_set_has_larger_and_fewer_nuclei():
    from sets import SETS

    raw, scaled = SETS["hacat_raw"].settings()["scene"], SETS["hacat20x"].settings()["scene"]
    area = np.square(raw["radius"]) * raw["count"]
    assert raw["radius"][0] > scaled["radius"][0]
    assert area == pytest.approx(np.square(scaled["radius"]) * scaled["count"])


def test_images_without_labels_are_for_training_alone(tmp_path):
    from sets import DataSet, load_images, load_labelled

    which = DataSet("some", "hela", labels="truth")
    for part in ("images", "truth"):
        (tmp_path / "some" / part).mkdir(parents=True)
    for name in "abc":
        image = np.arange(64, dtype=np.uint8).reshape(8, 8) + ord(name)
        write_gray(tmp_path / "some" / "images" / f"{name}.tif", image)
    write_labels(tmp_path / "some" / "truth" / "b.tif", np.eye(8, dtype=np.uint16))
    assert [i.name for i in load_images(tmp_path, which)] == ["a", "b", "c"]
    (found,) = load_labelled(tmp_path, which)
    assert found.pixels[0, 0] == ord("b")
    assert found.truth.sum() == 8

    write_labels(tmp_path / "some" / "truth" / "d.tif", np.eye(8, dtype=np.uint16))
    with pytest.raises(AdganError, match="d.tif has no image"):
        load_labelled(tmp_path, which)


def test_an_unknown_set_is_refused():
    from sets import choose

    with pytest.raises(AdganError, match="'lena'.*hela"):
        choose("hela,lena")
