"""Asking: questions from clients, answered in turn by one thread beside the show.

Bounded in every direction: so many wait in all and for one client, who asks much waits behind who asks
little, and the thread takes a share of a core, so that neither frames nor sockets feel it.
"""

import logging
import secrets
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from .errors import LivegenError, TooMany
from .replies import Said
from .web.visitor import Allowance
from .wire.ask import Ask, answer, sorry

LOG = logging.getLogger("livegen.asking")


@dataclass(frozen=True, slots=True, kw_only=True)
class AskLimits:
    """Every bound. Tests make them small."""

    waiting: int = 64
    """Questions in all."""
    per_client: int = 8
    states: int = 64
    """States kept for one client; the oldest goes."""
    share: float = 0.5
    """Of a core, after ``burst`` seconds at once."""
    burst: float = 0.3


class Who(Protocol):
    """Who knows the answers: see ``replies.Replies``."""

    def identity(self, ask: Ask) -> str: ...

    def reply(self, ask: Ask, state: Any, pause: Callable[[], None]) -> tuple[Said, Any]: ...


class UnknownState(LivegenError):
    """A state that is not kept (any more)."""

    code = "unknown_state"


class Unheard(Exception):
    """Nobody waits for this answer any more."""


@dataclass(slots=True, eq=False)
class Question:
    """One that waits or is being answered."""

    ask: Ask
    origin: str
    reply: Callable[[Mapping[str, Any]], None]
    over: bool = False


@dataclass(slots=True)
class Client:
    """Who asks: what waits, and the states of what was answered."""

    waiting: deque[Question] = field(default_factory=deque)
    states: "OrderedDict[str, tuple[str, Any]]" = field(default_factory=OrderedDict)
    """Name → (whose it is, state)."""


class Asking:
    """The queue of questions and the thread that answers them."""

    def __init__(self, who: Who, limits: AskLimits | None = None) -> None:
        self.limits = limits or AskLimits()
        self.fault = ""
        """Why the last question could not be answered, if that was our own mistake."""
        self.answered = self.refused = 0
        self._who = who
        self._clients: OrderedDict[str, Client] = OrderedDict()
        self._now: Question | None = None
        self._some = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None

    # Any thread -------------------------------------------------------------------------------

    def ask(self, ask: Ask, origin: str, reply: Callable[[Mapping[str, Any]], None]) -> None:
        """Take a question; ``reply`` is called once, from another thread. Never waits. Raises TooMany."""
        with self._some:
            client = self._clients.setdefault(origin, Client())
            waiting = sum(len(each.waiting) for each in self._clients.values())
            if len(client.waiting) >= self.limits.per_client or waiting >= self.limits.waiting:
                self.refused += 1
                raise TooMany(
                    f"{len(client.waiting)} questions of yours wait already, {waiting} in all",
                    hint="wait for an answer before you ask again", code="busy",
                )  # fmt: skip
            client.waiting.append(Question(ask, origin, reply))
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._run, name="livegen answers", daemon=True)
                self._thread.start()
            self._some.notify()

    def hush(self, origin: str) -> None:
        """That client is gone: nobody waits for its answers, and its states are forgotten."""
        with self._some:
            self._clients.pop(origin, None)
            if self._now is not None and self._now.origin == origin:
                self._now.over = True

    def close(self) -> None:
        """Stop; what is under way is given up."""
        with self._some:
            self._closed = True
            if self._now is not None:
                self._now.over = True
            self._some.notify_all()

    # The thread -------------------------------------------------------------------------------

    def _run(self) -> None:
        allowance = Allowance(self.limits.share, self.limits.burst)
        while True:
            with self._some:
                self._some.wait_for(lambda: self._closed or self._next() is not None)
                if self._closed:
                    return
                question = self._now = self._take()
            began = time.perf_counter()

            def pause(question: Question = question) -> None:
                nonlocal began
                if question.over:
                    raise Unheard
                now = time.perf_counter()
                wait = allowance.spend(began, now)
                if wait:
                    time.sleep(wait)
                began = time.perf_counter() if wait else now

            try:
                said = self._answer(question, pause)
                pause()
            except Unheard:
                continue
            question.reply(said)
            self.answered += 1

    def _answer(self, question: Question, pause: Callable[[], None]) -> Mapping[str, Any]:
        ask = question.ask
        try:
            name = self._who.identity(ask)
            said, state = self._who.reply(ask, self._state(question, name), pause)
            kept = {} if state is None else {"state": self._keep(question.origin, name, state)}
            return answer(ask, {**said, **kept})
        except Unheard:
            raise
        except LivegenError as error:
            return sorry(ask, error)
        except Exception as error:  # an edge: one question must not end the answers to all others
            self.fault = repr(error)
            LOG.error("a question of %s failed: %r", question.origin, error)
            return sorry(ask, LivegenError("this question could not be answered", code="internal"))

    def _next(self) -> str | None:
        """The client whose turn it is."""
        return next((origin for origin, client in self._clients.items() if client.waiting), None)

    def _take(self) -> Question:
        origin = self._next()
        assert origin is not None
        self._clients.move_to_end(origin)
        return self._clients[origin].waiting.popleft()

    def _state(self, question: Question, name: str) -> Any:
        wanted = question.ask.state
        if not wanted:
            return None
        with self._some:
            client = self._clients.get(question.origin)
            kept = client.states.get(wanted) if client else None
        if kept is None or kept[0] != name:
            raise UnknownState(
                "this state is not kept any more", hint=f"the newest {self.limits.states} are; begin from a prime"
            )
        return kept[1]

    def _keep(self, origin: str, name: str, state: Any) -> str:
        handle = secrets.token_hex(8)
        with self._some:
            client = self._clients.get(origin)
            if client is not None:
                client.states[handle] = (name, state)
                while len(client.states) > self.limits.states:
                    client.states.popitem(last=False)
        return handle
