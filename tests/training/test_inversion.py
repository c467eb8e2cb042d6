"""Looking for a picture in a net: near what it can paint, nearer with a w for every layer, and always playable."""

from dataclasses import replace

import numpy as np
import pytest
from faces_rig import FACES, faces, painted

from livegen.errors import ModelRefused
from livegen.generators.alias.plan import Plan
from livegen.generators.capacity.plan import Plan as Capacity
from livegen.generators.gan import sight, words
from livegen.generators.gan.encoder import Inverse, tensors
from livegen.generators.gan.network import AliasMaker, CapacityMaker, Maker
from livegen.generators.gan.plan import Mlp
from livegen.generators.gan.sight import designed
from livegen.generators.styled.latents import Space
from livegen.training import inversion
from livegen.training.gan_show import gaussian
from livegen.training.inversion import REACH, Settings, asked_for, invert, small


def model(folder, net=None):
    """A random net as it is introduced, its tensors, and the net."""
    held, net = faces(folder / "faces.safetensors", net)
    return words.configure({"model": str(folder / "faces.safetensors")}), held, net


def test_a_picture_that_the_net_has_painted_is_found(tmp_path):
    """Nobody says where it stands; what is found there looks the same, and is in the played space."""
    known, held, net = model(tmp_path)
    asked = painted(net, Space.from_tensors(held).up(gaussian(1, 6, 99).numpy()))
    found = invert(known, held, asked, Settings(space="w", steps=100))
    (place,) = found.places
    assert "w" == place.space
    assert place.error < 0.02
    assert np.array_equal(place.picture, painted(net, Space.from_tensors(held).up(found.u)[None]))
    assert 100 == found.steps


def test_a_w_for_every_layer_comes_nearer(tmp_path):
    """To a picture that the net has never painted; the places are measured by what is really painted there."""
    known, held, net = model(tmp_path)
    asked = np.random.default_rng(3).integers(0, 256, (3, 2, 4), np.uint8).repeat(8, 1).repeat(8, 2)
    found = invert(known, held, asked, Settings(steps=120))
    one, each = found.places
    assert each.error < 0.9 * one.error
    assert each is found.best
    assert np.array_equal(each.picture, painted(net, each.ws))
    assert abs(np.abs(each.picture.astype(int) - asked).mean() / 255 - each.error) < 1e-6
    assert np.abs(found.u).max() <= REACH


def test_every_step_is_told_and_stands_where_it_can_be_played(tmp_path):
    """The share of the budget grows, the best only gets better, u stays within what a stage takes."""
    known, held, _ = model(tmp_path)
    said = []
    invert(known, held, np.zeros((3, 16, 32), np.uint8), Settings(steps=40), said.append)
    assert list(range(1, 41)) == [now.step for now in said]
    assert sorted(now.done for now in said) == [now.done for now in said]
    assert {"w", "w+"} == {now.space for now in said}
    inside = [now.loss for now in said if now.space == "w"]
    assert sorted(inside, reverse=True) == inside
    assert all(now.u.shape == (6,) and np.abs(now.u).max() <= REACH for now in said)


def test_the_same_search_is_the_same_place(tmp_path):
    """A seed names it."""
    known, held, _ = model(tmp_path)
    asked = np.full((3, 16, 32), 90, np.uint8)
    one, two = (invert(known, held, asked, Settings(steps=20)) for _ in range(2))
    assert np.array_equal(one.best.ws, two.best.ws)


def test_the_clock_can_end_it(tmp_path, monkeypatch):
    """A budget in minutes, whatever the steps."""
    known, held, _ = model(tmp_path)
    ticking = iter(range(10_000))
    monkeypatch.setattr(inversion.time, "monotonic", lambda: 0.1 * next(ticking))
    found = invert(known, held, np.zeros((3, 16, 32), np.uint8), Settings(steps=10_000, minutes=0.5))
    assert 20 < found.steps < 310


@pytest.mark.parametrize("colours", [1, 4])
def test_grey_nets_and_those_with_alpha_are_looked_through_too(tmp_path, colours):
    """By the colours that they have."""
    known, held, net = model(tmp_path, Maker(replace(FACES, colours=colours, architecture="orig")))
    shown = painted(net, Space.from_tensors(held).up(gaussian(1, 6, 99).numpy()))
    asked = shown.repeat(3, 0) if colours == 1 else shown[:3]
    found = invert(known, held, asked, Settings(space="w", steps=50))
    assert found.places[0].error < 0.03


def test_an_alias_free_net_can_be_looked_through(tmp_path):
    """Its layers have a w each as well."""
    net = AliasMaker(Plan.designed(32, channel_base=256, channel_max=8, layers=5, w=12, z=6))
    known, held, _ = model(tmp_path, net)
    found = invert(known, held, np.full((3, 32, 32), 200, np.uint8), Settings(steps=16))
    assert (net.plan.layers, 12) == found.best.ws.shape
    assert found.places[1].loss <= found.places[0].loss


def test_a_net_of_lucidrains_make_can_be_looked_through(tmp_path):
    """A w for each of its blocks comes nearer than one for all."""
    net = CapacityMaker(Capacity(width=32, height=32, w=12, mapping=2, begin=8, table=(8, 8, 6, 4)))
    known, held, _ = model(tmp_path, net)
    found = invert(known, held, np.full((3, 32, 32), 200, np.uint8), Settings(steps=16))
    assert (4, 12) == found.best.ws.shape
    assert found.places[1].loss <= found.places[0].loss


def test_a_plain_net_is_refused(tmp_path):
    """It has no w."""
    known, held, _ = model(tmp_path)
    with pytest.raises(ModelRefused, match="plain net"):
        invert(replace(known, plan=Mlp()), held, np.zeros((3, 32, 32), np.uint8), Settings())


def test_bytes_become_what_nets_paint():
    """-1..1, one picture."""
    asked = asked_for(np.array([[[0, 255]]] * 3, np.uint8))
    assert ((1, 3, 1, 2), -1.0, 1.0) == (tuple(asked.shape), asked.min().item(), asked.max().item())


def test_the_models_own_encoder_says_where_to_begin(tmp_path, monkeypatch):
    """Its guess is one of the beginnings; the picture is shown to it as large as it sees."""
    known, held, net = model(tmp_path)
    plan = designed((32, 16), 6, (8,))
    place = gaussian(1, 6, 99).numpy()[0].clip(-3, 3)
    given = {name: np.zeros_like(each) for name, each in tensors(Inverse(plan)).items()} | {"encoder.out.bias": place.astype(np.float16)}
    sight.keep(known.path, known.path, given, plan.as_dict())
    known, held = words.configure({"model": str(known.path)}), held | given
    asked = painted(net, Space.from_tensors(held).up(place)[None])
    monkeypatch.setattr(inversion, "MOST_SAMPLES", 1)
    monkeypatch.setattr(inversion, "FEWEST_SAMPLES", 1)
    assert invert(known, held, asked, Settings(space="w", steps=1)).places[0].error < 0.01
    assert (8, 16, 3) == small(np.zeros((3, 16, 32), np.uint8), (16, 8)).shape
