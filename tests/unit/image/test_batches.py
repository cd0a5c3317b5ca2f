from functools import partial

import numpy as np
import pytest
import torch

from adgan.image.batches import Batches, random_crop, random_symmetry
from adgan.synth.masks import edge_mask, semantic_mask
from adgan.synth.scene import SceneSpec
from adgan.system.seeding import generator


def batches(images, seed=0, draw_mask=semantic_mask):
    spec = SceneSpec(radius=(4, 6), count=(20, 30), reference=64.0)
    return Batches(
        images, spec, draw_mask, (32,) * images[0].ndim, 3, seed, (1.0,) * images[0].ndim
    )


@pytest.fixture
def images():
    return [generator(k).uniform(-1, 1, (40, 50)).astype(np.float32) for k in range(2)]


def test_images_first_then_as_many_masks(images):
    batch = batches(images).draw(0)
    assert batch.shape == (6, 1, 32, 32)
    assert batch.dtype == torch.float32
    assert set(batch[3:].unique().tolist()) == {-1.0, 1.0}
    assert batch.abs().max() <= 1
    assert all(len(half.unique()) > 100 for half in batch[:3])


def test_a_batch_hangs_on_seed_and_step_alone(images):
    one, other = batches(images), batches(images)
    one.draw(0)
    assert one.draw(5).equal(other.draw(5))
    assert not one.draw(5).equal(one.draw(6))
    assert not one.draw(5).equal(batches(images, seed=1).draw(5))


def test_the_width_of_the_gray_edge_counts(images):
    thin, thick = (
        batches(images, draw_mask=partial(edge_mask, edge=edge)).draw(0)[3:] for edge in (0.2, 0.6)
    )
    assert (thin == 0).sum() < (thick == 0).sum()


def test_volumes():
    volume = generator(0).uniform(-1, 1, (36, 40, 33)).astype(np.float32)
    assert batches([volume]).draw(0).shape == (6, 1, 32, 32, 32)


def test_crops_lie_anywhere_within_the_image():
    image = np.arange(60).reshape(6, 10)
    rng = generator(0)
    seen = {int(random_crop(rng, image, (4, 8))[0, 0]) for _ in range(200)}
    assert seen == {0, 1, 2, 10, 11, 12, 20, 21, 22}


def test_small_images_are_continued_by_reflection():
    image = np.array([[1, 2, 3]])
    crop = random_crop(generator(0), image, (2, 8))
    assert crop.tolist() == [[1, 2, 3, 3, 2, 1, 1, 2]] * 2


def test_the_eight_symmetries_and_no_others():
    square, rng = np.arange(9).reshape(3, 3), generator(0)
    assert len({random_symmetry(rng, square).tobytes() for _ in range(200)}) == 8
    # What is not square keeps its shape; planes of a volume are flipped, never swapped.
    wide = np.arange(6).reshape(2, 3)
    assert len({random_symmetry(rng, wide).tobytes() for _ in range(200)}) == 4
    volume = np.arange(27).reshape(3, 3, 3)
    assert len({random_symmetry(rng, volume).tobytes() for _ in range(400)}) == 16


def test_planes_of_volumes_are_cut_across_the_axes_named():
    volume = np.zeros((40, 48, 56), np.float32)
    volume += np.linspace(0, 1, 40, dtype=np.float32)[:, None, None]
    spec = SceneSpec(radius=(4, 6), count=(20, 30), reference=64.0)
    made = Batches([volume], spec, semantic_mask, (32,) * 3, 3, 0, (1.0,) * 3, (0,), 3).draw(0)
    assert made.shape == (6, 1, 32, 32)
    assert all(image.unique().numel() == 1 for image in made[:3])
    assert (made[3:] > 0).any() and (made[3:] < 0).any()
    across = Batches([volume], spec, semantic_mask, (32,) * 3, 3, 0, (1.0,) * 3, (1, 2), 3)
    assert all(image.unique().numel() == 32 for image in across.draw(0)[:3])
