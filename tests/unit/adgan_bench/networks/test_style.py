import torch

from adgan_bench.networks.style import ContentDiscriminator, StyleEncoder


def test_a_style_says_how_bright_an_image_is():
    encoder = StyleEncoder(2, 4, 8)
    x = torch.randn(1, 1, 32, 32)
    assert encoder(x).shape == (1, 8)
    assert not torch.allclose(encoder(x), encoder(3 * x))


def test_a_style_forgets_places():
    # Circular shifts by whole strides move what is seen, all but the border.
    encoder = StyleEncoder(2, 4, 8)
    x = torch.zeros(1, 1, 64, 64)
    x[..., 20:30, 20:30] = 1
    assert torch.allclose(encoder(x), encoder(x.roll((8, 8), (2, 3))), atol=1e-6)


def test_content_is_judged_patch_by_patch():
    assert ContentDiscriminator(2, 8, 4)(torch.zeros(2, 8, 16, 16)).shape == (2, 1, 4, 4)
    assert ContentDiscriminator(3, 8, 4)(torch.zeros(1, 8, 8, 8, 8)).shape == (1, 1, 2, 2, 2)
