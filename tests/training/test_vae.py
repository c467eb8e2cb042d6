"""The VAE's loop, trained for real on tiny pictures."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from livegen.card import Card
from livegen.generators import weights
from livegen.training import vae
from livegen.training.run import Budget, Run


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """A hundred steps are all there are: the learning rate comes up at once."""
    monkeypatch.setattr(vae, "RAMP", 10)


@pytest.fixture(autouse=True)
def one_thread():
    """Other tests run beside: more threads would only wait for each other, and sum in another order."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def blocks(count=48, size=17, seed=0):
    """Bright and dark halves in two colours: four numbers say everything about such a picture."""
    draw = np.random.default_rng(seed)
    pictures = np.empty((count, 3, size, size), np.uint8)
    for each in pictures:
        split, colours = draw.integers(4, 13), draw.integers(0, 256, (2, 3))
        each[:, :split], each[:, split:] = colours[0][:, None, None], colours[1][:, None, None]
    return pictures


def tiny(**more):
    settings = vae.settings_for((16, 16), latent=6)
    shape = replace(settings.plan.shape, channel_base=128, channel_max=16, w=16)
    settings = replace(settings, plan=replace(settings.plan, shape=shape), batch=8, half=False, rate=3e-3)
    return replace(settings, **more)


def begun(folder, steps, **more):
    return Run(
        folder=folder, family="vae", card=Card(title="t", author="a", licence="CC0-1.0", data="d"),
        budget=Budget(steps=steps), noted=lambda said: None, **more,
    )  # fmt: skip


def error(settings, folder, pictures):
    """Mean squared error, 0..1 colours, of what the run's weights give back, and of the mean picture."""
    from livegen.generators.vae.network import loaded

    _, held = weights.read(folder / "model.safetensors")
    net = loaded(settings.plan, held)
    x = vae.scaled(pictures[:, :, :16, :16], "cpu")
    with torch.no_grad():
        given = net.decoder(net.encoder(x)[0])
    plain = float((x - x.mean(0)).square().mean())
    return float((given - x).square().mean()), plain


def test_it_learns_to_give_pictures_back(tmp_path):
    """After a few seconds it is nearer to pictures that it never saw than their mean is."""
    settings = tiny(first=1.0, grow=0.0, smoothness=2.0)
    vae.train(begun(tmp_path, 100), blocks(), settings)
    got, mean = error(settings, tmp_path, blocks(seed=1))
    assert got < 0.7 * mean


def test_the_second_stage_leaves_the_encoder_as_it_was(tmp_path):
    """What the sliders mean is settled when the sharpening begins."""
    settings, seen = tiny(first=0.5, grow=0.2), []
    run = begun(tmp_path, 6)

    def told(run, numbers):
        if "critic" in numbers:
            _, held = weights.read(tmp_path / "model.safetensors")
            seen.append(held)

    run.told, run.due = told, lambda what: what == "show"
    vae.train(run, blocks(), settings)
    header, end = weights.read(tmp_path / "model.safetensors")
    kept = [name for name in end if name.startswith(("encoder.", "latent."))]
    assert header.statistics["sharpened"] is True
    assert [] == [name for name in kept if not np.array_equal(seen[-1][name], end[name])]
    assert not np.array_equal(seen[-1]["decoder.synthesis.const"], end["decoder.synthesis.const"])


def test_resuming_is_the_same_as_never_stopping(tmp_path):
    """Through both stages, bit for bit, wherever it was interrupted."""
    settings, pictures = tiny(first=0.5, grow=0.25), blocks(16)
    vae.train(begun(tmp_path / "straight", 8), pictures, settings)
    for steps in (3, 6):
        run = begun(tmp_path / "broken", 8)
        run.told = lambda run, numbers, last=steps: setattr(run, "stopping", run.step + 1 >= last)
        vae.train(run, pictures, settings)
    vae.train(begun(tmp_path / "broken", 8), pictures, settings)
    _, straight = weights.read(tmp_path / "straight" / "model.safetensors")
    _, broken = weights.read(tmp_path / "broken" / "model.safetensors")
    assert straight.keys() == broken.keys()
    assert [] == [name for name in straight if not np.array_equal(straight[name], broken[name])]


def test_the_plain_net_learns_by_the_textbook(tmp_path):
    """Two fully connected layers, squared error, one weight for the divergence."""
    settings = replace(vae.settings_for((16, 16), net="mlp", latent=6), half=False, batch=16)
    settings = replace(settings, plan=replace(settings.plan, hidden=64))
    vae.train(begun(tmp_path, 100), blocks(), settings)
    got, mean = error(settings, tmp_path, blocks(seed=1))
    assert got < mean
    assert weights.look(tmp_path / "model.safetensors").config["net"] == "mlp"


def test_the_weight_of_the_divergence_goes_where_it_is_needed():
    """Too much told: it gets heavier; too little: lighter; just right: it stays."""
    assert vae.steered(1e-3, 1.5) > 1e-3 > vae.steered(1e-3, 0.5)
    assert 1e-3 == vae.steered(1e-3, 1.0)


def test_a_batch_is_cut_out_of_larger_pictures():
    """Every cut has the size of the plan and lies inside its picture."""
    settings = tiny(flip=True)
    pictures = np.arange(17, dtype=np.uint8)[None, None, :, None] * np.ones((3, 3, 17, 17), np.uint8)
    x = vae.batch(pictures, np.random.default_rng(0), settings, "cpu")
    rows = ((x[:, 0, :, 0] + 1) * 127.5).round()
    assert (8, 3, 16, 16) == tuple(x.shape)
    assert {0.0, 1.0} == set(rows[:, 0].tolist())
    assert torch.equal(rows[:, 1:] - rows[:, :-1], torch.ones(8, 15))
