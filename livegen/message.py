"""A message: what somebody asked for, who asked, and when it was heard."""

from dataclasses import dataclass

Scalar = float | int | bool | str | None
"""What an argument can be. ``None`` is OSC's N and JSON's null."""


class Bang:
    """The argument that only says "now": OSC's ``I``."""

    def __repr__(self) -> str:
        return "BANG"


BANG = Bang()


@dataclass(frozen=True, slots=True)
class Message:
    """One control message, whatever door it came through."""

    address: str
    """Where it is meant for, such as ``/livegen/main/params/hue``."""
    value: "Scalar | Bang | tuple[Scalar | Bang, ...]" = ()
    """One argument, or a tuple of them; an empty tuple is a message without arguments."""
    at: float = 0.0
    """Clock seconds when its last byte was heard."""
    origin: str = ""
    """Who sent it, unique to a peer: ``osc 127.0.0.1:53211``, ``ws 3``, ``patch``, ``cue``."""
    seq: int = 0
    """The sender's own number (0: it does not count); frames carry it back to that sender."""

    @property
    def args(self) -> "tuple[Scalar | Bang, ...]":
        """The arguments, always as a tuple."""
        return self.value if isinstance(self.value, tuple) else (self.value,)
