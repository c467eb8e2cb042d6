"""The queue of questions: in turn, bounded, and every one answered."""

import threading
from typing import Any

import pytest

from livegen.asking import Asking, AskLimits
from livegen.errors import LivegenError, TooMany
from livegen.wire.ask import Ask


class Who:
    """Knows the answers that a test gives it; waits for ``gate`` before each."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.heard: list[tuple[int, Any]] = []
        self.working = threading.Event()

    def identity(self, ask: Ask) -> str:
        return ask.generator or "poem"

    def reply(self, ask, state, pause):
        self.heard.append((ask.id, state))
        self.working.set()
        while not self.gate.wait(0.001):
            pause()
        if ask.prime == "fail":
            raise ValueError("a path of this machine")
        if ask.prime == "refuse":
            raise LivegenError("no", hint="yes")
        return {"text": ask.prime.upper()}, (None if ask.prime == "stateless" else [ask.prime])


class Mail:
    """Answers as they come."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self._some = threading.Condition()

    def take(self, said) -> None:
        with self._some:
            self.got.append(dict(said))
            self._some.notify_all()

    def wait(self, count: int) -> list[dict[str, Any]]:
        with self._some:
            assert self._some.wait_for(lambda: len(self.got) >= count, 10)
            return list(self.got)


@pytest.fixture
def who():
    return Who()


@pytest.fixture
def mail():
    return Mail()


@pytest.fixture
def asking(who):
    asking = Asking(who, AskLimits(waiting=6, per_client=3, states=2))
    yield asking
    who.gate.set()
    asking.close()


def test_an_answer_carries_the_number_of_its_question(asking, mail):
    asking.ask(Ask(id=5, prime="stateless"), "ws 1", mail.take)
    assert [{"type": "answer", "id": 5, "text": "STATELESS"}] == mail.wait(1)


def test_a_state_is_where_the_next_question_goes_on(asking, who, mail):
    """By a name that only this client knows, until newer ones take its place."""
    asking.ask(Ask(id=1, prime="a"), "ws 1", mail.take)
    [first] = mail.wait(1)
    asking.ask(Ask(id=2, prime="b", state=first["state"]), "ws 1", mail.take)
    asking.ask(Ask(id=3, prime="c", state=first["state"]), "ws 2", mail.take)
    asking.ask(Ask(id=4, prime="d", state=first["state"], generator="other"), "ws 1", mail.take)
    told = mail.wait(4)
    assert (2, ["a"]) in who.heard
    assert ["unknown_state"] * 2 == [each["error"]["code"] for each in told if each["id"] in (3, 4)]
    asking.ask(Ask(id=5, prime="e"), "ws 1", mail.take)
    mail.wait(5)
    asking.ask(Ask(id=6, prime="f", state=first["state"]), "ws 1", mail.take)
    assert "the newest 2 are" in mail.wait(6)[-1]["error"]["hint"]


def test_clients_take_turns(asking, who, mail):
    """Who asks once is answered before the third question of who asked three."""
    who.gate.clear()
    for number in (1, 2, 3):
        asking.ask(Ask(id=number), "ws 1", mail.take)
    assert who.working.wait(10)
    asking.ask(Ask(id=9), "ws 2", mail.take)
    who.gate.set()
    order = [said["id"] for said in mail.wait(4)]
    assert order.index(9) < order.index(3)


def test_too_many_questions_are_refused(asking, who, mail):
    """Of one client, and in all; whoever is refused is told at once."""
    who.gate.clear()
    asking.ask(Ask(id=0), "ws 0", mail.take)
    assert who.working.wait(10)
    for client, count in (("ws 1", 3), ("ws 2", 3)):
        for number in range(count):
            asking.ask(Ask(id=number), client, mail.take)
    with pytest.raises(TooMany, match="3 questions of yours wait already"):
        asking.ask(Ask(id=8), "ws 1", mail.take)
    with pytest.raises(TooMany, match="0 questions of yours wait already, 6 in all"):
        asking.ask(Ask(id=8), "ws 3", mail.take)
    assert 2 == asking.refused


def test_a_mistake_of_ours_is_an_answer_without_secrets(asking, mail):
    """And the questions after it are answered."""
    for number, prime in enumerate(("fail", "refuse", "fine")):
        asking.ask(Ask(id=number, prime=prime), "ws 1", mail.take)
    fail, refuse, fine = mail.wait(3)
    assert "internal" == fail["error"]["code"] and "machine" not in str(fail)
    assert ("no", "yes") == (refuse["error"]["message"], refuse["error"]["hint"])
    assert "FINE" == fine["text"]
    assert "a path of this machine" in asking.fault


def test_nobody_works_for_a_client_that_left(asking, who, mail):
    """What is under way is given up, what waited is dropped, and nothing is said into the void."""
    who.gate.clear()
    for number in (1, 2):
        asking.ask(Ask(id=number), "ws 1", mail.take)
    assert who.working.wait(10)
    asking.hush("ws 1")
    asking.ask(Ask(id=7), "ws 2", mail.take)
    who.gate.set()
    assert [7] == [said["id"] for said in mail.wait(1)]
    assert [1, 7] == [number for number, _ in who.heard]


def test_closing_gives_up_what_is_under_way(asking, who, mail):
    who.gate.clear()
    asking.ask(Ask(id=1), "ws 1", mail.take)
    assert who.working.wait(10)
    asking.close()
    assert asking._thread is not None
    asking._thread.join(5)
    assert not asking._thread.is_alive()
    assert [] == mail.got
