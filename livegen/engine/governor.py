"""The governor: keeps the frame rate by painting smaller pictures, and says so.

A pure decision over how long pictures take; nothing here knows what paints them.
"""

from dataclasses import dataclass, replace

from .statistics import Window, percentile

LADDER = (1.0, 0.75, 0.5, 0.375, 0.25)
"""Shares of the wanted width and height."""
BUDGET = 0.85
"""Share of a period that painting may take; the rest is for everything else on the machine."""
ROOM = 0.7
"""Share of a period that painting should take at most after a step up."""
WORTH = 0.35
"""A step down needs at least this median: spikes above quick pictures come from elsewhere on the machine."""
SLOW_S = 2.0
CALM_S = 30.0
LONGEST_CALM_S = 480.0
RELAPSE_S = 15.0


@dataclass(frozen=True, slots=True)
class Grip:
    """Where the governor stands."""

    step: int = 0
    """Index into LADDER."""
    over_since: float | None = None
    calm_since: float | None = None
    calm_s: float = CALM_S
    """Calm asked for before the next step up; doubles when a step up did not hold."""
    raised_at: float | None = None
    note: str = ""

    @property
    def scale(self) -> float:
        return LADDER[self.step]


def lowest(smallest: float) -> int:
    """The last step of LADDER that is no smaller than ``smallest``."""
    return max(step for step, share in enumerate(LADDER) if step == 0 or share >= smallest)


def govern(grip: Grip, now: float, usual: float, slow: float, last: int = len(LADDER) - 1) -> Grip:
    """The next stand, from painting times as shares of a period: the median and the 95th percentile.

    ``last`` is the step below which it never goes.
    """
    if slow > BUDGET and usual <= WORTH:
        return replace(grip, over_since=None, calm_since=None)
    if slow > BUDGET:
        since = now if grip.over_since is None else grip.over_since
        grip = replace(grip, over_since=since, calm_since=None)
        return down(grip, now, usual, last=last) if now - since >= SLOW_S else grip
    since = now if grip.calm_since is None else grip.calm_since
    grip = replace(grip, over_since=None, calm_since=since)
    if grip.step == 0 or now - since < grip.calm_s:
        return grip
    return up(grip, now, slow)


def down(
    grip: Grip, now: float, usual: float, why: str = "painting is too slow for the frame rate",
    *, last: int = len(LADDER) - 1,
) -> Grip:  # fmt: skip
    """At least one step, and as many as the surplus asks for if the time goes with the area."""
    if grip.step >= last:
        return replace(grip, over_since=now, note=f"{why}, and this is the smallest size")
    step = grip.step + 1
    while step < last and usual * (LADDER[step] / grip.scale) ** 2 > BUDGET:
        step += 1
    relapsed = grip.raised_at is not None and now - grip.raised_at < RELAPSE_S
    calm_s = min(LONGEST_CALM_S, grip.calm_s * 2) if relapsed else grip.calm_s
    return Grip(step=step, calm_s=calm_s, note=f"{why}: {LADDER[step]:.0%} of the size")


def up(grip: Grip, now: float, slow: float) -> Grip:
    """One step, if there would be room for it."""
    larger = LADDER[grip.step - 1]
    if slow * (larger / grip.scale) ** 2 > ROOM:
        return grip
    # A full minute of holding well after the last step up forgives the ones that did not hold.
    held = grip.raised_at is not None and now - grip.raised_at > 2 * LONGEST_CALM_S
    calm_s = CALM_S if held else grip.calm_s
    return Grip(step=grip.step - 1, calm_s=calm_s, raised_at=now, note=f"calm again: {larger:.0%} of the size")


def scaled(size: tuple[int, int], scale: float) -> tuple[int, int]:
    """``size`` (width, height) times ``scale``, in multiples of 8 pixels; exact at scale 1."""
    if scale >= 1.0:
        return size
    width, height = (max(8, round(side * scale / 8) * 8) for side in size)
    return width, height


class Governor:
    """Feeds the decision with what the loop measures."""

    def __init__(self, *, fixed: bool = False, smallest: float = LADDER[-1]) -> None:
        """``fixed``: always full size; ``smallest``: the least share of each side."""
        self.grip = Grip()
        self._times = Window(seconds=1.0)
        self._fixed, self._last = fixed, lowest(smallest)

    def tune(self, *, fixed: bool, smallest: float) -> None:
        """Other bounds from now on; what is smaller than they allow grows at once."""
        self._fixed, self._last = fixed, lowest(smallest)
        if fixed or self.grip.step > self._last:
            self._turn(Grip(step=0 if fixed else self._last))

    @property
    def scale(self) -> float:
        return self.grip.scale

    @property
    def note(self) -> str:
        return self.grip.note

    def observe(self, now: float, seconds: float, period: float) -> None:
        """One round of pictures took ``seconds`` of a ``period``."""
        if self._fixed:
            return
        self._times.add(now, seconds / period)
        values = sorted(self._times.values())
        self._turn(govern(self.grip, now, percentile(values, 0.5), percentile(values, 0.95), self._last))

    def shrink(self, now: float, why: str) -> None:
        """A step down at once, as when memory ran out."""
        if not self._fixed and self.grip.step < self._last:
            self._turn(down(self.grip, now, 0.0, why, last=self._last))

    def _turn(self, grip: Grip) -> None:
        if grip.step != self.grip.step:
            self._times.clear()  # what was measured, was measured at the other size
        self.grip = grip
