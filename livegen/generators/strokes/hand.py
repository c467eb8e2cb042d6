"""The hand: what is on the sheet, and how it goes on from one request to the next.

State in, state out: everything that the next picture depends on is in a Sheet, and chance is drawn anew
for every step from the seed, the drawing's number and the step's, so the same requests draw the same lines.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ...errors import ModelRefused
from ...latent import Floats
from ...marks import DOWN, END, Stroke
from .place import FILL, Place, first, following
from .step import START, Memory, Network, drawn, five

MOST_PER_FRAME = 48.0
"""Steps that one picture may take; what was owed beyond is forgotten."""
MOST_BEGUN, BEGUN = 24, 0.75
"""Drawings that are on a sheet already when a show begins, and how far down they reach at most, in heights."""
AHEAD = 2
"""Steps that the hand knows beyond the one that it draws: a curve bends towards what follows."""
REST = 3.0
"""Steps' time between two drawings."""
MOST_FED = 400
MOST_POINTS, MOST_DRAWINGS = 24_000, 500
"""What a sheet holds; then its uppermost rows are forgotten."""
SPARE = 0.05
"""Heights around a drawing that pixels are rounded in."""
FAR = 1.5
"""Drawing sizes from the middle at which a hand that lost its way stops."""
FURTHEST = 1e6
"""Learned units."""
NONE: Floats = np.zeros((0, 3), np.float32)
LOW = 0.3
"""Share of a row that may still be below the picture when the hand begins on it."""
LETTER, STEP, GAP = 1, 2, 3
"""Streams of chance."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Done:
    """A finished drawing on the sheet."""

    steps: Floats
    """(n, 3) dx, dy in drawing units, pen."""
    place: Place
    width: float
    smooth: float
    at: float
    """When it was finished, the instance's seconds."""
    key: bytes
    """Names exactly these lines at this place."""
    ends: float
    """Below this nothing of it is on the page, heights."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sheet:
    """Everything that is on the sheet, and where the hand is."""

    model: str = ""
    """Shape of the network that draws on it: newer weights of one that still learns go on with it."""
    number: int = 0
    """How many drawings were begun before the one in progress."""
    steps: Floats = field(default_factory=lambda: NONE)
    """(n, 3) the drawing in progress with what the hand knows ahead, in drawing units, pen."""
    reached: float = 0.0
    """Steps of it that the pen has gone."""
    said: int = 0
    """Steps of it that were given out, or came from a performer."""
    memory: Memory | None = None
    """The network's, after all of ``steps``; None before the first."""
    own: Floats | None = None
    """(k,) the latent of this very drawing, where it does not follow from the seed: one that was begun by hand."""
    place: Place = field(default_factory=Place)
    page: tuple[Done, ...] = ()
    scroll: float = 0.0
    """How far the page has moved up, in heights of the picture."""
    count: float | None = None
    """The rate's integral that was drawn for; None before the first picture."""
    time: float = 0.0
    rest: float = 0.0
    """Steps' time that the pen still rests."""
    listening: bool = False
    """A performer draws, and the hand waits."""
    heard: float = 0.0
    """When the performer's last step came."""
    since: int = 0
    """Steps since the drawing in the middle of a word began: for gaps in writing."""

    @property
    def ended(self) -> bool:
        return len(self.steps) > 0 and int(self.steps[-1, 2]) == END


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Wish:
    """What is asked of the hand at one request."""

    z: Floats
    """(k,) the latent played."""
    knobs: Mapping[str, Any]
    seed: int = 0
    time: float = 0.0
    aspect: float = 1.0
    """Width of the picture in heights."""
    told: tuple[tuple[str, tuple[Any, ...]], ...] = ()


