"""What a cue carries of a generator's memory: a poem goes on from where it was stored, and a stranger's is refused."""

import pathlib

import numpy as np
import pytest
from take_rig import Played

from livegen.carrying import LONGEST, coded, decoded
from livegen.engine.parcel import pack
from livegen.errors import BadValue
from livegen.patch import load

PATCHES = pathlib.Path(__file__).parents[1] / "patches"
STATE = {"hidden": np.arange(6, dtype=np.float32), "said": ("a", 1, None)}


def test_a_state_comes_back_as_it_was_parcels_too():
    for state in (STATE, pack(STATE)):
        again = decoded(coded(state, "here"), "here")
        assert np.array_equal(STATE["hidden"], again["hidden"]) and STATE["said"] == again["said"]
    assert "" == coded(None, "here")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (coded(STATE, "elsewhere"), "another model"), ("", "another model"), (coded(STATE, "here")[:-9], "cannot be read"),
        (coded(STATE, "here")[:9] + "!!", "cannot be read"),
    ],
)  # fmt: skip
def test_what_is_no_state_of_this_model_is_refused(text, why):
    with pytest.raises(BadValue, match=why):
        decoded(text, "here")


def test_one_that_is_too_large_is_not_kept():
    with pytest.raises(BadValue, match="goes without"):
        coded(np.random.default_rng(1).normal(size=LONGEST), "here")


@pytest.fixture
def poem(tmp_path):
    """The shipped poem, small, whose words are gathered."""
    text = load(PATCHES / "verse.toml").text.replace("size = [1280, 720]", "size = [96, 64]")
    show = Played(tmp_path / "a.take", text)
    said = []
    publish = show.engine._publish
    show.engine._publish = lambda frame: (said.extend(mark.text for mark in frame.marks if not frame.held), publish(frame))
    yield show, said
    show.close()


def test_a_poem_goes_on_from_where_its_cue_was_stored(poem):
    """Saved in the middle of a line, recalled later: it says once more what it said then, word for word."""
    show, said = poem
    show.tick(30)
    show.tell("/livegen/cues/save", "here")
    show.tick()
    said.clear()
    show.tick(30)
    once = "".join(said)
    assert len(once) > 10 and show.ensemble.cast.instruments["main"].cues["here"].state
    show.tell("/livegen/cues/load", "here", 0.0)
    show.tick()
    said.clear()
    show.tick(30)
    again = "".join(said)
    assert once[2:14] in again or again[2:14] in once


def test_the_memory_changes_hands_at_the_middle_of_the_morph(poem):
    """Until then the poem goes on with what it was about."""
    show, _ = poem
    show.tick(20)
    show.tell("/livegen/cues/save", "here")
    show.tick(20)
    count = show.engine._tracks[0].version
    show.tell("/livegen/cues/load", "here", 0.8)
    show.tick(9)
    before = show.engine._tracks[0].version
    show.tick(3)
    assert (count + 9, before + 4) == (before, show.engine._tracks[0].version)
