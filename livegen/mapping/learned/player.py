"""A player: one learned map at work, from what is heard to what the board is to be told. It depends on nothing but the
values that it is given and on their times."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...params import Param
from ..smoothing import OneEuro
from . import targets as to
from .model import Model, read
from .scale import Doubles
from .targets import Target

SETTLED = 1e-4
"""Distance to where the hand is, in spreads of the examples, at which smoothing has arrived."""
FASTER = 0.3
"""By how much a hand that moves one spread a second raises the cutoff, as a share of it."""
Said = tuple[Target, tuple[Any, ...]]


class Player:
    """Plays one model."""

    def __init__(self) -> None:
        self.model: Model | None = None
        self.text = ""
        """The model as it was written down."""
        self.novelty = 0.0
        self.free: set[str] = set()
        """Names of targets that a hand has taken."""
        self.last: dict[str, tuple[Any, ...]] = {}
        """Name → what was said last."""
        self._heard: Doubles | None = None
        self._shown: Doubles | None = None
        self._smoothing: OneEuro | None = None

    def learn(self, text: str, model: Model) -> None:
        """Play another model from here on; every target is its own again."""
        self.text, self.model = text, model
        self.again()

    def again(self) -> None:
        """Run anew: what hands have taken comes back, and everything is said once."""
        self.free, self.last = set(), {}
        self._heard = self._shown = self._smoothing = None

    def advance(
        self, values: Mapping[str, float | None], now: float, params: Mapping[str, Param | None], entries: Mapping[str, Sequence[str]],
        cutoff: float = 0.0,
    ) -> list[Said]:  # fmt: skip
        """What is to be said at ``now``. ``values``: input → its newest value, None for what was not heard yet, which
        stands in the middle of the examples meanwhile. ``params``: address → row; ``entries``: address of weights →
        cues. ``cutoff``: smoothing in Hz, 0 for none."""
        model = self.model
        if model is None or all(values.get(name) is None for name in model.inputs):
            return []
        heard = np.array(
            [
                middle if (x := values.get(name)) is None else x
                for name, middle in zip(model.inputs, model.scale.mean, strict=True)
            ]
        )
        if (
            self._heard is not None
            and self._shown is not None
            and np.array_equal(heard, self._heard)
            and np.array_equal(heard, self._shown)
        ):
            if self._smoothing is not None:
                self._smoothing(heard * self._per, now)  # time goes on for it while the hand rests
            return []
        self._heard, self._shown = heard, self._smoothed(heard, now, cutoff)
        columns, self.novelty = model(self._shown)
        if not np.all(np.isfinite(columns)):
            return []
        said = list[Said]()
        for one, part in zip(model.targets, model.split(columns), strict=True):
            row = params.get(one.address)
            if one.name in self.free or not to.fits(one, row):
                continue
            assert row is not None
            value = to.played(one, part, row, self.last.get(one.name), entries.get(one.address, ()))
            if value and value != self.last.get(one.name):
                self.last[one.name] = value
                said.append((one, value))
        return said

    @property
    def _per(self) -> Doubles:
        """One over each input's spread; 1 for one that never moved."""
        assert self.model is not None
        return np.where(self.model.scale.per > 0.0, self.model.scale.per, 1.0)

    def _smoothed(self, heard: Doubles, now: float, cutoff: float) -> Doubles:
        assert self.model is not None
        if cutoff <= 0.0:
            self._smoothing = None
            return heard
        if self._smoothing is None:
            self._smoothing = OneEuro(cutoff, 0.0)
        self._smoothing.min_cutoff, self._smoothing.beta = cutoff, FASTER * cutoff
        per = self._per
        found = self._smoothing(heard * per, now) / per
        return heard if float(np.max(np.abs(found - heard) * per)) < SETTLED else found

    # Kept ------------------------------------------------------------------------------------

    def moment(self) -> dict[str, Any]:
        """All that it remembers, as values."""
        smoothing = self._smoothing
        return {
            "text": self.text, "novelty": self.novelty, "free": sorted(self.free), "last": self.last,
            "heard": self._heard, "shown": self._shown,
            "smoothing": None if smoothing is None else (smoothing._at, smoothing._value, smoothing._speed),
        }  # fmt: skip

    def resume(self, said: Mapping[str, Any]) -> None:
        """Stand where ``moment`` was taken. Raises KeyError, TypeError or LivegenError."""
        self.text, self.novelty = str(said["text"]), float(said["novelty"])
        self.model = read(self.text) if self.text else None
        self.free, self.last = set(said["free"]), dict(said["last"])
        self._heard, self._shown = said["heard"], said["shown"]
        self._smoothing = None
        if said["smoothing"] is not None:
            self._smoothing = OneEuro(1.0)
            self._smoothing._at, self._smoothing._value, self._smoothing._speed = said["smoothing"]
