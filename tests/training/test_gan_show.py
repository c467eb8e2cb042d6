"""What a GAN publishes while it learns."""

import numpy as np
import pytest
import torch

from livegen.card import Card
from livegen.generators import weights
from livegen.generators.gan.network import maker
from livegen.generators.gan.plan import written
from livegen.generators.styled.shape import Shape
from livegen.training.discriminator import discriminator
from livegen.training.gan_show import Watch, directions, paint_along, show, survey
from livegen.training.run import Budget, Run
from livegen.traits import measured

SHAPE = Shape(width=16, height=16, channel_base=128, channel_max=8, z=6, w=12)


@pytest.fixture
def net():
    torch.manual_seed(0)
    return maker(SHAPE)


def begun(folder, notes):
    return Run(
        folder=folder, family="gan", config=written(SHAPE), card=Card(title="t"), budget=Budget(steps=9), noted=notes.append
    )


def noise(count=40, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, 3, 16, 16), np.uint8)


def test_what_is_published_is_all_that_is_played(net, tmp_path):
    """Weights, the space of w, named directions with their share, a thumbnail of each, a contact sheet."""
    show(begun(tmp_path, []), net, discriminator(SHAPE), Watch(noise(), False), (None, 1.0))
    header, held = weights.read(tmp_path / "model.safetensors")
    names = [each["name"] for each in header.statistics["directions"]]
    shares = [each["share"] for each in header.statistics["directions"]]
    assert (6, sorted(shares, reverse=True)) == (len(set(names)), shares)
    assert {f"thumb.direction/{name}" for name in names} | {"thumb.model"} == {n for n in held if n.startswith("thumb.")}
    assert {"latent.mean", "latent.basis", "latent.sigma", "synthesis.const", "discriminator.out.weight"} <= held.keys()
    assert (tmp_path / "samples" / "latest.jpg").is_file()


def test_levels_that_were_not_trained_yet_are_published_as_nothing(net, tmp_path):
    """The full picture is then the half one, enlarged."""
    show(begun(tmp_path, []), net, discriminator(SHAPE), Watch(noise(), False), (1, 1.0))
    _, held = weights.read(tmp_path / "model.safetensors")
    assert not held["synthesis.blocks.2.colours.weight"].any()
    assert held["synthesis.blocks.1.colours.weight"].any()
    assert net.synthesis.blocks[2].colours.weight.any()


def test_a_direction_is_called_by_what_it_changes(net):
    """Going up along one that is called light makes the picture lighter."""
    space, shares = survey(net, None)
    assert np.array_equal(shares, np.sort(shares)[::-1])
    found = directions(net, space, None)
    for trait in set(found) & set(measured(noise(1))):
        u = np.random.default_rng(3).standard_normal((64, 6)).astype(np.float32)
        low, high = u.copy(), u.copy()
        low[:, found.index(trait)], high[:, found.index(trait)] = -1.5, 1.5
        less, more = (measured(paint_along(net, space, each, None))[trait].mean() for each in (low, high))
        assert less < more


def test_copies_and_sameness_are_said_once(tmp_path):
    """With the way out, in a sentence for the artist."""
    notes = []
    run, watch = begun(tmp_path, notes), Watch(noise(), False)
    assert 0.9 < watch.look(run, noise(seed=1))["nearness"] < 1.1
    assert [] == notes
    for _ in range(2):
        watch.look(run, noise())
    assert ["by heart" in said for said in notes] == [True]
    run.step = 5
    for _ in range(2):
        watch.look(run, noise(1, seed=2).repeat(8, 0))
    assert ["by heart" in said or "again and again" in said for said in notes] == [True, True]
