"""Asking for a card."""

import argparse
import io

import pytest
from rich.console import Console

from livegen import cards, cli
from livegen.card import Card
from livegen.cards import asked, card_of, read_card, saved_card
from livegen.errors import BadValue

NOTHING = ["card", "title", "author", "licence", "data_from", "data_licence", "consent"]


def flags(**given):
    return argparse.Namespace(**{name: given.get(name) for name in NOTHING}, yes=given.get("yes", False))


def console(answers=""):
    return Console(file=io.StringIO(), force_terminal=True, width=200)


@pytest.fixture
def answering(monkeypatch):
    """Somebody at the terminal who types these lines."""

    class Typed(io.StringIO):
        def isatty(self):
            return True

    def type_(*lines):
        monkeypatch.setattr("sys.stdin", Typed("".join(f"{line}\n" for line in lines)))

    return type_


def test_a_person_is_asked_every_question(answering):
    """Title, who, whose work, its licence, consent, the model's licence."""
    answering("waves", "me", "my own photographs", "mine", "they are my own", "CC-BY-4.0")
    card = asked(Card(title="set"), console())
    assert ("waves", "me", "my own photographs", "CC-BY-4.0", "they are my own") == (
        card.title, card.author, card.data, card.licence, card.consent
    )  # fmt: skip
    assert len(cards.QUESTIONS) == 6


def test_an_empty_answer_leaves_what_was_there(answering):
    """Or leaves the question open."""
    answering("", "", "", "", "", "")
    assert (("licence",), "set", "me") == (
        (card := asked(Card(title="set", author="me", data="x"), console())).missing(), card.title, card.author
    )  # fmt: skip


def test_nobody_is_asked_who_said_it_all_or_wants_no_questions(monkeypatch, answering):
    """By flags, by --yes, or where there is no terminal."""
    answering()
    full = flags(author="me", licence="CC0-1.0", data_from="mine")
    assert () == card_of(full, title="set", command="c", console=console()).missing()
    assert "set" == card_of(flags(yes=True), title="set", command="c", console=console()).title
    monkeypatch.setattr("sys.stdin", io.StringIO())
    card = card_of(flags(), title="set", command="livegen train x", console=console())
    assert (("author", "licence", "data"), "livegen train x", 10) == (card.missing(), card.command, len(card.date))


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("a.toml", "author = ", "is no card"), ("a.json", "{", "is no card"), ("a.json", "[]", "it is no table"),
        ("a.toml", 'autor = "me"', "a card has no 'autor'; it has title"), ("a.json", '{"author": 3}', "the card's author is '3'"),
        ("a.toml", 'author = "' + "x" * (1 << 20) + '"', "too long"),
    ],
)  # fmt: skip
def test_a_card_that_is_none_is_a_sentence(tmp_path, name, text, sentence):
    """It names the file and what is wrong."""
    (tmp_path / name).write_text(text)
    with pytest.raises(BadValue, match=sentence):
        read_card(tmp_path / name, Card(title="x"))


def test_a_runs_card_that_was_spoiled_names_the_file(tmp_path):
    """Nothing is lost by it."""
    (tmp_path / "card.json").write_text("{")
    with pytest.raises(BadValue, match=r"mend .*card\.json"):
        saved_card(tmp_path)


def test_every_field_has_its_flag():
    """What can be asked can be given."""
    verbs = cli.parser()._subparsers._group_actions[0].choices
    for verb in ("train", "card"):
        assert set(NOTHING) <= {action.dest for action in verbs[verb]._actions}
