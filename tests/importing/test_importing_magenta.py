"""SketchRNN files of the web: the same mixtures as the paper's, drawings on the sheet, and a sentence for what is none."""

import base64
import json
import time

import numpy as np
import pytest
from sequence_rig import gen_json, sketch_rnn, sketch_rnn_says

from livegen.card import Card
from livegen.errors import ModelRefused
from livegen.generators import weights
from livegen.generators.strokes.answers import StrokeAnswers
from livegen.generators.strokes.hand import Hand
from livegen.generators.strokes.step import START, Network, five
from livegen.importing import magenta
from livegen.marks import DOWN, END, UP
from livegen.wire.ask import Ask


@pytest.fixture
def cat(tmp_path):
    return magenta.read(gen_json(tmp_path / "cat.gen.json", sketch_rnn()))


def softmax(logits):
    return np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum()


@pytest.mark.parametrize("net", [{}, {"units": 5, "mixtures": 1}, {"units": 40, "mixtures": 7}], ids=str)
@pytest.mark.parametrize("flat", [False, True])
def test_it_expects_what_the_paper_s_equations_expect(tmp_path, net, flat):
    """Pen, weights, means, deviations and correlations after thirty steps, in double precision beside it."""
    held = sketch_rnn(**net)
    found = magenta.read(gen_json(tmp_path / "cat.gen.json", held, flat))
    network = Network(found.tensors, json.loads(json.dumps(found.config)))
    chance = np.random.default_rng(2)
    drawing = np.column_stack([chance.normal(0, 1, (30, 2)), chance.integers(0, 2, 30)]).astype(np.float32)
    rows = np.concatenate([START[None], five(drawing)])
    memory, push = network.begin(np.zeros(0, np.float32)), network.push(np.zeros(0, np.float32))
    for row, expected in zip(rows, sketch_rnn_says(held, rows), strict=True):
        memory = network.step(row, memory, push)
        odds = network.odds(memory)
        np.testing.assert_allclose(expected["pen"], softmax(odds.pen), atol=1e-5)
        np.testing.assert_allclose(expected["weight"], softmax(odds.weight), atol=1e-5)
        np.testing.assert_allclose(expected["mean"], odds.mean, atol=1e-5)
        np.testing.assert_allclose(expected["deviation"], np.exp(odds.spread), rtol=1e-5)
        np.testing.assert_allclose(expected["correlation"], odds.lean, atol=1e-5)


def test_the_file_is_described(cat):
    """Its scale, its length and where it came from are kept."""
    assert (51.2, 90, 12, 20) == tuple(cat.config[key] for key in ("unit", "longest", "decoder", "mixtures"))
    assert ("magenta", "cat.gen.json", "cat") == tuple(cat.origin[key] for key in ("format", "file", "name"))
    assert 64 == len(cat.origin["sha256"]) and cat.notes


def test_a_drawing_of_quick_draw_s_size_is_one(tmp_path):
    """A net that draws a stair 255 pixels long is as large as a drawing here, begins where its middle lies in the
    middle of its place, and its numbers in pixels are those of the web's."""
    found = magenta.read(gen_json(tmp_path / "stair.gen.json", stair(dx=1.0, dy=-0.5), scale_factor=17.0, max_seq_len=4))
    assert 255 / 2 / 17 == pytest.approx(found.config["size"], abs=1e-3)
    hand = Hand(Network(found.tensors, found.config), found.config)
    steps = hand.drawing(np.zeros(1, np.float32), temperature=0.0)
    assert [1.0 * 17, -0.5 * 17] == pytest.approx(steps[5, :2] * 255, abs=0.05)
    points = np.cumsum(steps[:, :2], axis=0)
    assert [0, 0] == pytest.approx(points.min(0) + points.max(0), abs=0.25)
    assert DOWN == steps[0, 2] and END == steps[-1, 2]


