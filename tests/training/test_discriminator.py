"""The discriminator of the GAN and of the VAE's second stage."""

import torch

from livegen.generators.gan.plan import Mlp
from livegen.generators.styled.shape import Shape
from livegen.training.discriminator import Discriminator, discriminator, spread

TINY = {"channel_base": 128, "channel_max": 8}


def test_it_says_one_number_per_picture_of_any_shape_and_level():
    """Not square, half the size, and fading."""
    judge = Discriminator(Shape(width=48, height=32, **TINY))
    assert (4,) == judge(torch.randn(4, 3, 32, 48)).shape == judge(torch.randn(4, 3, 16, 24), level=2).shape
    assert [(8, 16, 24), (8, 8, 12), (8, 4, 6)] == [tuple(x.shape[1:]) for x in judge.features(torch.randn(4, 3, 32, 48))]


def test_fading_goes_from_the_half_size_to_the_full():
    """At nought it is the half size's own judgement, at one the full size's."""
    judge = Discriminator(Shape(width=16, height=16, **TINY))
    x = torch.randn(4, 3, 16, 16)
    with torch.no_grad():
        half = judge(torch.nn.functional.avg_pool2d(x, 2), level=1)
        assert torch.allclose(half, judge(x, fade=0.0), atol=1e-5)
        assert not torch.allclose(half, judge(x), atol=1e-3)


def test_it_goes_down_to_four_pixels_whatever_the_generator_begins_with():
    """Levels are the generator's."""
    judge = Discriminator(Shape(width=64, height=64, begin=16, **TINY))
    assert (4, 4) == judge.shape.start
    assert (2,) == judge(torch.randn(2, 3, 64, 64)).shape == judge(torch.randn(2, 3, 32, 32), level=1).shape


def test_the_spread_tells_the_same_picture_again_from_different_ones():
    """One number per group of four, the same for all in it."""
    same, different = torch.ones(4, 2, 3, 3), torch.randn(4, 2, 3, 3)
    found = spread(torch.cat((same, different)))
    assert (8, 1, 3, 3) == found.shape
    assert found[:4].max() < 1e-3 < found[4:].min()
    assert (5, 1, 3, 3) == spread(torch.randn(5, 2, 3, 3)).shape


def test_the_first_lessons_judge_takes_the_first_lessons_pictures():
    """Fully connected layers."""
    assert (3,) == discriminator(Mlp(width=8, height=6, hidden=16))(torch.zeros(3, 3, 6, 8)).shape
