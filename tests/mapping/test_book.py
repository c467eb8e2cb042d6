"""The book of cues: the patch's and those saved by hand."""

from functools import partial

import pytest
from mapping_rig import SIZE, A, B, C

from livegen.errors import BadValue, TooMany
from livegen.latent import from_seed
from livegen.mapping import Cue
from livegen.mapping.book import CueBook
from livegen.mapping.cues import MOST_CUES


@pytest.fixture
def book():
    book = CueBook(5, partial(from_seed, size=SIZE))
    book.revise([A, B], {})
    return book


def test_saving_over_a_cue_of_the_patch_counts_as_saved(book):
    """The patch file is never touched; the saved one wins until it is edited away."""
    book.put(Cue(name="a", seed=99))
    assert [99] == [cue.seed for cue in book.saved()]
    book.revise([A, B, C], {})
    assert [99, 2, 3] == [cue.seed for cue in book.cues.values()]


def test_deleted_and_saved_cues_can_be_put_back(book):
    book.put(Cue(name="mine", seed=4))
    book.remove("a")
    other = CueBook(5, partial(from_seed, size=SIZE))
    other.revise([A, B], {})
    other.restore(book.saved(), book.deleted())
    assert ["b", "mine"] == list(other.cues)


def test_a_full_book_says_so(book):
    for i in range(MOST_CUES - 2):
        book.put(Cue(name=f"c{i}"))
    book.put(Cue(name="c0", seed=1))
    with pytest.raises(TooMany, match="delete one first"):
        book.put(Cue(name="one more"))


def test_a_saved_cue_does_not_move_the_ring():
    book = CueBook(5, partial(from_seed, size=SIZE))
    book.revise([Cue(name="x"), Cue(name="y")], {})
    places = dict(book.places)
    book.put(Cue(name="z"))
    assert places == book.places


def test_an_empty_book_says_what_to_do():
    with pytest.raises(BadValue, match="save one first"):
        CueBook(5, partial(from_seed, size=SIZE)).named(("a",), 0, "osc")
