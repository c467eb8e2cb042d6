"""Exploring: nine variations of where an instrument stands, and what picks teach about the next nine.

They are bred by hand and eye (Sims, Artificial evolution for computer graphics, SIGGRAPH 1991): crosses of
what was picked, mutations, and steps further the way that picks went (Hansen and Ostermeier 2001,
https://doi.org/10.1162/106365601750190398). A mutation turns a latent towards a random one, which keeps it
where pictures lie (Cotter et al. 2013, https://arxiv.org/abs/1202.0709).
"""

from collections import deque
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import BadValue
from ..latent import Floats
from ..params import number

# d dimensions of the latent, k directions that were turned down

COUNT = 9
REACH, LONGEST = 4.0, 1.6
"""Components of an offer stay within the first, its length within the second times that of N(0, 1) numbers."""
WIDTH, NARROWEST, WIDEST = 0.5, 0.15, 1.0
"""Radians that a mutation of width 1 turns the latent: at first, and the bounds of what picks make of it."""
PICKED, UNPICKED = 0.9, 1.3
"""What a round with a pick, and one without, makes of the width."""
ALONE = (0.6, 0.6, 0.8, 0.8, 1.0, 1.0, 1.3, 1.6, 2.2)
"""Widths of the nine while nothing has been picked, nearest first."""
ONWARD = (0.5, 1.0, 2.0)
"""How far to go on the way that picks went, in mean steps."""
CROSSES, NEAR = 3, (0.6, 1.3)
"""Crosses, and the widths of plain mutations; the last offer is the farthest, as in ALONE."""
BESIDE = 0.35
"""Width of the mutation that goes with a step onward and with a cross."""
KEPT = 0.6
"""What a picked step still counts when the next one is picked."""
PARENTS, SHUNNED = 6, 18
"""Picks that are crossed, and directions turned down that are remembered."""
AVOIDED, FADING = 0.85, 0.95
"""Share that is taken out of a mutation along the direction that was turned down last, and what the ones before it count."""
DEPTH = 64
"""Steps that can be taken back."""


@dataclass(frozen=True, slots=True, eq=False)
class Offers:
    """One round and everything that was learned up to it."""

    here: Floats
    """(d,) where the instrument stood."""
    latents: Floats
    """(COUNT, d); (0, d) before the first round."""
    round: int = 0
    picked: tuple[int, ...] = ()
    """Rows of ``latents``, in the order in which they were picked."""
    width: float = WIDTH
    parents: tuple[Floats, ...] = ()
    """What was picked in a row, newest last."""
    lead: Floats | None = None
    """(d,) the mean of picked steps, the newest counting most."""
    weight: float = 0.0
    """Of all steps in that mean."""
    shunned: Floats | None = None
    """(k, d) unit rows: steps that were offered and not picked, newest first."""


class Explorer:
    """The rounds of one instrument. The same seed and the same instructions give the same offers."""

    def __init__(self, seed: int, size: int) -> None:
        """``size``: d."""
        self.seed = seed
        self._past: deque[tuple[Offers, Floats | None]] = deque(maxlen=DEPTH)
        self._drawn = 0
        self.now = Offers(np.zeros(size, np.float32), np.zeros((0, size), np.float32))

    def more(self, here: Floats) -> None:
        """Nine new ones around ``here`` (d,)."""
        self._past.append((self.now, None))
        self._drawn += 1
        dice = np.random.Generator(np.random.PCG64((abs(self.seed), self._drawn)))
        self.now = replace(offered(self.now, here, dice), round=self._drawn)

    def pick(self, said: tuple[Any, ...], here: Floats) -> Floats:
        """(d,) the offer that the first argument counts, from 1; it counts as picked. Raises BadValue."""
        row = self._row(said)
        self._past.append((self.now, here))
        self.now = preferred(self.now, row)
        return self._latent(row)

    def offer(self, said: tuple[Any, ...]) -> Floats:
        """(d,) the offer that the first argument counts, from 1. Raises BadValue."""
        return self._latent(self._row(said))

    def back(self) -> Floats | None:
        """Undo the last pick or the last round: where the instrument stood before a pick, None after a round.
        Raises BadValue when there is nothing to undo."""
        if not self._past:
            raise BadValue("nothing was explored that could be taken back", hint="explore/next brings variations")
        self.now, stood = self._past.pop()
        return stood

    @property
    def picked(self) -> str:
        """The picks of this round as they are counted, with commas between."""
        return ",".join(str(row + 1) for row in self.now.picked)

    def _latent(self, row: int) -> Floats:
        found: Floats = self.now.latents[row]
        return found

    def _row(self, said: tuple[Any, ...]) -> int:
        if not len(self.now.latents):
            raise BadValue("no variations are offered yet", hint="explore/next brings nine")
        if not said:
            raise BadValue("the pick named no variation", hint=f"1 to {COUNT}", code="no_value")
        row = round(number("explore", said[0])) - 1
        if not 0 <= row < COUNT:
            raise BadValue(f"there is no variation {row + 1}", hint=f"1 to {COUNT}")
        return row


