"""The writer: voices, wishes, and whole characters only."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from text_rig import step_of

from livegen.generators.text.choose import Taste
from livegen.generators.text.telling import GIVEN, Telling
from livegen.generators.text.writer import (
    COOLING,
    MOST_KEPT,
    READ_AT_ONCE,
    Wishes,
    Writer,
    drift_of,
    surprise_of,
)

LETTERS = "\n abcdefghé漢🙂"
FREE = Wishes(taste=Taste(temperature=1.0))


@pytest.fixture(scope="module")
def writer() -> Writer:
    return Writer(step_of(LETTERS), "noise")


def begun(writer: Writer, a: str = "", b: str | None = None, seed: int = 1) -> Telling:
    return writer.begin(seed, writer.voice(a), None if b is None else writer.voice(b))


def said(writer: Writer, telling: Telling, count: int, wishes: Wishes = FREE) -> str:
    return "".join(token.text for token in writer.write(telling, count, wishes))


def test_only_whole_characters_come_out(writer):
    """Letters of one to four bytes, drawn byte by byte from a net that knows nothing of UTF-8."""
    text = said(writer, begun(writer), 400)
    assert "\ufffd" not in text
    assert set(text.encode()) <= set(LETTERS.encode())
    assert {1, 2, 3, 4} == {len(character.encode()) for character in text}


def test_a_text_is_the_same_in_one_piece_and_in_many(writer):
    """State in, state out: it does not matter how many characters a frame wants, or who pickles the state."""
    whole, pieces = begun(writer), begun(writer)
    together = said(writer, whole, 60)
    apart = ""
    for count in (1, 2, 7, 20, 30):
        pieces = pickle.loads(pickle.dumps(pieces.copy()))
        apart += said(writer, pieces, count)
    assert together == apart
    assert whole.tail == pieces.tail
    assert whole.surprises == pieces.surprises


def test_tokens_say_how_probable_they_were(writer):
    """The net's own probability of all their bytes, counted up without a gap."""
    telling = begun(writer)
    tokens = writer.write(telling, 50, FREE)
    assert list(range(50)) == [token.index for token in tokens]
    assert all(0 < token.probability <= 1 for token in tokens)
    assert all(0 <= token.entropy <= np.log2(len(writer.step.alphabet)) for token in tokens)
    assert telling.surprises == bytes(surprise_of(token.probability) for token in tokens)


def test_at_the_ends_of_morph_one_voice_speaks(writer):
    """0 is voice a alone, 1 is what voice b would say in its place; between them it is neither."""
    alone = said(writer, begun(writer, "abc"), 40)
    other = said(writer, begun(writer, "漢hg"), 40)
    assert alone == said(writer, begun(writer, "abc", "漢hg"), 40, replace(FREE, morph=0.0))
    assert other == said(writer, begun(writer, "abc", "漢hg"), 40, replace(FREE, morph=1.0))
    telling = begun(writer, "abc", "漢hg")
    half = writer._says(telling, 0.5)
    np.testing.assert_allclose((telling.a.says + telling.b.says) / 2, half, atol=1e-5)


def test_pull_draws_the_state_to_the_mood(writer):
    """The stronger, the nearer it stays; a latent moves where that is."""
    def far(pull: float, drift=None) -> float:
        telling = begun(writer, "abcdef" * 10)
        target = telling.a.mood if drift is None else telling.a.mood + drift
        distances = []
        for _ in range(60):
            writer.write(telling, 1, replace(FREE, pull=pull, drift=drift))
            distances.append(float(np.linalg.norm(telling.a.state - target)))
        return float(np.mean(distances))

    assert far(0.2) < far(0.05) < far(0.0)
    drift = drift_of(np.ones((8, *writer.step.cold().shape), np.float32), np.full(8, 0.2, np.float32))
    assert far(0.2, drift) < far(0.0, drift)
    assert drift_of(None, np.ones(8, np.float32)) is None