def test_drawings_of_another_size_are_measured(tmp_path):
    """A net of drawings that were never Quick, Draw!'s fills its place all the same."""
    found = magenta.read(gen_json(tmp_path / "far.gen.json", stair(dx=8.0, dy=0.0), scale_factor=17.0, max_seq_len=60))
    hand = Hand(Network(found.tensors, found.config | {"size": 1e6}), found.config | {"size": 1e6})
    reach = np.ptp(np.cumsum(hand.drawing(np.zeros(1, np.float32))[1:, 0] * hand.scale))
    assert 1.0 == pytest.approx(2 * found.config["size"] / reach, abs=0.3)


def stair(dx: float, dy: float) -> list[np.ndarray]:
    """A net that goes (dx, dy) at every step with hardly any spread, and has no will to end."""
    held = [np.zeros_like(each) for each in sketch_rnn(units=4, mixtures=1)]
    held[1][:] = np.rint(np.array([5, -5, -5, 0, dx, dy, -7, -7, 0]) * 3276.7)
    return held


def test_a_performer_s_line_is_read_from_its_first_point(cat):
    """The lifted step to where it begins is nothing that such a net ever learned."""
    hand = Hand(Network(cat.tensors, cat.config), cat.config)
    line = [(0.3, -0.2, DOWN), (0.1, 0.0, DOWN), (0.0, 0.1, UP)]
    asked = Ask(id=1, what="strokes", length=1, temperature=0.5, seed=1, strokes=line)
    stand = StrokeAnswers(hand).answer(asked, None, lambda: None)[1]
    memory, push = hand.network.begin(np.zeros(0)), hand.network.push(np.zeros(0))
    drawn = StrokeAnswers(hand).answer(asked, None, lambda: None)[0]["strokes"][0]
    learned = np.array([*line[1:], drawn], np.float32) * np.array([hand.scale, hand.scale, 1], np.float32)
    for row in np.concatenate([START[None], five(learned)]):
        memory = hand.network.step(row, memory, push)
    np.testing.assert_allclose(memory[0], stand.memory[0], atol=1e-3)
    assert 4 == stand.count


def test_a_drawing_on_request_begins_with_the_lifted_step(cat):
    """As every drawing of a stage: what is asked for in one piece is what comes in two."""
    answers = StrokeAnswers(Hand(Network(cat.tensors, cat.config), cat.config))
    steps = answers.answer(Ask(id=1, what="strokes", length=40, temperature=0.5, seed=3), None, lambda: None)[0]["strokes"]
    begins = np.array(cat.config["start"]) / answers.hand.scale
    assert [*begins, DOWN] == pytest.approx(steps[0], abs=1e-4)
    assert len(steps) > 1


def test_a_stage_plays_it(tmp_path, cat):
    """From a model file: ink on the sheet, steps given out."""
    from strokes_rig import Playing

    from livegen.generators.base import build

    path = tmp_path / "cat.safetensors"
    card = Card(title="cat", author="a test", licence="CC0-1.0", data="nobody's: random numbers")
    weights.write(path, cat.tensors, weights.Header(family="strokes", config=cat.config, card=card))
    playing = Playing(build("strokes", {"model": str(path)}), rate=200.0).frames_of(12)
    assert playing.marks and all(np.isfinite([mark.dx, mark.dy]).all() for mark in playing.marks)
    assert playing.last.pixels[..., :3].std() > 1


# What is refused ----------------------------------------------------------------------------------


def whole(change):
    """A good file whose list was changed."""

    def do(path):
        held = json.loads(gen_json(path, sketch_rnn()).read_text())
        found = change(held)
        path.write_text(json.dumps(held if found is None else found))

    return do


def info(**said):
    return lambda path: gen_json(path, sketch_rnn(), **said)


def shape(number, *sides):
    return whole(lambda held: held[1].__setitem__(number, list(sides)))


def text(number, value):
    return whole(lambda held: held[2].__setitem__(number, value))


def raw(data):
    return lambda path: path.write_bytes(data)


def with_latent(path):
    """A decoder that reads a z beside every step."""
    held = sketch_rnn()
    held[2] = np.concatenate([held[2], held[2]])
    gen_json(path, held)


