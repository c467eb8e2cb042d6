"""Nets of lucidrains' make on the stage and in stills."""

import numpy as np
import pytest
import torch
from test_capacity import PLAN, untrained
from test_gated import PLAN as GATES
from test_gated import net_of

from livegen.card import Card
from livegen.errors import BadValue, ModelRefused
from livegen.generators import stills, weights
from livegen.generators.base import Request
from livegen.generators.gan import plain, play
from livegen.generators.gan.capacity_play import grained
from livegen.generators.gan.knobs import SEFA
from livegen.generators.gan.network import CapacityMaker, maker
from livegen.generators.gan.noise import Noise
from livegen.generators.gan.plan import planned, written
from livegen.generators.gan.words import describe
from livegen.generators.styled.latents import surveyed
from livegen.generators.weights import Header
from livegen.latent import Latent, from_seed

CARD = Card(title="Noise", author="a", licence="CC0-1.0", data="random numbers")


def written_to(path, net, plan, tensors=(), **said):
    held = {name: tensor.numpy() for name, tensor in net.state_dict().items()} | dict(tensors)
    weights.write(path, held, Header(family="gan", config=written(plan), statistics=said, card=CARD))
    return path


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A model file as an import leaves it, with one direction of each kind."""
    torch.manual_seed(3)
    net = CapacityMaker(PLAN)
    net.synthesis.load_state_dict(untrained(PLAN).state_dict())
    with torch.inference_mode():
        space, _ = surveyed(net.mapping(torch.randn(500, 12)).numpy(), 12)
    tensors = space.tensors() | {SEFA: np.ones((1, 12), np.float32) * space.sigma.max()}
    path = tmp_path_factory.mktemp("capacity") / "noise.safetensors"
    return written_to(path, net, PLAN, tensors, directions=[{"name": "light", "share": 0.5}], closed_form=1)


@pytest.fixture(scope="module")
def gates(tmp_path_factory):
    return written_to(tmp_path_factory.mktemp("gated") / "gates.safetensors", net_of(GATES), GATES)


def painted(generator, seed=1, **knobs):
    side = generator.info.size[0]
    out = np.zeros((side, side, 4), np.uint8)
    latent = Latent(values=generator.info.sow(seed), space=generator.info.spaces[0])
    request = Request(instance="main", latent=latent, knobs={name.replace("__", "/"): each for name, each in knobs.items()}, size=(side, side))
    assert generator.render(request, out).finite
    return out.astype(int)


def test_plans_outlive_the_file():
    """What a model file says of a net is read as the same plan, and it is not trained here."""
    for plan in (PLAN, GATES):
        assert plan == planned(written(plan))
        with pytest.raises(ModelRefused, match="played here, not trained"):
            maker(plan)


def test_it_says_which_knobs_it_has(model):
    """The whole of the latent instrument that it has something for; nothing that it has not."""
    params = {param.address: param for param in describe({"model": str(model)}).params}
    assert {"truncation", "truncation/layers", "mix", "mix/layers", "grid", "direction/light", "sefa/1", "bend/layer"} <= set(params)
    assert {"noise", "noise/layers", "noise/motion", "noise/seed", "shimmer"} <= set(params)
    assert not {"pan/x", "across", "class", "vary", "blend"} & set(params)
    assert (4, 8, 7, 1.0) == (params["mix/layers"].size, params["noise/layers"].size, params["bend/layer"].high, params["noise"].default)


def test_every_knob_changes_the_picture(model):
    """And none of them, left alone, does."""
    generator = play.build({"model": str(model)})
    generator.warm_up((32, 32))
    still = painted(generator)
    assert (still == painted(generator, noise=1.0, shimmer=0.0, truncation=1.0)).all() and 255 == still[..., 3].min()
    for knobs in (
        {"truncation": 0.2}, {"truncation": 0.2, "truncation__layers": 2}, {"direction__light": 2.0}, {"sefa__1": 2.0}, {"mix": 1.0, "mix__seed": 5},
        {"mix__layers": [0, 0, 0, 1], "mix__seed": 5}, {"grid": 1.0, "grid__x": 3.5}, {"noise": 0.0}, {"noise__seed": 4}, {"shimmer": 0.3},
        {"noise__layers": [1] * 7 + [0]}, {"bend__turn": 0.2}, {"bend__grow": 1.0, "bend__layer": 2}, {"bend__invert": 1.0, "bend__layer": 6},
    ):  # fmt: skip
        assert np.abs(still - painted(generator, **knobs)).mean() > 0.2, knobs
    assert np.abs(still - painted(generator, shimmer=0.3, noise__motion=[0.0] * 8)).max() <= 1


def test_stage_and_still_agree(model):
    """The picture of a seed is that of the net as it is, with its usual noise, with another and with none."""
    generator, opened = play.build({"model": str(model)}), stills.opened(str(model))
    for noise, knobs in (("const", {}), ("none", {"noise": 0.0}), ("6", {"noise__seed": 6})):
        (drawn,) = opened.draw(opened.of_seeds([1]), noise=noise)
        wanted = np.clip((drawn[0].transpose(1, 2, 0) + 1) * 127.5, 0, 255)
        assert np.abs(wanted - painted(generator, **knobs)[..., :3]).mean() < 1.5
    with pytest.raises(BadValue, match="const, none or a whole number"):
        next(iter(opened.draw(opened.of_seeds([1]), noise="much")))


def test_noise_goes_round_and_stays_even():
    """At every turn it spreads alike between 0 and 1, after a whole one it is where it began, and strength draws it to the middle."""
    sides, one = [(64, 64)], np.ones(1, np.float32)

    def at(turn, motion=1.0, strength=1.0):
        return grained(Noise(strength=one * strength, motion=one * motion, turn=turn, seed=2), sides)[0]

    for turn in (0.0, 0.13, 0.5, 0.77):
        assert abs(float(at(turn).mean()) - 0.5) < 0.02
        assert abs(float(at(turn).std()) - 12**-0.5) < 0.01
    assert torch.allclose(at(0.0), at(1.0), atol=1e-5)
    assert float((at(0.0) - at(0.4)).abs().mean()) > 0.2 > float((at(0.0) - at(0.4, motion=0.1)).abs().mean()) > 0.01
    assert torch.allclose(at(0.2, strength=0.5) - 0.5, (at(0.2) - 0.5) * 0.5, atol=1e-6)


def test_a_net_without_w_has_knobs_that_make_sense(gates):
    """z is played as it is: truncation, noise, bending; no styles."""
    generator = play.build({"model": str(gates)})
    generator.warm_up((128, 128))
    names = {param.address for param in generator.info.params}
    assert (("z",), 6, {"truncation", "noise", "shimmer"} <= names) == (generator.info.spaces, generator.info.latent, True)
    assert not {name for name in names if name.startswith(("mix", "grid", "direction", "sefa"))}
    still = painted(generator)
    assert (still == painted(generator, noise=1.0)).all()
    for knobs in ({"truncation": 0.1}, {"noise": 0.0}, {"noise__seed": 3}, {"shimmer": 0.4}, {"bend__invert": 1.0, "bend__layer": 3}):
        assert np.abs(still - painted(generator, **knobs)).mean() > 0.1, knobs
    opened = stills.opened(str(gates))
    (drawn,) = opened.draw(opened.of_seeds([1]))
    assert np.abs(np.clip((drawn[0].transpose(1, 2, 0) + 1) * 127.5, 0, 255) - still[..., :3]).mean() < 1.5
    assert np.abs(from_seed(1, 6) - opened.of_seeds([1])[0]).max() == 0


def test_numbers_that_are_none_are_not_shown(model, gates):
    """The frame before stays."""
    for path in (model, gates):
        generator = play.build({"model": str(path)})
        out = np.full((32, 32, 4), 7, np.uint8)
        latent = Latent(values=np.full(generator.info.latent, np.nan, np.float32), space=generator.info.spaces[0])
        assert not generator.render(Request(instance="main", latent=latent, size=(32, 32)), out).finite
        assert {7} == set(out.flat)


def test_what_they_cannot_is_refused(model, gates):
    """A canvas, a net to blend with, weights that are not there."""
    for path in (model, gates):
        with pytest.raises(ModelRefused, match="one size"):
            describe({"model": str(path), "canvas": [2, 1]})
        with pytest.raises(ModelRefused, match="cannot be blended"):
            describe({"model": str(path), "other": str(model)})
        assert plain.build({"model": str(path)}).info.size == describe({"model": str(path)}).size
    half = model.with_name("half.safetensors")
    header, held = weights.read(model)
    weights.write(half, {name: each for name, each in held.items() if not name.endswith("noise.bias")}, header)
    with pytest.raises(ModelRefused, match=r"has no synthesis\.blocks\.0\.up\.noise\.bias"):
        play.build({"model": str(half)})
