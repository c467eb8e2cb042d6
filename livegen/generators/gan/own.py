"""Own pictures: places that were found for pictures somebody brought, kept in the model's file. Needs no torch."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import BadValue
from ...latent import Floats
from ...params import ENUM, Param
from .. import weights
from ..weights import Array, Header

MOST = 32
"""Pictures that a file keeps."""
LONGEST = 24
"""Characters of a name."""
NONE = "none"
KNOB, AMOUNT = "own", "own/amount"
TENSOR, THUMB = "own.", "thumb.own/"
"""``own.NAME`` is (layers, w); ``thumb.own/NAME`` what the net paints there, as JPEG bytes."""


def names(statistics: Mapping[str, Any]) -> tuple[str, ...]:
    """The pictures in a file, by what its header says."""
    rows = statistics.get(KNOB)
    found = [str(row.get("name", "")) for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return tuple(dict.fromkeys(name for name in found if is_name(name)))[:MOST]


def is_name(text: str) -> bool:
    """Whether a picture may be called so: lower-case letters, digits, ``-`` and ``_``, and not ``none``."""
    plain = text.isascii() and text == text.lower() and text.replace("-", "").replace("_", "").isalnum()
    return plain and len(text) <= LONGEST and text != NONE


def called(text: str) -> str:
    """A name like ``text``. Raises BadValue where nothing is left of it."""
    found = "".join(c if c.isascii() and c.isalnum() else "-" for c in text.lower())
    found = "-".join(part for part in found.split("-") if part)[:LONGEST].strip("-")
    if not is_name(found):
        raise BadValue(f"a picture cannot be called {text[:40]!r}", hint="give --name, a few letters")
    return found


def knobs(statistics: Mapping[str, Any]) -> tuple[Param, ...]:
    """What they are played with; nothing where there are none."""
    known = names(statistics)
    if not known:
        return ()
    return (
        Param(
            address=KNOB, type=ENUM, choices=(NONE, *known), default=NONE, blend=True, slew=0.6, group="own",
            description="A picture of your own that was looked for in the net; a change is a morph",
        ),
        Param(
            address=AMOUNT, default=1.0, slew=0.2, group="own",
            description="How far it goes to that picture: 0 the latent is played, 1 the picture",
        ),
    )  # fmt: skip


class Owned:
    """The own pictures of one file."""

    def __init__(self, statistics: Mapping[str, Any], held: Mapping[str, Array], shape: tuple[int, int]) -> None:
        """``shape``: (layers, w). What the file lacks, or has in another shape, stays where the latent is."""
        self._names = names(statistics)
        there = [held.get(TENSOR + name) for name in self._names]
        self._there = np.array([each is not None and each.shape == shape for each in there], np.float32)
        self._places: Floats = np.zeros((len(there), *shape), np.float32)
        for place, each, has in zip(self._places, there, self._there, strict=True):
            if has and each is not None:
                place[:] = each

    def led(self, knobs: Mapping[str, Any], ws: Floats, added: Floats) -> Floats:
        """(..., layers, w) on their way to the pictures that the knobs ask for. ``added``: (w,) what the
        directions' knobs add, which they do to a picture as well."""
        shares = self._shares(knobs)
        total = shares.sum()
        if not total > 0.0:
            return ws
        found: Floats = ws * (1 - total) + np.tensordot(shares, self._places, 1) + total * added
        return found

    def _shares(self, knobs: Mapping[str, Any]) -> Floats:
        """(pictures,) how much of each, 0..1 in all."""
        asked = knobs.get(KNOB, NONE)
        if isinstance(asked, str):
            weights = np.array([asked == name for name in self._names], np.float32)
        else:
            weights = np.zeros(len(self._names), np.float32)
            given = np.asarray(asked, np.float32)[1 : 1 + len(weights)]
            weights[: len(given)] = given
        found: Floats = weights * self._there * np.float32(knobs.get(AMOUNT, 1.0))
        return found


def keep(path: Path, to: Path, row: Mapping[str, Any], ws_LW: Floats, thumb: Array) -> Header:
    """Write the model at ``path`` to ``to`` with one more picture; one of the same name is replaced.

    ``row``: what the header says of it, ``name`` among it. Raises BadValue when there are too many,
    ModelRefused, OSError.
    """
    header, tensors = weights.read(path)
    name = str(row["name"])
    check(header, name)
    kept = [each for each in header.statistics.get(KNOB) or () if each.get("name") != name]
    said = {**header.statistics, KNOB: [*kept, dict(row)]}
    added = {TENSOR + name: ws_LW.astype(np.float32), THUMB + name: thumb}
    return weights.write(to, tensors | added, replace(header, statistics=said))


def check(header: Header, name: str) -> None:
    """Raises BadValue when the file has no room for a picture of that name."""
    known = names(header.statistics)
    if name not in known and len(known) >= MOST:
        raise BadValue(f"the model has {MOST} pictures already", hint=f"replace one with --name, such as --name {known[0]}")