BROKEN = {
    "empty": raw(b""),
    "zeros": raw(b"\0" * 1000),
    "cut off": lambda path: path.write_bytes(gen_json(path, sketch_rnn()).read_bytes()[:-500]),
    "an object": raw(b'{"mode": "gen"}'),
    "a list of nothing": raw(b"[]"),
    "nested": raw(b"[" * 200_000),
    "deep": raw(b"[" * 3000 + b"]" * 3000),
    "a million parts": raw(b"[" + b"0," * 1_000_000 + b"0]"),
    "an endless number": raw(b"[" + b"9" * 100_000 + b", [], []]"),
    "the autoencoder": info(mode="vae"),
    "a mode that is a number": info(mode=3),
    "no scale": info(scale_factor=None),
    "a scale of zero": info(scale_factor=0),
    "a negative scale": info(scale_factor=-5),
    "a scale that is no number": info(scale_factor=float("nan")),
    "an endless scale": info(scale_factor=float("inf")),
    "a scale with four hundred digits": info(scale_factor=10**400),
    "a scale that is a word": info(scale_factor="big"),
    "no length": info(max_seq_len=None),
    "a length of a mile": info(max_seq_len=10**9),
    "no information": whole(lambda held: [[], *held[1:]]),
    "no shapes": whole(lambda held: [held[0], 3, held[2]]),
    "four arrays": whole(lambda held: held[2].pop() and None),
    "six arrays": whole(lambda held: (held[2].append(held[2][0]), held[1].append([1]))[0]),
    "no arrays": whole(lambda held: held[:2]),
    "a shape that is a word": whole(lambda held: held[1].__setitem__(0, "12, 123")),
    "a shape of three": shape(0, 1, 12, 123),
    "a shape of zero": shape(0, 0, 123),
    "a shape of fractions": shape(0, 12.0, 123),
    "a shape of a mile": shape(0, 10**12, 10**12),
    "a shape of gigabytes": shape(0, 1 << 23, 1 << 23),
    "turned around": shape(0, 123, 12),
    "a vector for a matrix": shape(3, 12 * 48),
    "mixtures that do not fit": whole(lambda held: (held[1].__setitem__(0, [123, 12]), held[1].__setitem__(1, [12]))[0]),
    "a latent that is read": with_latent,
    "no text": text(0, 7),
    "no base64": text(0, "&" * 3936),
    "half of it": text(0, base64.b64encode(b"\0" * 100).decode()),
    "too much of it": text(1, base64.b64encode(b"\0" * 100_000).decode()),
    "letters of another alphabet": text(0, "é" * 3936),
}


@pytest.mark.parametrize("how", BROKEN)
def test_broken_files_get_a_sentence(tmp_path, how):
    """And soon."""
    path = tmp_path / "cat.gen.json"
    BROKEN[how](path)
    begin = time.perf_counter()
    with pytest.raises(ModelRefused) as refused:
        magenta.read(path)
    assert 2.0 > time.perf_counter() - begin
    assert 20 < len(str(refused.value)) < 400


def test_what_is_not_there_gets_a_sentence(tmp_path):
    for path in (tmp_path / "nothing.gen.json", tmp_path):
        with pytest.raises(ModelRefused):
            magenta.read(path)


def test_wild_weights_draw_finite_steps(tmp_path):
    """Every weight as loud as a file can say it: the hand stops at the edge and nothing overflows."""
    held = [np.where(each < 0, -32768, 32767).astype("<i2") for each in sketch_rnn()]
    with np.errstate(over="raise", invalid="raise"):
        found = magenta.read(gen_json(tmp_path / "wild.gen.json", held))
        steps = Hand(Network(found.tensors, found.config), found.config).drawing(np.zeros(1, np.float32), temperature=1.5)
    assert np.isfinite(steps).all() and END == steps[-1, 2]


@pytest.mark.parametrize("start", ["middle", [1], [1, float("nan")], [1e9, 0], ["a", "b"]])
def test_a_beginning_that_makes_no_sense_is_refused(cat, start):
    """A model file that was made by hand."""
    with pytest.raises(ModelRefused):
        Hand(Network(cat.tensors, cat.config), cat.config | {"start": start})
