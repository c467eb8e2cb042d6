"""An encoder for a GAN: it learns where pictures of the net were painted from, and says honestly how well."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from faces_rig import FACES, faces

from livegen.errors import ModelRefused
from livegen.generators.gan import words
from livegen.generators.gan.encoder import loaded
from livegen.generators.gan.network import Maker
from livegen.generators.gan.plan import Mlp
from livegen.generators.gan.sight import Sight
from livegen.generators.styled.latents import Space
from livegen.training import encoder
from livegen.training.encoder import Pairs, Pool, Settings, fit, lens, level_for, moved


def model(folder, net=None):
    path = folder / "faces.safetensors"
    held, net = faces(path, net)
    return words.configure({"model": str(path)}), held, net


def pairs(held, net):
    return Pairs(net, Space.from_tensors(held), (32, 16), 3)


def test_a_short_fit_is_nearer_than_guessing(tmp_path):
    """By places and by pictures that it has not seen, and the file's tensors say the same as was measured."""
    known, held, net = model(tmp_path)
    said = []
    found = fit(known, held, Settings(steps=120, batch=16, rate=3e-3), said.append)
    assert list(range(1, 121)) == [now.step for now in said]
    statistics = found.statistics
    assert statistics["likeness"] < 0.8 * statistics["middle"]
    assert statistics["first"] < statistics["guessing"]
    sight = Sight(**{name: statistics[name] for name in ("width", "height", "halvings", "rank")}, channels=tuple(statistics["channels"]))
    again = encoder.measured(loaded(sight, found.tensors), pairs(held, net))
    assert abs(again["place"] - statistics["place"]) < 0.1


def test_pairs_are_places_and_what_is_painted_there(tmp_path):
    """A picture that is not mixed is the picture of its place; a mixed one has none."""
    _, held, net = model(tmp_path)
    drawn = pairs(held, net)
    ws, u, whole = drawn.drawn(64)
    assert 40 < int(whole.sum()) < 64
    same = (ws[:, :1] - ws).abs().amax((1, 2)) < 1e-6
    assert torch.equal(whole, same)
    seen = drawn.seen(ws)
    assert ((64, 3, 16, 32), True) == (tuple(seen.shape), bool(seen.abs().max() <= 1))
    with torch.no_grad():
        assert torch.allclose(seen[:2], net.synthesis(ws[:2]).clamp(-1, 1), atol=1e-5)
    space = Space.from_tensors(held)
    assert np.allclose(u[whole].numpy(), space.down(ws[whole][:, 0].numpy()), atol=1e-3)


def test_pictures_are_used_again_and_the_oldest_make_room(tmp_path, monkeypatch):
    """A quarter of a batch is new; what is seen, its place and its picture stay together."""
    monkeypatch.setattr(encoder, "POOL", 24)
    _, held, net = model(tmp_path)
    pool = Pool(pairs(held, net))
    for count in (16, 20, 24, 28):
        seen, u, whole, wanted = pool.drawn(16)
        assert count == pool.count
    assert ((16, 3, 16, 32), (16, 6), (16,)) == (tuple(seen.shape), tuple(u.shape), tuple(whole.shape))
    with torch.no_grad():
        again = pool.pairs.painted(pool.pairs.up(u), None)
    near = (again - wanted).abs().mean((1, 2, 3))
    other = (again - wanted.roll(1, 0)).abs().mean((1, 2, 3))
    one = whole.bool()
    assert (near[one].median() < 0.7 * other[one].median()) and torch.allclose(seen, wanted, atol=1e-2)


def test_as_learned_nothing_is_mixed(tmp_path):
    """What it is measured by."""
    _, held, net = model(tmp_path)
    ws, _, whole = pairs(held, net).drawn(32, plain=True)
    assert whole.all()
    assert torch.equal(ws[:, 0], ws[:, -1])


def test_nets_with_classes_draw_all_of_them():
    """Their w lie in as many heaps."""
    torch.manual_seed(1)
    net = Maker(replace(FACES, classes=3)).eval().requires_grad_(False)
    held = {"latent.mean": np.zeros(12, np.float32), "latent.basis": np.eye(6, 12, dtype=np.float32), "latent.sigma": np.ones(6, np.float32)}
    net.mapping.layers[0].weight[:, :6] = 0.0  # only the class counts
    ws, _, _ = pairs(held, net).drawn(64, plain=True)
    assert 3 == len({tuple(np.round(row, 4)) for row in ws[:, 0].numpy()})


def test_a_bad_lens_changes_the_picture_and_stays_in_range():
    """Another one for every picture; some are left as they are."""
    x = torch.rand(64, 3, 16, 32) * 2 - 1
    seen = lens(x, torch.Generator().manual_seed(1), False)
    assert (seen.shape, True) == (x.shape, bool(seen.abs().max() <= 1.0))
    off = (seen - x).abs().mean((1, 2, 3))
    assert 4 <= int((off == 0).sum()) <= 30
    assert off.max() > 0.2


def test_a_torus_is_moved_round_and_loses_nothing():
    """By whole pixels it is the same numbers, rolled."""
    x = torch.rand(1, 3, 16, 16)
    by = torch.tensor([[0.5 + 4 / 16, 0.5, 0.0, 0.0]])
    got = moved(x, by, 0.5, "wrap")
    assert torch.allclose(torch.roll(x, -4, 3)[:, :, 1:-1, 1:-6], got[:, :, 1:-1, 1:-6], atol=1e-4)
    still = moved(x, torch.full((1, 4), 0.5), 0.06, "border")
    assert torch.allclose(x, still, atol=1e-5)


def test_large_nets_are_painted_at_a_level_that_is_fine_enough():
    """Twice what the encoder sees; nets without colours on the way are painted whole."""
    big = Maker(replace(FACES, width=512, height=256, channel_max=4))
    level = level_for(big, (64, 32))
    assert 128 == big.plan.start[1] << level
    assert FACES.levels == level_for(Maker(FACES), (32, 16))
    assert level_for(Maker(replace(FACES, architecture="resnet")), (32, 16)) is None


def test_a_plain_net_is_refused(tmp_path):
    """It has no w."""
    known, held, _ = model(tmp_path)
    with pytest.raises(ModelRefused, match="plain net"):
        fit(replace(known, plan=Mlp()), held, Settings(steps=1))
