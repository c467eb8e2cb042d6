"""Unlikeness: nothing for the same picture, and a blur costs more than it does to plain differences."""

import torch
from torch.nn import functional as F

from livegen.training.pyramid import resized, unlikeness


def stripes():
    return torch.where(torch.arange(32) % 2 == 0, 1.0, -1.0).expand(2, 3, 32, 32)


def test_a_picture_is_like_itself():
    """Zero, whatever it shows."""
    x = torch.rand(2, 3, 32, 24)
    assert 0.0 == unlikeness(x, x).item()


def test_detail_that_is_missing_is_seen_apart_from_the_colours():
    """Stripes given back as their mean: every level that should hold them counts once more."""
    x = stripes()
    grey = torch.zeros_like(x)
    plain = (x - grey).abs().mean()
    assert unlikeness(grey, x) > 1.9 * plain


def test_sides_that_cannot_be_halved_end_the_pyramid():
    """30 pixels give one level, 15 none."""
    assert torch.isfinite(unlikeness(torch.rand(1, 3, 30, 30), torch.rand(1, 3, 30, 30)))
    x = torch.rand(1, 3, 15, 15)
    y = torch.rand(1, 3, 15, 15)
    assert torch.allclose(unlikeness(x, y), 2 * (x - y).abs().mean())


def test_the_picture_comes_down_to_what_was_made():
    """Averaged; one of the same size stays."""
    x = torch.rand(1, 3, 16, 8)
    assert torch.equal(F.avg_pool2d(x, 2), resized(x, torch.zeros(1, 3, 8, 4)))
    assert x is resized(x, x)
