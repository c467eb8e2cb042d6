"""Augmentation: exact where the set has a symmetry, differentiable everywhere, as much as is needed."""

import numpy as np
import pytest
import torch

from livegen.training.augment import REACH, Augmentation, Symmetry, coloured, cut, moved


def pictures(count=32, side=8, seed=0):
    return torch.rand(count, 3, side, side, generator=torch.Generator().manual_seed(seed)) * 2 - 1


@pytest.fixture(autouse=True)
def the_same_chance():
    torch.manual_seed(1)


def test_without_a_symmetry_and_at_nought_nothing_happens():
    """The set's own pictures, untouched."""
    x = pictures()
    assert torch.equal(x, Augmentation(Symmetry())(x))


@pytest.mark.parametrize("symmetry", [Symmetry(flip=True), Symmetry(turns=True), Symmetry(wrap=True), Symmetry(turns=True, wrap=True)])
def test_a_symmetry_moves_pixels_and_changes_none(symmetry):
    """Every picture has the same pixels as before, most of them elsewhere."""
    x = pictures()
    y = Augmentation(symmetry)(x)
    assert torch.equal(x.flatten(2).sort(2).values, y.flatten(2).sort(2).values)
    assert not torch.equal(x, y)


def test_pictures_that_are_not_square_are_not_turned():
    """They would not fit."""
    assert (4, 3, 8, 12) == Augmentation(Symmetry(turns=True))(torch.zeros(4, 3, 8, 12)).shape


@pytest.mark.parametrize("wrap", [False, True])
def test_every_step_passes_slopes_on(wrap):
    """The generator learns through it."""
    x = pictures().requires_grad_(True)
    Augmentation(Symmetry(wrap=wrap), p=0.8, cutout=True)(x).square().sum().backward()
    assert torch.isfinite(x.grad).all()
    assert (x.grad.abs().sum((1, 2, 3)) > 0).all()


def test_p_is_the_share_of_pictures_that_change():
    """Each picture has its own luck: a share p of them is cut."""
    x, p = torch.ones(4000, 3, 4, 4), 0.3
    touched = (cut(x, p) != x).flatten(1).any(1).float().mean().item()
    # The rectangle may lie where no pixel's middle is; four spreads of a share of 4000.
    assert p - 0.05 - 4 * np.sqrt(p * (1 - p) / 4000) < touched < p + 4 * np.sqrt(p * (1 - p) / 4000)


def test_grey_keeps_its_hue():
    """Hue and saturation do nothing to grey; brightness and contrast keep it grey."""
    grey = pictures()[:, :1].expand(-1, 3, -1, -1)
    y = coloured(grey, 1.0)
    assert torch.allclose(y[:, :1].expand(-1, 3, -1, -1), y, atol=1e-5)


def test_a_flat_picture_stays_flat_wherever_it_moves():
    """What comes in from outside is the picture again."""
    flat = torch.full((16, 3, 8, 8), 0.25)
    for wrap in (False, True):
        assert torch.allclose(flat, moved(flat, 1.0, wrap), atol=1e-5)


def test_p_follows_what_the_discriminator_learns_by_heart():
    """Up when it is too sure of the real ones, down when not, never beyond its bounds."""
    augment = Augmentation(Symmetry())
    augment.follow(0.9, REACH // 10)
    assert 0.1 == pytest.approx(augment.p)
    augment.follow(0.3, REACH // 20)
    assert 0.05 == pytest.approx(augment.p)
    augment.follow(0.3, REACH)
    assert 0.0 == augment.p
    augment.follow(0.9, 10 * REACH)
    assert 0.85 == augment.p
