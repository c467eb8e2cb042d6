"""Training a stroke network, for real on drawings of stairs."""

import dataclasses

import numpy as np
import pytest
import torch
from strokes_rig import TINY, begun, lesson, stairs, trained

from livegen.errors import BadValue
from livegen.generators import weights
from livegen.generators.strokes.step import Network, five
from livegen.training import strokes
from livegen.training.run import Run
from livegen.training.stroke_net import shifted


@pytest.fixture(autouse=True)
def one_thread():
    """Another number of threads sums in another order."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def test_a_trained_network_is_surprised_less_than_one_gaussian_and_pen_counts():
    """Held-out drawings cost it fewer nats, for the offsets and for the pen."""
    found = weights.look(trained()).statistics
    plain = strokes.plainest(lesson().train, lesson().held, TINY.jitter)
    assert found["held_offset"] < plain["offset"]
    assert found["held_pen"] < plain["pen"]
    assert found["held_bound"] < plain["offset"] + plain["pen"]


def test_the_baseline_is_a_gaussian_s_entropy():
    """Of normal numbers it knows all there is to know: log 2 pi e for two of them."""
    draw = np.random.default_rng(0)
    drawings = [np.column_stack([draw.standard_normal((50, 2)), np.zeros(50)]).astype(np.float32) for _ in range(100)]
    assert 2.8379 == pytest.approx(strokes.plainest(drawings, drawings, 0.0)["offset"], abs=0.05)


def test_numpy_plays_exactly_what_torch_has_learned():
    """The same expectation after every step of a drawing, and the same latent of it."""
    header, tensors = weights.read(trained())
    network = Network(tensors, header.config)
    net = strokes.net_of(TINY).eval()
    held = {name: torch.from_numpy(tensor.astype(np.float32)) for name, tensor in tensors.items()}
    net.load_state_dict(held, strict=False)
    drawing = stairs(1)[0]
    steps, lengths = strokes.batch([drawing])
    with torch.no_grad():
        mean, _ = net.encode(steps, lengths)
        rows = net.decode(shifted(steps), mean)[0]
    marked = np.column_stack([drawing[:, :2], np.where(drawing[:, 2] > 0, 1, 0)])
    marked[-1, 2] = 2
    played = network.encode(marked.astype(np.float32))
    z = network.z(played)
    assert np.allclose(mean[0], z, atol=2e-3)
    push, memory = network.push(mean[0].numpy()), network.begin(mean[0].numpy())
    before = np.concatenate([[[0, 0, 1, 0, 0]], five(marked.astype(np.float32))[:-1]]).astype(np.float32)
    for row, given in zip(rows, before, strict=True):
        memory = network.step(given, memory, push)
        odds = network.odds(memory)
        pen, weight, x, y, wide, high, lean = torch.split(row, [3] + 6 * [TINY.mixtures])
        assert np.allclose(pen, odds.pen, atol=1e-4)
        assert np.allclose(weight, odds.weight, atol=1e-4)
        assert np.allclose(torch.stack([x, y], 1), odds.mean, atol=1e-4)
        assert np.allclose(torch.stack([wide, high], 1).clamp(-4, 3), odds.spread, atol=1e-4)
        assert np.allclose(0.99 * torch.tanh(lean), odds.lean, atol=1e-4)


def test_a_run_that_was_interrupted_is_the_run_that_was_not(tmp_path):
    """Killed after five of ten steps and taken up again: the same weights, bit for bit."""
    strokes.train(begun(tmp_path / "whole", 10), lesson(), TINY)

    class Killed(Exception):
        pass

    def die(run, numbers):
        if run.step == 7:
            raise Killed

    first = begun(tmp_path / "halves", 10, told=die)
    first.due = lambda what: what == "keep" and first.step == 5
    with pytest.raises(Killed):
        strokes.train(first, lesson(), TINY)
    again = begun(tmp_path / "halves", 10)
    strokes.train(again, lesson(), TINY)
    one, two = (weights.read(tmp_path / name / "model.safetensors")[1] for name in ("whole", "halves"))
    assert one.keys() == two.keys()
    assert all(np.array_equal(one[name], two[name]) for name in one)


def test_a_run_can_begin_from_another_s_weights(tmp_path):
    """And what is frozen stays as it was there."""
    from livegen.training.transfer import origin

    source = trained()
    run = begun(tmp_path / "run", 3, origin=origin(source, "strokes"), freeze=("encoder",))
    strokes.train(run, lesson(), TINY)
    before, after = weights.read(source)[1], weights.read(tmp_path / "run" / "model.safetensors")[1]
    assert np.array_equal(before["encoder.weight_ih_l0"], after["encoder.weight_ih_l0"])
    assert not np.array_equal(before["out.weight"], after["out.weight"])


def test_a_decoder_alone_learns_too():
    header = weights.look(trained(latent=0))
    plain = strokes.plainest(lesson().train, lesson().held, TINY.jitter)
    assert header.statistics["held_bound"] < plain["offset"] + plain["pen"]
    assert 0 == header.config["latent"]


def test_the_run_folder_shows_what_is_drawn_by_now():
    assert (trained().parent / "samples" / "latest.jpg").is_file()


def test_a_variation_ends_where_its_drawing_ends():
    """Leaving points out keeps every stroke's ends; stretching and turning keep it around its middle."""
    drawing = stairs(1)[0]
    settings = dataclasses.replace(TINY, stretch=0.0, turn=0.0, jitter=0.0, drop=0.9)
    fewer = strokes.varied(drawing, np.random.default_rng(0), settings)
    assert len(fewer) < len(drawing)
    assert np.allclose(drawing[:, :2].sum(0), fewer[:, :2].sum(0), atol=1e-5)
    assert drawing[:, 2].sum() == fewer[:, 2].sum()
    ends = np.cumsum(drawing[:, :2], 0)[drawing[:, 2] > 0]
    assert np.allclose(ends, np.cumsum(fewer[:, :2], 0)[fewer[:, 2] > 0], atol=1e-5)
    starts = np.cumsum(drawing[:, :2], 0)[:1], np.cumsum(fewer[:, :2], 0)[:1]
    assert np.allclose(*starts, atol=1e-5)


def test_a_batch_is_hardly_padded():
    """Drawings of one length lie on one shelf, and every drawing lies on one."""
    drawings = [np.zeros((n, 3), np.float32) for n in np.random.default_rng(0).integers(2, 80, 600)]
    shelves = strokes.by_length(drawings, 16)
    assert list(range(600)) == sorted(np.concatenate(shelves))
    spread = [np.ptp([len(drawings[i]) for i in shelf]) for shelf in shelves]
    assert max(spread) < 20


@pytest.mark.parametrize("name, value", [("latent", -1), ("mixtures", 99), ("rate", 0), ("batch", 0), ("drop", 1.0)])
def test_settings_that_cannot_be_are_refused(tmp_path, name, value):
    with pytest.raises(BadValue, match=name):
        strokes.train(begun(tmp_path, 1), lesson(), dataclasses.replace(TINY, **{name: value}))


def test_a_folder_of_another_family_is_not_taken_up(tmp_path):
    from livegen.errors import ModelRefused

    Run(folder=tmp_path, family="text", config={}, card=begun(tmp_path, 1).card).keep({"x": 1})
    with pytest.raises(ModelRefused, match="text"):
        strokes.train(begun(tmp_path, 1), lesson(), TINY)
