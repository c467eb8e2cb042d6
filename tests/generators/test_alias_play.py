"""An alias-free net on the stage and in stills."""

import numpy as np
import pytest
import torch

from livegen.card import Card
from livegen.errors import BadValue
from livegen.generators import stills, weights
from livegen.generators.alias.naive import Naive, untrained
from livegen.generators.alias.plan import Plan
from livegen.generators.alias.played import Played
from livegen.generators.alias.synthesis import moved
from livegen.generators.base import Request
from livegen.generators.gan import plain, play
from livegen.generators.gan.network import AliasMaker
from livegen.generators.gan.plan import planned, written
from livegen.generators.gan.words import describe
from livegen.generators.styled.latents import surveyed
from livegen.generators.weights import Header
from livegen.latent import Latent, from_seed

PLAN = Plan.designed(32, channel_base=256, channel_max=8, layers=5, w=12, z=6)
CARD = Card(title="Waves", author="a", licence="CC0-1.0", data="random numbers")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A model file as an import leaves it, with one direction."""
    torch.manual_seed(3)
    net = AliasMaker(PLAN)
    net.synthesis.load_state_dict(untrained(PLAN).state_dict())
    with torch.inference_mode():
        space, _ = surveyed(net.mapping(torch.randn(500, 6)).numpy(), 6)
    held = {name: tensor.numpy() for name, tensor in net.state_dict().items()} | space.tensors()
    path = tmp_path_factory.mktemp("alias") / "waves.safetensors"
    said = {"directions": [{"name": "light", "share": 0.5}]}
    weights.write(path, held, Header(family="gan", config=written(PLAN), statistics=said, card=CARD))
    return path


def asked(**knobs):
    latent = Latent(values=from_seed(1, 6))
    return Request(instance="main", latent=latent, knobs=knobs, size=(32, 32))


def painted(generator, **knobs):
    out = np.zeros((32, 32, 4), np.uint8)
    assert generator.render(asked(**knobs), out).finite
    return out.astype(int)


def test_its_plan_outlives_the_file():
    """What a model file says of the net is read as the same plan."""
    assert PLAN == planned(written(PLAN))


def test_it_says_which_knobs_it_has(model):
    """Truncation, mixing, directions and the canvas; nothing that this net has not."""
    names = {param.address for param in describe({"model": str(model)}).params}
    assert {"truncation", "truncation/layers", "mix", "direction/light", "pan/x", "pan/y", "rotate", "zoom"} <= names
    assert not {"noise", "shimmer", "across", "bend/layer"} & names


def test_every_knob_changes_the_picture(model):
    """And none of them, left alone, does."""
    generator = play.build({"model": str(model)})
    generator.warm_up((32, 32))
    still = painted(generator)
    assert (still == painted(generator)).all() and 255 == still[..., 3].min()
    for knobs in (
        {"truncation": 0.2}, {"direction/light": 2.0}, {"mix": 1.0, "mix/crossover": 0.2}, {"pan/x": 0.3}, {"pan/y": 0.3},
        {"rotate": 0.1}, {"zoom": 0.5},
    ):  # fmt: skip
        assert np.abs(still - painted(generator, **knobs)).mean() > 0.5, knobs


def test_stage_and_still_agree(model):
    """The picture of a seed's z is that of the stage, and of the paper's equations, moved as well."""
    opened, way = stills.opened(str(model)), moved(0.2, 0.1, 0.05, 1.2)
    z = opened.of_seeds([1])
    for transform in (None, way):
        (found,) = opened.draw(z, transform=transform)
        with torch.inference_mode():
            wanted = Naive(opened.synthesis)(opened.placed(z), transform).numpy()
            quick = Played(opened.synthesis)(opened.placed(z)[0], transform=transform).numpy()
        assert np.abs(wanted - found).max() < 2e-5 * np.abs(wanted).max()
        assert np.abs(wanted - quick).max() < 2e-5 * np.abs(wanted).max()


def test_only_an_alias_free_net_can_be_moved():
    """A still of a net without a canvas says so."""
    opened = stills.opened("textures")
    with pytest.raises(BadValue):
        next(opened.draw(opened.of_seeds([1]), transform=moved(0.1)))


def test_without_a_worker_its_likeness_stands_there(model):
    """The stand-in needs no torch, and says the same of itself."""
    generator = plain.build({"model": str(model)})
    assert describe({"model": str(model)}).params == generator.info.params
    painted(generator)
