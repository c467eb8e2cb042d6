"""A card: who made a model, from whose data, under which terms."""

from dataclasses import asdict, dataclass


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

    def as_dict(self) -> dict[str, str | int]:
        return asdict(self)
