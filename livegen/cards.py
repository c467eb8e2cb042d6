"""Asking for a card, on the terminal or from a file: whose work is in a model, and under which terms."""

import argparse
import json
import sys
import time
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.prompt import Prompt
from rich.text import Text

from .card import Card
from .errors import BadValue, LivegenError

QUESTIONS = {
    "title": "What is the model called?",
    "author": "Who trained it?",
    "data": "Whose work did it learn from, and what is it?",
    "data_licence": "Under which licence is that work?",
    "consent": "What did its makers agree to? (a sentence; your own work: say so)",
    "licence": "Under which licence may the model be used? (CC-BY-4.0, CC0-1.0, private ...)",
}
"""Field of the card → what a person is asked."""
LONGEST_FILE = 1 << 20


def card_of(arguments: argparse.Namespace, *, title: str, command: str, console: Console) -> Card:
    """The card from a file, from flags, and, on a terminal, from questions; what is not answered stays open.

    Raises BadValue for a file that is none.
    """
    card = Card(title=title)
    if arguments.card is not None:
        card = read_card(arguments.card, card)
    card = flagged(card, arguments)
    if arguments.card is None and sys.stdin.isatty() and console.is_terminal and card.missing() and not arguments.yes:
        card = asked(card, console)
    return replace(card, command=command, date=card.date or time.strftime("%Y-%m-%d"))


def flagged(card: Card, arguments: argparse.Namespace) -> Card:
    """The card with what the flags say."""
    given = {
        "title": arguments.title, "author": arguments.author, "licence": arguments.licence,
        "data": arguments.data_from, "data_licence": arguments.data_licence, "consent": arguments.consent,
    }  # fmt: skip
    return Card.from_dict(card.as_dict() | {name: value for name, value in given.items() if value})


def asked(card: Card, console: Console) -> Card:
    """The card with what a person answers; an empty answer leaves what was there."""
    console.print(Text("Whose work is in this model? It is not played before that is said. Enter leaves a question open."))
    answers = dict(card.as_dict())
    for name, question in QUESTIONS.items():
        answers[name] = Prompt.ask(question, default=str(answers[name]), console=console, show_default=bool(answers[name])).strip()
    return Card.from_dict(answers | {"title": answers["title"] or card.title})


def read_card(path: Path, under: Card | None = None) -> Card:
    """The card in a .toml or .json file, laid over ``under``. Raises BadValue."""
    try:
        if path.stat().st_size > LONGEST_FILE:
            raise ValueError("it is too long for a card")
        text = path.read_text(encoding="utf8")
        said = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
        if not isinstance(said, Mapping):
            raise ValueError("it is no table")
        unknown = sorted(set(said) - set(Card(title="").as_dict()))
        if unknown:
            raise ValueError(f"a card has no {unknown[0]!r}; it has {', '.join(Card(title='').as_dict())}")
        return Card.from_dict((under.as_dict() if under else {}) | dict(said))
    except FileNotFoundError:
        raise BadValue(f"there is no card {path}", hint="write one, or leave --card out") from None
    except (OSError, ValueError, RecursionError) as error:
        raise BadValue(f"{path} is no card: {error}", hint='write lines such as author = "me"') from None


def saved_card(folder: Path) -> Card:
    """The card of a run that is gone on with: what the artist wrote into it meanwhile counts."""
    path = folder / "card.json"
    try:
        return read_card(path)
    except LivegenError as error:
        raise BadValue(f"the run's card cannot be read: {error}", hint=f"mend {path}") from None
