"""Characters: the numbers that another network gave them, and what of them is written."""

import numpy as np
import pytest
from text_rig import CARD, tensors_of

from livegen.errors import ModelRefused
from livegen.generators import weights
from livegen.generators.base import build
from livegen.generators.text.alphabet import Alphabet, alphabet_of
from livegen.generators.text.answers import TextAnswers
from livegen.generators.text.characters import Characters, Spelling
from livegen.generators.text.choose import Taste, opening, said, told, whole
from livegen.generators.text.step import Step
from livegen.generators.text.writer import Wishes, Writer
from livegen.wire.ask import Ask

LETTERS = "b\r\na é🙂"


def step_of(letters: str, **more) -> Step:
    """A small LSTM of random weights that knows these characters."""
    stand_in = Alphabet(bytes(range(len(letters)))).said
    config = {"net": "lstm", "units": 12, "layers": 2, "residual": False, "alphabet": stand_in}
    tensors = tensors_of(config, **more)
    return Step({key: each for key, each in config.items() if key != "alphabet"} | {"characters": letters}, tensors)


def test_a_config_carries_them_in_their_order():
    """Numbers and back; a stranger is told apart, and one of them is not a byte."""
    alphabet = alphabet_of({"characters": LETTERS})
    numbers, known = alphabet.numbers("aé?🙂\n".encode())
    assert [3, 5, 0, 6, 2] == numbers.tolist()
    assert [True, True, False, True, True] == known.tolist()
    assert "aé🙂" == b"".join(alphabet.piece(number) for number in (3, 5, 6)).decode()
    assert 2 == opening(alphabet)
    assert 7 == len(alphabet)


def test_bytes_stay_what_they_were():
    """A model of ours has its alphabet; one that has characters is not taken for one of bytes."""
    assert Alphabet(b"ab") == alphabet_of({"alphabet": "6162"})
    with pytest.raises(ModelRefused, match="characters and not bytes"):
        Alphabet.of({"characters": LETTERS, "alphabet": "6162"})


@pytest.mark.parametrize("letters", [None, 7, "", "a", "aba", ["a", "b"], "\x00\x01", "\r\x00"])
def test_nonsense_is_refused(letters):
    with pytest.raises(ModelRefused):
        Characters.of({"characters": letters})


def test_a_line_end_of_two_characters_is_one():
    """Texts from Windows: a return waits for what follows and is not seen; two never follow each other."""
    spelling = Spelling(Characters(LETTERS))
    assert spelling.allowed(b"").all()
    assert [True, False, True, True, True, True, True] == spelling.allowed(b"\r").tolist()
    assert not whole(b"\r") and whole(b"\r\n") and not whole(b"")
    assert "\n" == said(b"\r\n")
    text = told(step_of(LETTERS), 300, seed=1, taste=Taste(temperature=2.0))
    assert 300 == len(text) and set("ba é🙂\n") == set(text)


def test_a_line_end_of_old_macintoshes_is_a_new_line():
    """They end lines with a return alone; a page has a new line there, and reads one so."""
    alphabet = Characters("ab\r")
    assert b"\n" == alphabet.piece(2)
    assert ([0, 2], 2, 2) == (alphabet.numbers(b"a\n")[0].tolist(), opening(alphabet), alphabet.line_end)
    assert Spelling(alphabet).allowed(b"").all()
    assert set("ab\n") == set(told(step_of("ab\r"), 60, seed=2, taste=Taste(temperature=2.0)))


def test_what_no_page_shows_is_read_but_not_written():
    """Controls, byte order marks and halves of pairs."""
    spelling = Spelling(Characters("a\x07\ufeff\ud83d\tb\x85"))
    assert [True, False, False, False, True, True, False] == spelling.allowed(b"").tolist()


def test_boosts_and_bans_are_of_characters():
    """Whole ones, whatever they take in bytes; strangers change nothing."""
    nudges = Spelling(Characters(LETTERS)).nudges(b"", "é?\ud83d", "🙂", 3.0)
    assert [0, 0, 0, 0, 0, 3, -np.inf] == nudges.tolist()


