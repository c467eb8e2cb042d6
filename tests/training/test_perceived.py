"""How unlike pictures look: nothing for the same one, less for what is moved a little than for another texture."""

import sys
import types

import numpy as np
import torch
from faces_rig import FACES

from livegen.training.discriminator import Discriminator
from livegen.training.perceived import JUDGE, Judged, Perceived, RandomFilters, features_of, installed


def texture(seed, size=64):
    """Smooth noise, -1..1."""
    draw = torch.Generator().manual_seed(seed)
    x = torch.randn(1, 3, size, size, generator=draw)
    return torch.nn.functional.avg_pool2d(x, 5, 1, 2).mul(3).tanh()


def test_a_picture_is_like_itself():
    """Zero, and each picture of a batch counts for itself."""
    x = texture(1)
    far = Perceived(x, RandomFilters())(torch.cat((x, texture(2))))
    assert 0.0 == far[0]
    assert far[1] > 0.5


def test_an_even_picture_can_be_asked_for():
    """It has no features to be a share of; what is far from it is far by a sensible number."""
    even = torch.full((1, 3, 64, 64), 0.4)
    far = Perceived(even, RandomFilters())(torch.cat((even, texture(1))))
    assert far[0] < 1e-4
    assert 1.0 < far[1] < 30.0


def test_brighter_than_white_is_white():
    """A net's numbers go beyond what can be shown; where the picture is full, that is no difference."""
    x = texture(1).clamp(-0.5, 0.5) * 2.0
    see = Perceived(x, RandomFilters())
    assert 0.0 == see(torch.where(x.abs() == 1.0, 3.0 * x, x))
    assert see(torch.where(x.abs() == 1.0, 0.9 * x, x)) > 0.02
    assert see(torch.where(x.abs() == 1.0, -x, x)) > 0.02


def test_what_is_moved_by_a_pixel_is_nearer_than_flat_grey():
    """The filters see that the texture is still there, which plain differences do not."""
    x = texture(1)
    moved, grey = torch.roll(x, (2, 2), (2, 3)), torch.zeros_like(x)
    assert (moved - x).abs().mean() > (grey - x).abs().mean()
    see = RandomFilters()
    far = [sum((a - b).abs().mean() for a, b in zip(see(y), see(x), strict=True)) for y in (moved, grey)]
    assert far[0] < 0.5 * far[1]


def test_the_filters_are_always_the_same_and_do_not_see_brightness():
    """Drawn by a seed; each sums to nothing, so that an even picture answers nothing."""
    assert torch.equal(RandomFilters().bank, RandomFilters().bank)
    assert all(each.abs().max() < 1e-5 for each in RandomFilters()(torch.full((1, 3, 32, 32), 0.7)))


def test_the_files_own_discriminator_looks_where_there_is_one():
    """And random filters where there is none, or one of another shape."""
    torch.manual_seed(1)
    held = {JUDGE + name: each.numpy() for name, each in Discriminator(FACES).state_dict().items()}
    see = features_of(FACES, held)
    assert isinstance(see, Judged)
    x = texture(3, 32)[:, :, :16]
    assert all(torch.equal(a, b) for a, b in zip(see.judge.features(x), see(x), strict=True))
    assert torch.equal(torch.from_numpy(held["discriminator.out.weight"]), see.judge.out.weight)
    name = next(name for name in held if name.startswith(JUDGE))
    assert isinstance(features_of(FACES, held | {name: np.zeros((1, 2), np.float32)}), RandomFilters)
    assert isinstance(features_of(FACES, {n: t for n, t in held.items() if not n.startswith(JUDGE)}), RandomFilters)


def test_lpips_counts_where_it_is_installed(monkeypatch):
    """Asked as its package wants to be; not for pictures that are too small for it."""
    asked = []

    class Lpips(torch.nn.Module):
        def __init__(self, net, verbose):
            super().__init__()
            asked.append((net, verbose))

        def forward(self, x, y):
            return torch.full((len(x), 1, 1, 1), 0.25)

    monkeypatch.setitem(sys.modules, "lpips", types.SimpleNamespace(LPIPS=Lpips))
    assert installed((16, 64), "cpu") is None
    net = installed((64, 64), "cpu")
    assert [("alex", False)] == asked
    x = texture(1)
    assert [0.25, 0.25] == Perceived(x, RandomFilters(), lpips=net)(x.expand(2, -1, -1, -1)).tolist()


def test_without_lpips_or_its_weights_it_does_not_count(monkeypatch):
    """Not installed, or installed where no network brings what it has learned."""

    def offline(net, verbose):
        raise OSError("no network")

    monkeypatch.setitem(sys.modules, "lpips", types.SimpleNamespace(LPIPS=offline))
    assert installed((64, 64), "cpu") is None
    monkeypatch.setitem(sys.modules, "lpips", None)
    assert installed((64, 64), "cpu") is None
