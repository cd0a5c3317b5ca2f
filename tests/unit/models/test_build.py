import pytest

from adgan.models.build import build_discriminator, build_generator, build_scene


def test_networks_have_the_recipes_shape(tiny):
    recipe = tiny({"network": {"width": 3, "discriminator_width": 5, "blocks": 2, "kernel": 5}})
    generator = build_generator(recipe)
    assert generator.encoder.stem.weight.shape == (3, 1, 5, 5)
    assert len(generator.encoder.blocks) == len(generator.decoder.blocks) == 2
    assert build_discriminator(recipe).body[0].weight.shape[0] == 5


def test_weights_come_from_the_seed(tiny):
    one, same, other = (build_generator(tiny({"seed": s})) for s in (1, 1, 2))
    assert one.encoder.stem.weight.equal(same.encoder.stem.weight)
    assert not one.encoder.stem.weight.equal(other.encoder.stem.weight)


@pytest.mark.parametrize("ndim", [2, 3])
def test_scenes_are_brought_to_the_working_scale(tiny, ndim):
    crop = (32,) * ndim
    recipe = tiny({"data": {"ndim": ndim, "crop": crop, "working_radius": 5}})
    spec = build_scene(recipe)
    assert spec.radius == pytest.approx((4, 6))
    assert spec.count == recipe.scene.count
    # As many nuclei fill the same share of an image, whatever its scale.
    reference = 256**2 if ndim == 2 else 64 * 128 * 128
    assert spec.reference**ndim == pytest.approx(reference * 0.4**ndim)
