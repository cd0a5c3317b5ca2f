import numpy as np

from adgan.io import Image
from adgan.training import images as module


def test_a_training_holds_as_many_images_as_fit(tiny):
    recipe = tiny()
    images = [Image(f"{n}.tif", np.full((40, 50), n), None, str(n)) for n in range(12)]
    assert module.choose_some(recipe, images) == images
    assert not module.describe_some(recipe, images)
    working = 12 * np.prod([round(n * s) for n, s in zip((40, 50), recipe.scales(), strict=True)])
    recipe = tiny({"data": {"pixels_max": int(working // 2)}})
    assert [i.name for i in module.choose_some(recipe, images)] == ["0", "2", "4", "6", "8", "10"]
    (line,) = module.describe_some(recipe, images)
    assert "6 of the 12 images" in line
    seen, _ = module.view(recipe, images)
    assert len(seen) == 6


def test_a_few_images_are_held_whatever_their_size(tiny):
    recipe = tiny({"data": {"pixels_max": 1}})
    images = [Image(f"{n}.tif", np.zeros((40, 50)), None, str(n)) for n in range(9)]
    some = module.choose_some(recipe, images)
    assert (
        len(some) >= recipe.data.images_min and module.choose_some(recipe, images[:3]) == images[:3]
    )