def preferred(now: Offers, row: int) -> Offers:
    """What a pick teaches: another parent, and a way to go on."""
    latent = now.latents[row]
    step = latent - now.here
    old = KEPT * now.weight
    lead = step if now.lead is None else (old * now.lead + step) / np.float32(old + 1.0)
    picked = now.picked if row in now.picked else (*now.picked, row)
    return replace(
        now, picked=picked, parents=(*now.parents, latent)[-PARENTS:], lead=lead.astype(np.float32), weight=old + 1.0
    )


def offered(was: Offers, here: Floats, dice: np.random.Generator) -> Offers:
    """Nine variations of ``here`` by what ``was`` has taught, each with its own way: three onward, three
    crosses, two near and one far; mutations alone while nothing is known."""
    know = judged(was, here)
    away = avoided(scattered(dice, len(here)), know.shunned)
    others = [each for each in know.parents if not np.array_equal(each, here)]
    found: list[Floats] = []
    if know.lead is not None and know.parents:
        found += [here + know.lead * np.float32(by) for by in ONWARD]
    if others:
        found += [crossed(here, others[-1 - i % len(others)], dice) for i in range(CROSSES)]
    widths = [BESIDE] * len(found) + list(ALONE if not found else middle(COUNT - len(found)))
    found += [here] * (COUNT - len(found))
    latents = np.stack([
        turned(each, noise, know.width * width) for each, noise, width in zip(found, away, widths, strict=True)
    ])  # fmt: skip
    return replace(know, here=here, latents=within(latents), picked=())


def middle(count: int) -> tuple[float, ...]:
    """Widths of ``count`` mutations beside what was bred: near ones, and the last one far."""
    return (*np.linspace(*NEAR, count - 1), ALONE[-1])


def judged(was: Offers, here: Floats) -> Offers:
    """What the round that ends teaches: how wide to look on, and where not to.

    A place that was not reached by picks begins a new family.
    """
    if not len(was.latents):
        return was
    width = was.width * (PICKED if was.picked else UNPICKED)
    left = [row for row in range(len(was.latents)) if row not in was.picked]
    shunned = [unlike(was.latents[row] - was.here, was.lead) for row in left]
    rows = [*shunned, *(() if was.shunned is None else was.shunned)][: min(SHUNNED, len(here) // 2)]
    near = was.parents and np.linalg.norm(here - was.parents[-1]) < WIDTH * np.sqrt(len(here))
    return replace(
        was, width=min(WIDEST, max(NARROWEST, width)), parents=was.parents if near else (),
        shunned=np.stack(rows) if rows else None,
        weight=was.weight if was.picked and near else KEPT * was.weight,
    )  # fmt: skip


def unlike(step: Floats, lead: Floats | None) -> Floats:
    """(d,) the direction of a step, without what it has in common with the way that picks go."""
    if lead is not None and (long := float(lead @ lead)) > 0.0:
        step = step - lead * np.float32(step @ lead / long)
    found: Floats = (step / max(1e-9, float(np.linalg.norm(step)))).astype(np.float32)
    return found


def scattered(dice: np.random.Generator, size: int) -> Floats:
    """(COUNT, size) of N(0, 1), at right angles to each other as far as there is room, so that no two are alike."""
    drawn = dice.standard_normal((COUNT, size))
    found = np.empty_like(drawn)
    for first in range(0, COUNT, size):
        part = drawn[first : first + size]
        square, along = np.linalg.qr(part.T)
        square *= np.sign(np.diag(along))
        found[first : first + size] = square.T * np.linalg.norm(part, axis=1, keepdims=True)
    return found.astype(np.float32)


def avoided(steps: Floats, shunned: Floats | None) -> Floats:
    """(n, d) steps with less of what was turned down, as long as before."""
    if shunned is None:
        return steps
    square, _ = np.linalg.qr(shunned.T)
    shares = AVOIDED * FADING ** np.arange(square.shape[1])
    less = steps - (steps @ square * shares) @ square.T
    lengths = np.linalg.norm(steps, axis=1, keepdims=True) / np.maximum(1e-9, np.linalg.norm(less, axis=1, keepdims=True))
    found: Floats = (less * lengths).astype(np.float32)
    return found


def turned(latent: Floats, noise: Floats, angle: float) -> Floats:
    """(d,) ``latent`` turned by ``angle`` radians towards ``noise``: two N(0, 1) give a N(0, 1)."""
    found: Floats = np.float32(np.cos(angle)) * latent + np.float32(np.sin(angle)) * noise
    return found


def within(latents: Floats) -> Floats:
    """(n, d) latents, those that have strayed too far from the middle taken back, read-only."""
    longest = LONGEST * np.sqrt(latents.shape[1])
    lengths = np.maximum(1e-9, np.linalg.norm(latents, axis=1, keepdims=True))
    found: Floats = np.clip(latents * np.minimum(1.0, longest / lengths), -REACH, REACH).astype(np.float32)
    found.flags.writeable = False
    return found


def crossed(a: Floats, b: Floats, dice: np.random.Generator) -> Floats:
    """(d,) each component from the one or from the other."""
    return np.where(dice.random(len(a)) < 0.5, a, b)
