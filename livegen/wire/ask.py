"""Questions that are answered once, beside the running stream: a text, a drawing, a picture.

``{"type": "ask", "id": 7, "what": "text", "generator": "poem", "prime": "The ", "length": 200}`` brings
``{"type": "answer", "id": 7, "text": …, "state": …}``, or ``{"type": "answer", "id": 7, "error": {…}}``.
Every ask is answered, whatever comes of it, so that whoever waits for it does not wait for ever.
"""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from ..errors import BadPacket, LivegenError
from ..mapping.explore import COUNT

LONGEST_PRIME = 4000
"""Characters to begin from."""
LONGEST = 10_000
"""Characters, or steps of a pen, in one answer."""
MOST_STROKES = 1000
"""Steps of a pen to begin from."""
MOST_NUMBERS = 4096
"""Numbers of a latent."""
LARGEST = 1024
"""Pixels of a picture's longer side."""
MAX_ID = 0xFFFFFFFF


class Ask(msgspec.Struct, tag="ask"):
    """One question. What a kind of generator has no use for is left alone."""

    id: int
    """Comes back in the answer."""
    what: Literal["about", "text", "odds", "strokes", "image", "explore"] = "about"
    """``about``: what kind it is; ``text``; ``odds``: the next character's probabilities; ``strokes``; ``image``;
    ``explore``: a variation that is offered, with its picture and words."""
    generator: str = ""
    """Instance of the patch; empty: the first that can answer this."""
    prime: str = ""
    """Text to begin from; it is not repeated in the answer."""
    length: int = 100
    """Characters of text, or steps of a pen."""
    temperature: float | None = None
    """0: always the likeliest; None: the generator's own."""
    seed: int | None = None
    """Of the random numbers, for the same answer again; None: another one every time."""
    state: str = ""
    """Where an earlier answer left off, by the name that came with it; empty: from the beginning."""
    strokes: list[tuple[float, float, int]] = msgspec.field(default_factory=list)
    """A drawing to go on with: (dx, dy, pen) with pen 0 down, 1 up, 2 end, in units of the drawing."""
    latent: list[float] | None = None
    """Where in its space to paint; what is left out is 0; None: somewhere, by ``seed``."""
    label: str = ""
    """One of the labels that ``about`` gives: a class of the model, or a cue."""
    index: int = 1
    """Which variation, from 1."""
    size: tuple[int, int] | None = None
    """(width, height), pixels; None: its own."""


def bound(ask: Ask, origin: str) -> None:
    """Raises BadPacket for a question that is out of all proportion."""
    width, height = ask.size or (1, 1)
    rules = (
        (0 <= ask.id <= MAX_ID, "id", f"0 to {MAX_ID}"),
        (0 <= ask.length <= LONGEST, "length", f"0 to {LONGEST}"),
        (len(ask.prime) <= LONGEST_PRIME, "prime", f"at most {LONGEST_PRIME} characters"),
        (ask.temperature is None or 0 <= ask.temperature <= 10, "temperature", "0 to 10"),
        (ask.seed is None or abs(ask.seed) < 2**63, "seed", "a whole number of 63 bits"),
        (len(ask.strokes) <= MOST_STROKES, "strokes", f"at most {MOST_STROKES} of them"),
        (all(abs(x) < 1e6 and abs(y) < 1e6 and 0 <= pen <= 2 for x, y, pen in ask.strokes), "strokes", "pen 0, 1 or 2"),
        (len(ask.latent or ()) <= MOST_NUMBERS, "latent", f"at most {MOST_NUMBERS} numbers"),
        (all(abs(number) < 1e6 for number in ask.latent or ()), "latent", "numbers of sensible size"),
        (1 <= ask.index <= COUNT, "index", f"1 to {COUNT}"),
        (1 <= width <= LARGEST and 1 <= height <= LARGEST, "size", f"1 to {LARGEST} pixels"),
        (len(ask.generator) + len(ask.label) + len(ask.state) <= 512, "names", "at most 512 characters"),
    )
    for holds, name, hint in rules:
        if not holds:
            raise BadPacket(f"{origin} asked with {name} out of range", hint=hint, code="bad_ask")


def answer(ask: Ask, said: Mapping[str, Any]) -> dict[str, Any]:
    """The answer as the wire has it."""
    return {"type": "answer", "id": ask.id, **said}


def sorry(ask: Ask, error: LivegenError) -> dict[str, Any]:
    """The answer when there is none: our own sentence, never an internal one."""
    message = str(error.args[0] if error.args else "refused")
    return answer(ask, {"error": {"code": error.code, "message": message[:400], "hint": error.hint[:200]}})
