import numpy as np
import pytest

from adgan import make_preset


@pytest.fixture
def recipe():
    return make_preset("fast", {"scene": {"radius": (9, 13), "count": (1, 3)}})


def test_an_image_and_its_classes_are_cropped_and_turned_alike(recipe):
    from supervised import Example, draw

    values = np.arange(90 * 100).reshape(90, 100)
    images, classes = draw(recipe, [Example(values.astype(np.float32), values)], step=3)
    assert images.shape == (recipe.data.batch, 1, *recipe.data.crop)
    assert (images[:, 0] == classes).all()


def test_touching_nuclei_have_a_rim_between_them():
    from supervised import BACKGROUND, INTERIOR, RIM, classes_of

    labels = np.zeros((12, 24), int)
    labels[2:10, 2:12], labels[2:10, 12:22] = 1, 2
    row = classes_of(labels)[6]
    assert (row[:2] == BACKGROUND).all()
    assert (row[10:14] == RIM).all()
    assert row[6] == row[17] == INTERIOR


def test_labels_keep_their_place_at_another_size():
    from supervised import nearest

    labels = np.arange(1, 13).reshape(3, 4)
    assert (nearest(np.kron(labels, np.ones((3, 3), int)), (3, 4)) == labels).all()
    assert (nearest(labels, (6, 8)) == np.kron(labels, np.ones((2, 2), int))).all()


def test_the_network_is_no_smaller_than_ours(recipe):
    from supervised import make_unet, parameters

    from adgan.build import build_generator

    ours = parameters(build_generator(recipe))
    assert ours <= parameters(make_unet(recipe)) < 1.3 * ours