def test_bans_boosts_and_line_breaks_are_followed(writer):
    """Banned characters never come, boosted ones more often; banning everything bans nothing."""
    assert not set("ab漢") & set(said(writer, begun(writer), 300, replace(FREE, ban="ab漢")))
    plain, pushed = (said(writer, begun(writer), 300, replace(FREE, boost="c", by=by)) for by in (0.0, 3.0))
    assert plain.count("c") < pushed.count("c")
    assert 0 == said(writer, begun(writer), 200, replace(FREE, lines=-30.0)).count("\n")
    assert 200 == said(writer, begun(writer), 200, replace(FREE, lines=30.0)).count("\n")
    assert 20 == len(said(writer, begun(writer), 20, replace(FREE, ban=LETTERS)))


def test_the_temperature_never_jumps(writer):
    """It moves by COOLING per letter, however a fader was thrown."""
    telling, stands = begun(writer), []
    writer.write(telling, 1, Wishes(taste=Taste(temperature=0.2)))
    for _ in range(10):
        stands.append(telling.temperature)
        writer._letter(telling, Wishes(taste=Taste(temperature=1.5)))
    assert 0.2 == stands[0]
    assert (np.diff(stands) <= COOLING + 1e-9).all()
    assert stands[-1] == pytest.approx(0.2 + 9 * COOLING)


def test_a_text_that_repeats_itself_is_heated_up(writer):
    """A careful text runs in circles; with the guard it finds out of them."""
    careful = Wishes(taste=Taste(temperature=0.2), guard=0.0)

    def news(wishes: Wishes) -> int:
        text = said(writer, begun(writer), 800, wishes)[200:]
        return len({text[i : i + 12] for i in range(len(text) - 12)})

    assert news(careful) < news(replace(careful, guard=1.0))


def test_what_is_fed_is_read_before_it_writes_on(writer):
    """A long feed takes several frames and none of them long; the words stand on the page."""
    telling, words = begun(writer), "abc " * READ_AT_ONCE
    writer.feed(telling, words)
    frames = 0
    while not writer.write(telling, 5, FREE):
        frames += 1
    assert len(words) // READ_AT_ONCE - 1 == frames
    assert telling.tail.startswith(words[-100:] if len(words) > 4000 else words)
    assert GIVEN == telling.surprises[0]
    fresh = begun(writer)
    logits, _ = writer.step.read(fresh.a.state, writer.step.alphabet.numbers(words.encode())[0])
    again = begun(writer)
    writer.feed(again, words)
    while not writer.read(again):
        pass
    np.testing.assert_allclose(logits[-1], again.a.says, atol=1e-3)


def test_it_stops_after_as_many_characters_as_were_asked(writer):
    """And says so with the last one."""
    telling = begun(writer)
    telling.left = 7
    tokens = writer.write(telling, 100, FREE)
    assert [False] * 6 + [True] == [token.done for token in tokens]
    assert [] == writer.write(telling, 100, FREE)


def test_a_kept_state_comes_back(writer):
    """The same thoughts with the same random numbers; only so many names are remembered."""
    telling, steady = begun(writer), replace(FREE, guard=0.0)
    writer.write(telling, 20, steady)
    writer.keep(telling, "here")
    drawn = telling.drawn
    first = said(writer, telling, 30, steady)
    writer.recall(telling, "here")
    telling.drawn = drawn
    assert first == said(writer, telling, 30, steady)
    for i in range(MOST_KEPT):
        writer.keep(telling, f"{i}")
    assert [f"{i}" for i in range(MOST_KEPT)] == list(telling.kept)
    writer.recall(telling, "here")  # forgotten by now: nothing happens


def test_other_weights_go_on_with_the_text(writer):
    """They read its end and write on; the page stays."""
    telling = begun(writer)
    writer.write(telling, 50, FREE)
    other = Writer(step_of(LETTERS, units=20), "other")
    taken = other.again(telling, other.voice(""), None)
    tail = taken.tail
    while not other.write(taken, 5, FREE):
        pass
    assert taken.tail.startswith(tail)
    assert 55 == taken.index
