"""A card: who made a model, from whose data, under which terms."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from .errors import BadValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The rights sheet that travels inside every model."""

    title: str
    author: str = ""
    licence: str = ""
    """Terms of the model itself, an SPDX name where there is one."""
    data: str = ""
    """Whose work it learned from, in a sentence; empty for a model that learned from nothing."""
    data_licence: str = ""
    consent: str = ""
    """What those people agreed to."""
    count: int = 0
    """Number of training files."""
    digest: str = ""
    """Hash over the training files."""
    date: str = ""
    """ISO 8601 day."""
    command: str = ""
    """The command that trained it."""

    @classmethod
    def from_dict(cls, given: Mapping[str, object]) -> "Card":
        """The card in plain values, as ``as_dict`` gives them; unknown words are left out.

        Raises BadValue when there is no title or a field is of the wrong type.
        """
        kept: dict[str, Any] = {}
        for each in fields(cls):
            if each.name not in given:
                continue
            value, kind = given[each.name], int if each.name == "count" else str
            if not isinstance(value, kind) or isinstance(value, bool):
                raise BadValue(f"the card's {each.name} is {str(value)[:40]!r}", hint=f"write a {kind.__name__}")
            kept[each.name] = value[:2000] if isinstance(value, str) else value
        if not kept.get("title"):
            raise BadValue("the card has no title", hint='write title = "my model"')
        return cls(**kept)

    def missing(self) -> tuple[str, ...]:
        """The questions that are still open before a model with this card may be played."""
        return tuple(name for name in ("title", "author", "licence", "data") if not getattr(self, name))

    def as_dict(self) -> dict[str, str | int]:
        return asdict(self)
