import numpy as np
from skimage.draw import disk

from adgan.napari_plugin.linking import link_planes


def plane(*discs):
    labels = np.zeros((60, 60), np.uint32)
    for number, (y, x, radius) in enumerate(discs, start=1):
        labels[disk((y, x), radius)] = number
    return labels


def test_outlines_above_each_other_are_one_nucleus():
    planes = [
        plane((20, 20, 6)),
        plane((45, 45, 7), (20, 21, 8)),
        plane((45, 45, 8), (21, 21, 6)),
        plane(),
        plane((20, 20, 5)),
    ]
    sure = [np.array([0.4]), np.array([0.9, 0.8]), np.array([0.7, 0.6]), np.zeros(0), np.array([1])]
    labels, values = link_planes(planes, sure)
    assert labels.dtype == np.uint32 and labels.shape == (5, 60, 60)
    assert [sorted(set(p[p > 0].tolist())) for p in labels] == [[1], [1, 2], [1, 2], [], [3]]
    assert labels[0, 20, 20] == labels[1, 20, 21] == labels[2, 21, 21] == 1
    assert labels[1, 45, 45] == labels[2, 45, 45] == 2
    sizes = [(p == 2).sum() for p in labels[1:3]]
    assert np.isclose(values[1], np.average([0.9, 0.7], weights=sizes))
    assert values[2] == 1


def test_an_outline_goes_on_with_one_other_alone():
    labels, _ = link_planes(
        [plane((30, 30, 10)), plane((30, 25, 7), (30, 38, 5))], [np.ones(1), np.ones(2)]
    )
    assert labels.max() == 2
    assert labels[1, 30, 25] == labels[0, 30, 30] == 1
    assert labels[1, 30, 38] == 2


def test_empty_planes_give_an_empty_volume():
    labels, sure = link_planes([plane(), plane()], [np.zeros(0), np.zeros(0)])
    assert not labels.any() and sure.shape == (0,)