class Hand:
    """Draws with a network; holds nothing that changes."""

    def __init__(self, network: Network, config: Mapping[str, Any]) -> None:
        self.network = network
        self.scale = 2 * float(config["size"])
        """Learned units in one drawing unit."""
        self.model = f"{network.units} {network.latent} {self.scale:g}"
        self.longest = min(MOST_FED, 2 * int(config["longest"]) + 8)
        self.start = start_of(config)

    def advance(self, sheet: Sheet | None, wish: Wish) -> tuple[Sheet, tuple[Stroke, ...]]:
        """The sheet after this request, and the steps that the pen finished meanwhile."""
        if sheet is None or sheet.model != self.model:
            sheet = self.clean(wish)
        marks: list[Stroke] = []
        for address, args in wish.told:
            sheet = self._follow(sheet, wish, address, args)
        patience = float(wish.knobs["patience"])
        if sheet.listening and patience and wish.time - sheet.heard > patience:
            sheet = self._take_over(sheet, wish)
        count = float(wish.knobs["rate"])
        due = min(MOST_PER_FRAME, max(0.0, count - sheet.count)) if sheet.count is not None else 0.0
        sheet = self._draw(sheet, wish, due, marks)
        return self._turn(replace(sheet, count=count), wish), tuple(marks)

    def clean(self, wish: Wish, number: int = 0) -> Sheet:
        """A sheet with nothing on it."""
        place = first(wish.aspect, float(wish.knobs["size"]))
        return Sheet(model=self.model, number=number, place=place, time=wish.time)

    def begun(self, wish: Wish) -> Sheet:
        """A sheet that somebody has drawn on for a while already: what a show begins with."""
        sheet, long_ago = self.clean(wish), replace(wish, time=wish.time - 1000.0)
        while sheet.number < MOST_BEGUN and (sheet.number == 0 or sheet.place.bottom <= BEGUN):
            sheet = self._look_ahead(sheet, wish, self.longest)
            sheet = self._finished(replace(sheet, reached=float(len(sheet.steps))), long_ago)
        return sheet

    # The pen ---------------------------------------------------------------------------------

    def _draw(self, sheet: Sheet, wish: Wish, due: float, marks: list[Stroke]) -> Sheet:
        """Move the pen by ``due`` steps."""
        # Nobody draws below the picture: the hand waits until the page has moved up.
        if sheet.place.bottom - sheet.scroll > 1.0 + LOW * sheet.place.size:
            return sheet
        while due > 0 and not sheet.listening:
            if sheet.rest > 0:
                waited = min(due, sheet.rest)
                due, sheet = due - waited, replace(sheet, rest=sheet.rest - waited)
                continue
            sheet = self._look_ahead(sheet, wish, int(sheet.reached + due) + 1 + AHEAD)
            moved = min(due, len(sheet.steps) - (0 if sheet.ended else AHEAD) - sheet.reached)
            # Whole steps are met exactly, whatever the sum of the frames before rounds to.
            reached = sheet.reached + max(moved, 0.0)
            reached = round(reached) if abs(reached - round(reached)) < 1e-6 else reached
            due -= max(moved, 1e-6)
            for i in range(sheet.said, int(reached)):
                dx, dy, pen = sheet.steps[i]
                marks.append(Stroke(dx=float(dx), dy=float(dy), pen=int(pen), index=i))
            sheet = replace(sheet, reached=reached, said=max(sheet.said, int(reached)))
            if sheet.ended and reached >= len(sheet.steps):
                sheet = replace(self._finished(sheet, wish), rest=REST)
        return sheet

    def _look_ahead(self, sheet: Sheet, wish: Wish, until: int) -> Sheet:
        """Have the network decide on steps until there are ``until``, or the drawing has ended."""
        if sheet.ended or len(sheet.steps) >= until:
            return sheet
        network, knobs = self.network, wish.knobs
        z = network.z(self.latent(sheet, wish)) if network.latent else NONE[0:0, 0]
        push, home = network.push(z), network.begin(z)
        memory = sheet.memory or network.step(START, home, push)
        pull = 0.3 * float(knobs["attract"]) ** 2
        steps = [*sheet.steps] or self._lifted()
        at = np.sum(np.reshape(steps, (-1, 3))[:, :2], axis=0)
        while len(steps) < until:
            x, y, pen = drawn(
                network.odds(memory), chance(wish.seed, sheet.number, STEP, len(steps)),
                temperature=float(knobs["temperature"]), lift=float(knobs["lift"]), stop=float(knobs["stop"]),
            )  # fmt: skip
            at = at + np.array([x, y]) / self.scale
            if len(steps) + 1 >= self.longest or np.abs(at).max() > FAR:
                pen = END
            steps.append(np.array([x / self.scale, y / self.scale, pen], np.float32))
            if pen == END:
                break
            memory = network.step(five(np.array([[x, y, pen]], np.float32))[0], memory, push)
            if pull:
                memory = (memory[0] + pull * (home[0] - memory[0]), memory[1] + pull * (home[1] - memory[1]))
        return replace(sheet, steps=np.array(steps, np.float32), memory=memory)

    def _lifted(self) -> list[Floats]:
        """The way of the lifted pen from the middle to where a drawing begins, for networks that do not draw it."""
        return [] if self.start is None else [np.array([*self.start / self.scale, DOWN], np.float32)]

    def read_of(self, learned: Floats) -> Floats:
        """What the network reads of a drawing (n, 3) in learned units: without its first step, if it learned none."""
        return learned if self.start is None else learned[1:]

    def drawing(self, z: Floats, *, seed: int = 0, temperature: float = 0.3) -> Floats:
        """One whole drawing of the latent ``z``, (n, 3) in drawing units."""
        knobs = {
            "temperature": temperature,
            "lift": 0.0,
            "stop": 0.0,
            "attract": 0.0,
            "variety": 0.0,
            "letters": 0,
        }
        return self._look_ahead(Sheet(), Wish(z=z, knobs=knobs, seed=seed), self.longest).steps

    def latent(self, sheet: Sheet, wish: Wish) -> Floats:
        """Where the drawing in progress stands, (k,): the latent played, and its own, by the knobs' shares."""
        knobs = wish.knobs
        if sheet.own is not None:
            own, share = sheet.own, float(knobs["follow"])
        else:
            letter = self._letter(sheet.number, wish)
            own = chance(wish.seed, letter, LETTER).standard_normal(len(wish.z)).astype(np.float32)
            share = float(knobs["variety"])
        return np.asarray(np.sqrt(max(0.0, 1 - share * share)) * wish.z + share * own, np.float32)

    def _letter(self, number: int, wish: Wish) -> int:
        """Which letter of an invented alphabet a drawing is: a few are frequent, most are rare."""
        letters = int(wish.knobs["letters"])
        if letters < 1:
            return number
        shares = np.cumsum(1 / (np.arange(letters) + 2.0))
        at = chance(wish.seed, number, GAP).random() * shares[-1]
        return int(min(letters - 1, np.searchsorted(shares, at)))

    # The page --------------------------------------------------------------------------------

    def _finished(self, sheet: Sheet, wish: Wish) -> Sheet:
        """The drawing in progress becomes part of the page as far as the pen has come; the next place is taken."""
        page, whole = sheet.page, int(sheet.reached)
        if whole > 1:
            steps = sheet.steps[:whole].copy()
            steps[-1, 2] = END
            page = (*page, done(steps, sheet.place, wish))
        place = following(sheet.place, wish.aspect, float(wish.knobs["size"]))
        # Words of an invented script are a few letters long.
        since = sheet.since + 1
        if (
            int(wish.knobs["letters"])
            and since > 1
            and chance(wish.seed, sheet.number, GAP, 1).random() < 0.22
        ):
            place, since = following(place, wish.aspect, float(wish.knobs["size"])), 0
        return replace(
            sheet, page=page, place=place, number=sheet.number + 1, steps=NONE, reached=0.0, said=0,
            memory=None, own=None, listening=False, since=since,
        )  # fmt: skip

    def _turn(self, sheet: Sheet, wish: Wish) -> Sheet:
        """Move the page up where the hand needs room, and forget what has left it."""
        passed = min(0.25, max(0.0, wish.time - sheet.time))
        target = max(0.0, sheet.place.bottom - 1.0)
        scroll = sheet.scroll + (target - sheet.scroll) * (1 - float(np.exp(-5.0 * passed)))
        if target - scroll < 2e-4:
            scroll = max(scroll, target)
        page = sheet.page
        if page and min(each.ends for each in page) < scroll:
            page = tuple(each for each in page if each.ends >= scroll)
        if _full(page):
            page = tuple(each for each in page if each.place.top > page[0].place.top)
        return replace(sheet, page=page, scroll=scroll, time=wish.time)

    # A performer's own line ------------------------------------------------------------------

    def _follow(self, sheet: Sheet, wish: Wish, address: str, args: tuple[Any, ...]) -> Sheet:
        if address == "stroke/feed":
            return self._feed(sheet, wish, args)
        if address == "stroke/complete":
            return self._take_over(sheet, wish) if sheet.listening else sheet
        if address == "stroke/next":
            return self._finished(sheet, wish)
        if address == "stroke/reset":
            return replace(self.clean(wish, sheet.number + 1), count=sheet.count)
        return sheet

    def _feed(self, sheet: Sheet, wish: Wish, args: tuple[Any, ...]) -> Sheet:
        """Steps (dx, dy, pen …) in drawing units, by a performer: what the hand was drawing stays as it is."""
        if not sheet.listening:
            if sheet.reached >= 1:
                sheet = self._finished(sheet, wish)
            sheet = replace(sheet, steps=NONE, reached=0.0, said=0, memory=None, listening=True, rest=0.0)
        given = fed(args)[: self.longest - len(sheet.steps)]
        steps = np.concatenate([sheet.steps, given])
        sheet = replace(sheet, steps=steps, reached=float(len(steps)), said=len(steps), heard=wish.time)
        return self._finished(sheet, wish) if sheet.ended or len(steps) >= self.longest else sheet

    def _take_over(self, sheet: Sheet, wish: Wish) -> Sheet:
        """Go on from what the performer has drawn."""
        if len(sheet.steps) == 0:
            return replace(sheet, listening=False)
        network = self.network
        learned = sheet.steps * np.array([self.scale, self.scale, 1], np.float32)
        own = network.encode(learned) if network.latent else None
        sheet = replace(sheet, own=own, listening=False)
        z = network.z(self.latent(sheet, wish)) if network.latent else NONE[0:0, 0]
        push, memory = network.push(z), network.begin(z)
        for row in np.concatenate([START[None], five(self.read_of(learned))]):
            memory = network.step(row, memory, push)
        return replace(sheet, memory=memory)


