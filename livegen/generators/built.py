"""What a net that came from elsewhere is built from, as plain values: what the plans of every kind have in common."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from typing import Any, ClassVar, Self

from ..errors import ModelRefused


class Built:
    """A frozen dataclass of numbers, switches and lists, from which a net is built."""

    LISTS: ClassVar[tuple[str, ...]] = ()
    """Fields that hold a list, as tuples; a net has to say them."""
    MAY_LACK: ClassVar[tuple[str, ...]] = ()
    """Those of them that may be left out, and are empty then."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, which ``from_dict`` reads."""
        said = asdict(self)  # type: ignore[call-overload]
        return {name: list(value) if isinstance(value, tuple) else value for name, value in said.items()}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Self:
        """The plan in plain values, strangers left out. Raises ModelRefused."""
        names = (each.name for each in fields(cls))  # type: ignore[arg-type]
        kept = {name: given[name] for name in names if name in given}
        for name in cls.LISTS:
            value = kept.get(name, () if name in cls.MAY_LACK else None)
            if not isinstance(value, (list, tuple)):
                raise ModelRefused(f"the net says no {name}", hint="a list with one value a layer")
            kept[name] = tuple(value)
        return cls(**kept)

    def check_wholes(self, limits: Iterable[tuple[str, int, int]]) -> None:
        """``limits``: (field, least, most) of every whole number. Raises ModelRefused."""
        for name, low, high in limits:
            check_whole(name, getattr(self, name), low, high)

    def check_switches(self, *names: str) -> None:
        """Raises ModelRefused for what is neither true nor false."""
        for name in names:
            if not isinstance(getattr(self, name), bool):
                raise refused(name, getattr(self, name), "true or false")


def check_whole(name: str, value: Any, low: int, high: int) -> None:
    """Raises ModelRefused for what is no whole number from ``low`` to ``high``."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise refused(name, value, f"a whole number, {low} to {high}")


def check_number(name: str, value: Any, low: float, high: float) -> None:
    """Raises ModelRefused for what is no number from ``low`` to ``high``."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise refused(name, value, f"a number, {low:g} to {high:g}")


def refused(name: str, value: Any, wanted: str) -> ModelRefused:
    """The complaint about one field."""
    return ModelRefused(f"the net was given {name} = {str(value)[:40]}", hint=wanted)
