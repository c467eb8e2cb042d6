"""Every address of a patch, in one table."""

import pytest

from livegen import namespace
from livegen.board import Board
from livegen.errors import BadValue
from livegen.message import Message
from livegen.params import Param

MAIN = (
    *namespace.named("main", (Param(address="hue", default=0.5),)),
    Param(address="/livegen/main/z", type="vector", size=4, low=-4, high=4),
)
SEA = namespace.named("sea", (Param(address="hue", default=0.25),))


@pytest.fixture
def board() -> Board:
    aliases = namespace.other_names({"main": MAIN, "sea": SEA}, {})
    return Board((*namespace.stage_rows(), *MAIN, *SEA), aliases)


def test_generators_can_be_counted_as_well_as_named(board):
    """Whoever thinks in numbers finds the first generator at 0."""
    assert (0.5, 0.25) == (board.value("/livegen/0/params/hue"), board.value("/livegen/1/params/hue"))
    board.apply(Message("/livegen/0/z/2", 3.0))
    board.apply(Message("/livegen/0/z/from", (0, 1.0)))
    board.apply(Message("/livegen/1/params/hue/normalized", 1.0))
    assert (1.0, 0.0, 3.0, 0.0) == board.value("/livegen/main/z")
    assert 1.0 == board.value("/livegen/sea/params/hue")


def test_what_the_stage_measures_can_be_read_and_not_set(board):
    """Status and info are the stage's own words."""
    for address, param in board.params.items():
        if "/status/" in address or "/info/" in address:
            assert param.access == 1
            with pytest.raises(BadValue):
                board.apply(Message(address, 1.0))


def test_panic_answers_from_everywhere(board):
    """Hold, black and the safe cue are plain addresses that every door reaches."""
    for word in ("hold", "black", "safe"):
        board.apply(Message(f"/livegen/panic/{word}", True))
    assert (True, True) == (board.value("/livegen/panic/hold"), board.value("/livegen/panic/black"))


def test_names_are_lower_snake_case_without_osc_s_forbidden_characters(board):
    """So that every tool can say them."""
    for address in board.params:
        assert address == address.lower()
        assert not set(" #*,?[]{}") & set(address)
