"""The words in which a model is brought: pieces, bounds, refusals."""

import pytest

from livegen.errors import BadPacket
from livegen.wire import bring
from livegen.wire.bring import Bring, BringCard, File, Piece
from livegen.wire.session import Session


def heard(data):
    return Session(origin="ws 1").receive(data)


def test_a_piece_says_to_which_model_it_belongs_and_what_came_before_it():
    """Magic, id, offset, bytes; nothing is copied."""
    data = bring.HEAD.pack(bring.MAGIC, 7, 3 << 30) + b"weights"
    piece = heard(data)
    assert Piece(7, 3 << 30, memoryview(b"weights")) == piece
    assert piece.payload.obj is data


@pytest.mark.parametrize("length", [0, bring.PIECE + 1])
def test_a_piece_is_neither_empty_nor_large(length):
    """What one message may hold stays small, whatever the file."""
    with pytest.raises(BadPacket, match="piece"):
        heard(bring.HEAD.pack(bring.MAGIC, 1, 0) + bytes(length))
    assert bring.PIECE == len(heard(bring.HEAD.pack(bring.MAGIC, 1, 0) + bytes(bring.PIECE)).payload)


def test_a_model_is_announced_with_its_files():
    """JSON becomes a typed value; what is left out has a meaning."""
    said = heard('{"type": "bring", "id": 1, "files": [{"name": "net.pkl", "size": 9}]}')
    assert Bring(id=1, files=[File("net.pkl", 9)], folder="", generator="", play=True) == said
    assert BringCard(id=1, card={"author": "Ada"}) == heard('{"type": "bring-card", "id": 1, "card": {"author": "Ada"}}')


@pytest.mark.parametrize(
    "announced",
    [
        Bring(id=-1, files=[File("a", 1)]),
        Bring(id=1, files=[]),
        Bring(id=1, files=[File("a", 0)]),
        Bring(id=1, files=[File("a", -5), File("b", 10)]),
        Bring(id=1, files=[File("a", bring.LARGEST), File("b", 1)]),
        Bring(id=1, files=[File(str(i), 1) for i in range(bring.MOST_FILES + 1)]),
        Bring(id=1, files=[File("a" * 300, 1)]),
        Bring(id=1, files=[File("a", 1)], folder="f" * 300),
        BringCard(id=1, card={str(i): "" for i in range(17)}),
        BringCard(id=1, card={"author": "a" * (bring.LONGEST_ANSWER + 1)}),
    ],
    ids=range(10),
)
def test_what_is_out_of_proportion_is_refused_before_anything_is_taken(announced):
    """Sizes, counts and lengths have ends."""
    with pytest.raises(BadPacket):
        bring.bound(announced, "ws 1")


def test_the_largest_model_that_is_taken_is_announced_without_complaint():
    """The bound itself is within bounds."""
    bring.bound(Bring(id=bring.MAX_ID, files=[File("a", bring.LARGEST - 1), File("b", 1)]), "ws 1")


def test_a_refusal_is_a_sentence_with_its_way_out():
    """Under the number that the client gave."""
    said = bring.refusal(4, BadPacket("no", hint="do", code="bad"))
    assert {"type": "brought", "id": 4, "state": "refused", "code": "bad", "message": "no", "hint": "do"} == said


@pytest.mark.parametrize("said", ['{"type": "bring", "id": 1, "files": [{"name": "a", "size": 1}]}', bring.HEAD.pack(bring.MAGIC, 1, 0) + b"x"])
def test_who_owes_the_token_brings_nothing(said):
    """Neither an announcement nor a piece is heard before hello has brought it."""
    session = Session(origin="ws 1", token="secret")
    with pytest.raises(BadPacket) as refused:
        session.receive(said)
    assert "token" == refused.value.code
    session.receive('{"type": "hello", "token": "secret"}')
    session.receive(said)
