"""Stills: the networks' own numbers."""

import numpy as np
import pytest
import torch
from still_rig import CARD, saved
from vae_rig import written

from livegen.errors import BadValue, ModelRefused
from livegen.generators import stills, weights
from livegen.generators.weights import Header


@pytest.fixture(scope="module")
def noisy(tmp_path_factory):
    return saved(tmp_path_factory.mktemp("stills") / "noisy.safetensors", noise=True)


@pytest.fixture(scope="module")
def tiles(tmp_path_factory):
    return saved(tmp_path_factory.mktemp("tiles") / "tiles.safetensors", wrap=True)[0]


def all_of(drawn):
    return np.concatenate(list(drawn))


def test_z_goes_through_the_network_and_nothing_else(noisy):
    """Mapping and synthesis in single precision, more pictures than are drawn at once."""
    path, net = noisy
    z = np.random.default_rng(3).standard_normal((stills.TOGETHER + 1, 6)).astype(np.float32)
    with torch.inference_mode():
        wanted = net(torch.from_numpy(z)).numpy()
    np.testing.assert_allclose(all_of(stills.opened(str(path)).draw(z)), wanted, atol=1e-4)


def test_truncation_draws_w_to_the_mean(noisy):
    """w = mean + p (w - mean), for z and for w alike; at nought all pictures are one."""
    path, net = noisy
    model, z = stills.opened(str(path)), np.eye(3, 6, dtype=np.float32)
    with torch.inference_mode():
        w = net.mapping(torch.from_numpy(z))
        half = (model.middle + (w - model.middle) * 0.5)[:, None].expand(-1, net.plan.layers, -1)
        wanted = net.synthesis(half).numpy()
    np.testing.assert_allclose(all_of(model.draw(z, truncation=0.5)), wanted, atol=1e-4)
    np.testing.assert_allclose(all_of(model.draw(w=w.numpy(), truncation=0.5)), wanted, atol=1e-4)
    flat = all_of(model.draw(z, truncation=0.0))
    np.testing.assert_allclose(flat[0], flat[2], atol=1e-4)


def test_every_layer_may_have_its_own_w(noisy):
    """(N, layers, w) is taken as it is."""
    path, net = noisy
    ws = np.random.default_rng(4).standard_normal((2, net.plan.layers, 12)).astype(np.float32)
    with torch.inference_mode():
        wanted = net.synthesis(torch.from_numpy(ws)).numpy()
    np.testing.assert_allclose(all_of(stills.opened(str(path)).draw(w=ws)), wanted, atol=1e-4)


def test_noise_is_as_learned_none_or_of_a_seed(noisy):
    """Three pictures of one latent; the same seed is the same noise."""
    model, z = stills.opened(str(noisy[0])), np.ones((1, 6), np.float32)
    const, none, five, again, six = (all_of(model.draw(z, noise=each)) for each in ("const", "none", "5", "5", "6"))
    np.testing.assert_array_equal(five, again)
    assert 0 < min(np.abs(one - other).max() for one, other in ((const, none), (none, five), (five, six)))


def test_a_net_without_noise_has_no_seeds_for_it(tiles):
    """Const and none are all the same to it, a seed is refused."""
    model, z = stills.opened(str(tiles)), np.ones((1, 6), np.float32)
    np.testing.assert_array_equal(all_of(model.draw(z, noise="none")), all_of(model.draw(z)))
    with pytest.raises(BadValue, match="without noise"):
        list(model.draw(z, noise="5"))
    with pytest.raises(BadValue, match="const, none or"):
        list(model.draw(z, noise="loud"))


@pytest.mark.parametrize("kind", ["styled", "mlp"])
def test_vaes_are_drawn_too(tmp_path, kind):
    """A seed is a place in the played space; plain nets have z only."""
    path, net = written(tmp_path / "vae.safetensors", kind)
    model = stills.opened(str(path))
    z = model.of_seeds([1, 2])
    with torch.inference_mode():
        wanted = net.decoder(torch.from_numpy(z)).numpy()
    np.testing.assert_allclose(all_of(model.draw(z)), wanted, atol=2e-2)
    if kind == "mlp":
        with pytest.raises(BadValue, match="has no w"):
            list(model.draw(w=z))


@pytest.mark.parametrize(
    "given", [{"z_NZ": np.zeros((1, 5), np.float32)}, {"w": np.zeros((1, 2, 12), np.float32)}, {}]
)
def test_latents_of_another_shape_are_refused(tiles, given):
    """By name of the shape that is wanted."""
    with pytest.raises(BadValue):
        list(stills.opened(str(tiles)).draw(**given))


@pytest.mark.parametrize("how", [{"kind": 1}, {"cutoff": 2}, {"mix": (3, 1)}], ids=["class", "cutoff", "mix"])
def test_a_plain_net_refuses_what_it_cannot_follow(tmp_path, how):
    """Nothing that was asked for is left out in silence."""
    path, _ = written(tmp_path / "vae.safetensors", "mlp")
    model = stills.opened(str(path))
    with pytest.raises(BadValue, match=r"knows no classes|has no w"):
        list(model.draw(model.of_seeds([1]), **how))


def test_a_class_beside_a_w_is_refused_by_nets_without_classes(tiles):
    """Whichever way the picture is named."""
    with pytest.raises(BadValue, match="knows no classes"):
        list(stills.opened(str(tiles)).draw(w=np.zeros((1, 12), np.float32), kind=0))


def test_latents_that_are_not_finite_are_refused(tiles):
    """Before they become a black picture."""
    with pytest.raises(BadValue, match="not finite"):
        list(stills.opened(str(tiles)).draw(np.full((1, 6), np.nan, np.float32)))


def test_a_text_model_paints_no_stills(tmp_path):
    """It is named as what it is."""
    path = tmp_path / "poem.safetensors"
    weights.write(path, {"x": np.zeros(1, np.float32)}, Header(family="text", config={}, card=CARD))
    with pytest.raises(ModelRefused, match="is a text model"):
        stills.opened(str(path))
