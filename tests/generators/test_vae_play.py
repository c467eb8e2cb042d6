"""Playing a VAE: on torch, and by its numpy stand-in."""

import numpy as np
import pytest
import torch
from vae_rig import RANK, written

from livegen.errors import ModelRefused
from livegen.generators import weights
from livegen.generators.base import Request, build, build_fallback
from livegen.generators.vae.encoder import LOWEST, divergence, drawn
from livegen.generators.vae.encoder_plain import plain_encoder
from livegen.generators.vae.network import loaded
from livegen.generators.vae.plan import Plan, planned
from livegen.latent import Latent, from_seed

SIZE = (64, 96)


@pytest.fixture(scope="module", params=["styled", "mlp"])
def model(request, tmp_path_factory):
    return written(tmp_path_factory.mktemp("vae") / f"{request.param}.safetensors", request.param)


def asked(seed=1, image=None, **knobs):
    latent = Latent(from_seed(seed, RANK))
    return Request(instance="main", latent=latent, size=SIZE, image=image, knobs={"ease": 0.0} | knobs)


def painted(generator, request):
    out = np.zeros((SIZE[1], SIZE[0], 4), np.uint8)
    picture = generator.render(request, out)
    assert picture.finite
    return out, picture


def test_the_same_request_is_the_same_picture(model):
    """Whoever else was painted in between; opaque; and another latent is another picture."""
    vae = build("vae", {"model": str(model[0])})
    vae.warm_up(SIZE)
    first, other, again = (painted(vae, asked(seed))[0] for seed in (1, 2, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert (first[..., 3] == 255).all()


def test_what_it_is_shown_is_what_the_network_encodes(model):
    """``follow`` at 1: the picture of the encoder's mean."""
    path, network = model
    vae = build("vae", {"model": str(path)})
    image = np.random.default_rng(0).integers(0, 256, (24, 16, 3), np.uint8)
    _, picture = painted(vae, asked(image=image, follow=1.0))
    x = torch.from_numpy(image.transpose(2, 0, 1).copy())[None].float() / 127.5 - 1
    held = weights.read(path)[1]
    z = network.encoder(x)[0][0].numpy() - held["latent.mean"]
    wanted = np.clip(np.linalg.pinv(held["latent.basis"]) @ z, -3, 3)
    assert np.allclose(wanted, picture.latent, atol=1e-3)


def test_playing_where_it_stood_is_the_same_picture(model):
    """What ``see/keep`` rests on: the seen latent, played, paints what was seen."""
    vae = build("vae", {"model": str(model[0])})
    image = np.random.default_rng(1).integers(0, 256, (24, 16, 3), np.uint8)
    seen, picture = painted(vae, asked(image=image, follow=1.0))
    played = Request(instance="main", latent=Latent(picture.latent), size=SIZE, knobs={})
    assert np.abs(painted(vae, played)[0].astype(int) - seen).max() <= 1


def test_the_stand_in_sees_and_paints_the_same(model):
    """Numpy alone, within what half precision leaves; small pictures are painted whole."""
    config = {"model": str(model[0])}
    image = np.random.default_rng(2).integers(0, 256, (24, 16, 3), np.uint8)
    for request in (asked(), asked(image=image, follow=1.0, **{"direction/light": 1.0})):
        torch_out, torch_picture = painted(build("vae", config), request)
        plain_out, plain_picture = painted(build_fallback("vae", config), request)
        assert np.abs(torch_out.astype(int) - plain_out).mean() < 4
        if request.image is not None:
            assert np.allclose(torch_picture.latent, plain_picture.latent, atol=1e-3)


def test_both_encoders_are_one_function(model):
    """The numpy one and the torch one, number by number."""
    path, network = model
    image = np.random.default_rng(3).integers(0, 256, (24, 16, 3), np.uint8)
    x = torch.from_numpy(image.transpose(2, 0, 1).copy())[None].float() / 127.5 - 1
    found = plain_encoder(network.plan, weights.read(path)[1])(image)
    assert np.allclose(network.encoder(x)[0][0].numpy(), found, atol=1e-4)


def test_a_latent_that_is_no_number_is_no_picture(model):
    """Said by ``finite``, not by noise on the wall."""
    for vae in (build("vae", {"model": str(model[0])}), build_fallback("vae", {"model": str(model[0])})):
        latent = Latent(np.full(RANK, np.nan, np.float32))
        out = np.zeros((SIZE[1], SIZE[0], 4), np.uint8)
        assert not vae.render(Request(instance="main", latent=latent, size=SIZE), out).finite


def test_weights_of_another_plan_are_refused(model):
    """With the tensor that does not fit."""
    path, network = model
    held = weights.read(path)[1]
    other = Plan.from_dict({**network.plan.as_dict(), "z": 7})
    with pytest.raises(ModelRefused, match="do not fit"):
        loaded(other, held)


def test_a_device_that_there_is_not_is_refused(model):
    """Before torch complains in its own words."""
    with pytest.raises(ModelRefused, match="cannot paint on"):
        build("vae", {"model": str(model[0])}, "abacus")


def test_a_plan_survives_its_file():
    """Plain values there and back; nonsense is refused."""
    for net in ("styled", "mlp"):
        plan = planned((96, 128), net=net)
        assert plan == Plan.from_dict(plan.as_dict())
    assert (5, 48) == (plan.halvings, plan.latent)
    for wrong in ({"net": "gan"}, {"hidden": 0}, {"hidden": True}):
        with pytest.raises(ModelRefused):
            Plan.from_dict({**plan.as_dict(), **wrong})


def test_a_latent_that_says_nothing_has_no_divergence():
    """N(0, 1) costs nothing, everything else does; and draws follow mean and spread."""
    mean, spread = torch.zeros(5, 3), torch.zeros(5, 3)
    assert torch.equal(torch.zeros(3), divergence(mean, spread))
    assert (divergence(mean + 1, spread) > 0).all() and (divergence(mean, spread + 1) > 0).all()
    assert torch.allclose(mean + 4, drawn(mean + 4, torch.full((5, 3), LOWEST)), atol=0.2)
