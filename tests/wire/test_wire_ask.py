"""Questions: their bounds, and the answers that always come."""

import json

import msgspec
import pytest

from livegen.errors import BadPacket
from livegen.wire.ask import (
    LARGEST,
    LONGEST,
    LONGEST_PRIME,
    MOST_NUMBERS,
    MOST_STROKES,
    Ask,
    answer,
    bound,
    sorry,
)
from livegen.wire.session import Session


def test_a_question_is_read_by_the_conversation():
    """With everything left out that has a usual value."""
    heard = Session(origin="ws 1").receive('{"type": "ask", "id": 3, "what": "text", "strokes": [[1, 2.5, 0]]}')
    assert Ask(id=3, what="text", strokes=[(1.0, 2.5, 0)]) == heard


@pytest.mark.parametrize("wrong", ['"what": "money"', '"length": 2.5', '"strokes": [[1, 2]]', '"latent": ["a"]', '"size": [1]'])
def test_what_is_no_question_is_refused(wrong):
    """By strict types, as every message."""
    with pytest.raises(BadPacket, match="does not fit"):
        Session(origin="ws 1").receive('{"type": "ask", "id": 3, ' + wrong + "}")


@pytest.mark.parametrize("wrong", [
    {"id": -1}, {"length": LONGEST + 1}, {"length": -1}, {"prime": "x" * (LONGEST_PRIME + 1)}, {"temperature": 11.0},
    {"temperature": -0.1}, {"seed": 2**63}, {"strokes": [(0.0, 0.0, 0)] * (MOST_STROKES + 1)}, {"strokes": [(0.0, 1e9, 0)]},
    {"strokes": [(0.0, 0.0, 3)]}, {"latent": [0.0] * (MOST_NUMBERS + 1)}, {"latent": [1e9]}, {"size": (0, 4)},
    {"size": (LARGEST + 1, 4)}, {"label": "x" * 600}, {"index": 0}, {"index": 10},
])  # fmt: skip
def test_a_question_out_of_proportion_is_refused(wrong):
    """The refusal names the field."""
    name = {"label": "names"}.get(*wrong, next(iter(wrong)))
    with pytest.raises(BadPacket, match=rf"ws 1 asked with {name} out of range"):
        bound(Ask(**{"id": 1, **wrong}), "ws 1")


def test_the_largest_question_is_taken():
    """The bounds belong to what is allowed."""
    bound(Ask(id=0, length=LONGEST, prime="x" * LONGEST_PRIME, temperature=10.0, size=(LARGEST, 1)), "ws 1")


def test_an_answer_says_which_question_it_answers():
    """An error too, in a sentence with its way out."""
    ask = Ask(id=9)
    assert {"type": "answer", "id": 9, "text": "ja"} == answer(ask, {"text": "ja"})
    told = json.loads(msgspec.json.encode(sorry(ask, BadPacket("no", hint="say please", code="rude"))))
    assert {"type": "answer", "id": 9, "error": {"code": "rude", "message": "no", "hint": "say please"}} == told