def start_of(config: Mapping[str, Any]) -> Floats | None:
    """(2,) where drawings begin, in learned units from their middle, if the network begins on the paper: one that
    was trained elsewhere. None: its own first step leads there. Raises ModelRefused."""
    said = config.get("start")
    if said is None:
        return None
    if not isinstance(said, list) or len(said) != 2 or not all(isinstance(x, (int, float)) and abs(x) < FURTHEST for x in said):
        raise ModelRefused(f"the model's drawings begin at {str(said)[:40]}", hint="two numbers")
    return np.array(said, np.float32)


def done(steps: Floats, place: Place, wish: Wish) -> Done:
    """A drawing as it stays on the page."""
    width, smooth = float(wish.knobs["width"]), float(wish.knobs["smooth"])
    said = f"{place} {width} {smooth}".encode() + steps.tobytes()
    key = hashlib.blake2b(said, digest_size=8).digest()
    # A curve bends out of its points by less than a sixth of a step.
    low = np.cumsum(steps[:, 1]).max() + np.abs(steps[:, :2]).max() / 6 + width
    ends = place.y + FILL * place.size * float(low) + SPARE
    return Done(steps=steps, place=place, width=width, smooth=smooth, at=wish.time, key=key, ends=ends)


def fed(args: tuple[Any, ...]) -> Floats:
    """A performer's numbers as steps, (n, 3): whole ones only, those that make sense, none further than FAR."""
    numbers = [float(x) for x in args if isinstance(x, (int, float)) and not isinstance(x, bool)]
    if len(numbers) != len(args) or not np.isfinite(numbers).all():
        return NONE
    steps = np.array(numbers[: len(numbers) // 3 * 3], np.float64).reshape(-1, 3)[:MOST_FED]
    steps[:, :2] = np.clip(steps[:, :2], -FAR, FAR)
    steps[:, 2] = np.clip(np.round(steps[:, 2]), DOWN, END)
    ends = np.flatnonzero(steps[:, 2] == END)
    return (steps[: ends[0] + 1] if len(ends) else steps).astype(np.float32)


def chance(seed: int, number: int, stream: int, step: int = 0) -> np.random.Generator:
    """Chance for one decision: the same for the same four numbers, on every machine."""
    key = np.array([abs(int(seed)), number], np.uint64)
    return np.random.Generator(np.random.Philox(key=key, counter=np.array([0, step, stream, 0], np.uint64)))


def _full(page: tuple[Done, ...]) -> bool:
    return len(page) > MOST_DRAWINGS or sum(len(each.steps) for each in page) > MOST_POINTS