def test_more_characters_than_a_byte_can_count():
    """A thousand of them, fed with text that is cut between frames."""
    letters = "".join(map(chr, range(0x4E00, 0x4E00 + 1000))) + "\n"
    writer = Writer(step_of_many(letters))
    telling = writer.begin(1, writer.voice("一丁丂"), None)
    writer.feed(telling, letters[:200])
    reads = 0
    while not writer.read(telling):
        reads += 1
    assert reads > 2
    tokens = writer.write(telling, 20, Wishes(lines=3.0))
    assert 20 == len(tokens) and all(1 == len(token.text) for token in tokens)
    assert all(0 <= token.entropy <= np.log2(1001) + 1e-3 for token in tokens)
    # What was read in pieces is what was read at once.
    expected = writer.step.read(writer.voice("一丁丂").state, writer.step.alphabet.numbers(letters[:200].encode())[0])[0][-1]
    again = writer.begin(1, writer.voice("一丁丂"), None)
    writer.feed(again, letters[:200])
    while not writer.read(again):
        pass
    np.testing.assert_allclose(expected, again.a.says, atol=1e-5)


def step_of_many(letters: str) -> Step:
    chance, count = np.random.default_rng(2), len(letters)
    tensors = {"embed.weight": (count, 5), "head.weight": (count, 8), "head.bias": (count,)}
    tensors |= {"layers.0.weight_ih_l0": (32, 5), "layers.0.weight_hh_l0": (32, 8)}
    tensors |= {"layers.0.bias_ih_l0": (32,), "layers.0.bias_hh_l0": (32,)}
    config = {"net": "lstm", "units": 8, "layers": 1, "residual": False, "characters": letters, "embed": 5}
    return Step(config, {name: 0.5 * chance.standard_normal(shape).astype(np.float32) for name, shape in tensors.items()})


def test_odds_and_text_on_request_are_of_characters():
    """A line end that comes in two ways is listed once, and the odds are those of whole characters."""
    answers = TextAnswers(step_of(LETTERS))
    odds = dict(answers.answer(Ask(id=1, what="odds", prime="ab", temperature=1.0, seed=1), None, lambda: None)[0]["odds"])
    assert set("ba é🙂\n") == set(odds)
    assert 1.0 == pytest.approx(sum(odds.values()), abs=1e-3)
    asked = Ask(id=1, what="text", length=30, prime="a", temperature=1.0, seed=1)
    assert 30 == len(answers.answer(asked, None, lambda: None)[0]["text"])


def test_a_stage_plays_them(tmp_path):
    """From a model file, through the generator, with its page."""
    from livegen.generators.base import Request
    from livegen.generators.text.words import KNOBS
    from livegen.latent import Latent, from_seed

    config = {"net": "lstm", "units": 12, "layers": 2, "residual": False, "alphabet": Alphabet(bytes(range(7))).said}
    tensors = tensors_of(config)
    del config["alphabet"]
    path = tmp_path / "theirs.safetensors"
    weights.write(path, tensors, weights.Header(family="text", config=config | {"characters": LETTERS}, card=CARD))
    playing = build("text", {"model": str(path), "prime": "aé"})
    playing.warm_up((160, 96))
    state, marks = None, []
    for frame in range(6):
        knobs = {knob.address: knob.initial for knob in KNOBS} | {"rate": 4.0 * frame}
        request = Request(
            instance="main", seq=frame, latent=Latent(from_seed(1, playing.info.latent)), knobs=knobs, size=(160, 96),
            seed=1, time=frame / 30, state=state,
        )  # fmt: skip
        out = np.zeros((96, 160, 4), np.uint8)
        picture = playing.render(request, out)
        state, marks = picture.state, [*marks, *picture.marks]
    assert 20 == len(marks)
    assert set("".join(mark.text for mark in marks)) <= set("ba é🙂\n")


@pytest.mark.parametrize("embed", [-1, 5000, "wide", 1.5])
def test_an_embedding_that_makes_no_sense_is_refused(embed):
    config = {"net": "lstm", "units": 12, "layers": 1, "residual": False, "characters": LETTERS, "embed": embed}
    with pytest.raises(ModelRefused):
        Step(config, {})
