"""Looking back: an instrument shows a moment of its past while what it plays goes on, and can play on from there.

Whoever remembers the past says a moment into the instrument as a message, so that a take which is played again needs
no past of its own. What is looked at lies over what plays and touches nothing of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..board import Snapshot, Write
from ..errors import LivegenError
from ..latent import Latent
from ..params import COMMAND, READ, WRITE, Param, number
from . import blend
from .aims import Still
from .cues import cue_name, cue_of, way_seconds
from .curve import bend
from .looks import Look, Rows, mixed
from .moments import Moment, Sight, read, seen
from .routes import ROUTE
from .score import Score

if TYPE_CHECKING:
    from .instrument import Instrument

SCRUB = 0.1
"""Seconds that the latent takes from one moment that is looked at to the next."""
MOST_WAITING = 8
"""Instructions that may wait for the moment they are about."""
VALUES = ("xy", "z", "presets/weights", "seed")
HANDS = frozenset(
    {*VALUES, "randomize", "tour", "reset", "presets/load", "presets/morph", "explore/pick", "explore/back"}
)
"""Instructions that send the picture somewhere: whoever gives one wants to see it, and looks at the past no more."""

ROWS = (
    Param(
        address="past/look", type=COMMAND, tags="f", access=WRITE,
        description="Show what was to be seen so many seconds ago, while what plays goes on unseen; 0 is back to now",
    ),
    Param(
        address="past/play", type=COMMAND, tags="f", access=WRITE,
        description="Play on from the moment that is looked at; if you like, in so many seconds",
    ),
    Param(
        address="past/leave", type=COMMAND, tags="f", access=WRITE,
        description="Back to what plays; if you like, in so many seconds",
    ),
    Param(
        address="past/keep", type=COMMAND, tags="s", access=WRITE,
        description="Store the moment that is looked at as a cue, under a name",
    ),
    Param(
        address="past/stand", type=COMMAND, tags="s", access=WRITE,
        description="The moment to look at, as the stage itself writes it for takes",
    ),
    Param(
        address="past/ago", high=86400.0, unit="s", access=READ,
        description="How far back the moment lies that is looked at; 0: nothing of the past",
    ),
)  # fmt: skip
"""The addresses, bare."""


@dataclass(slots=True)
class Lookback:
    """What lies over what plays."""

    moment: Moment | None = None
    """What is looked at."""
    sight: Sight | None = None
    """The same as a generator is given it; None: the way leads to what plays."""
    start: Sight | None = None
    """Where the way began; None: nothing lies over what plays."""
    began: float = 0.0
    """Clock seconds."""
    seconds: float = 0.0
    ago: float = 0.0
    stamp: int = 0
    """Of the write that began to look."""
    touched: set[str] = field(default_factory=set)
    """Parameters that a hand has moved meanwhile: they show as they are."""
    awaited: bool = False
    """A moment was asked for that has not been said yet."""
    waiting: list[Write] = field(default_factory=list)
    """Instructions about it."""
    seen: Sight | None = None
    """What was seen at the last tick."""

    @property
    def looking(self) -> bool:
        return self.sight is not None


def shown(player: "Instrument", score: Score, snapshot: Snapshot) -> Score:
    """``score``, or what lies over it."""
    back = player.lookback
    if back.looking:
        heed(player, score, snapshot)
    if back.start is not None:
        score = covered(back, score, snapshot.at, player.rows, player.space)
    back.seen = sight_of(score)
    if float(snapshot.values.get(f"{player.prefix}/past/ago", 0.0)) != back.ago:
        score = replace(score, echo=MappingProxyType({**score.echo, f"{player.prefix}/past/ago": back.ago}))
    return score


def covered(back: Lookback, live: Score, now: float, rows: Rows, space: str) -> Score:
    """What is seen at clock second ``now``; the way ends where it has led."""
    assert back.start is not None
    plays = sight_of(live)
    to = plays if back.sight is None else over(plays, back.sight, back.touched)
    share = min(1.0, (now - back.began) / back.seconds) if back.seconds > 0 else 1.0
    if share >= 1.0:
        if back.sight is None:
            back.start = None
            return live
        found = to
    else:
        found = between(back.start, to, bend(max(0.0, share), "smooth"), rows, space)
    time = live.time if found.time is None else found.time
    return replace(
        live,
        latent=Latent(found.latent, space),
        knobs=MappingProxyType(found.knobs),
        seed=found.seed,
        time=time,
    )


def sight_of(score: Score) -> Sight:
    return Sight(score.latent.values, dict(score.knobs), score.seed, score.time)


def over(plays: Sight, past: Sight, touched: set[str]) -> Sight:
    """The past, with what it does not say, or a hand has moved since, as it plays."""
    knobs = {
        name: past.knobs[name] if name in past.knobs and name not in touched else value
        for name, value in plays.knobs.items()
    }
    return Sight(past.latent, knobs, past.seed, past.time)


def between(a: Sight, b: Sight, share: float, rows: Rows, space: str) -> Sight:
    """On the way from ``a`` to ``b``: latent and parameters go over; what turns by itself stands as in ``b`` at once,
    since minutes of it would have to pass in a moment."""
    knobs = {
        name: to
        if name not in a.knobs or rows[name].rate
        else mixed((a.knobs[name], to), (1.0 - share, share), rows[name])
        for name, to in b.knobs.items()
    }
    return Sight(blend.between(a.latent, b.latent, share, space), knobs, b.seed, b.time)


def heed(player: "Instrument", score: Score, snapshot: Snapshot) -> None:
    """While it looks at the past: what hands do is seen."""
    back, head = player.lookback, player.prefix + "/"
    for write in snapshot.writes:
        if write.stamp <= back.stamp or not write.address.startswith(head):
            continue
        name, routed = write.address.removeprefix(head), write.origin == ROUTE
        if name.startswith("params/") and not routed:
            back.touched.add(name.removeprefix("params/"))
        elif name in HANDS and not (routed and name in VALUES):
            away(player, snapshot, player.glide(snapshot), write)
            return


def away(player: "Instrument", snapshot: Snapshot, seconds: float, write: Write) -> None:
    """From what is seen to what plays, in ``seconds``."""
    back = player.lookback
    if back.start is not None:
        back.start = back.seen or back.start
    back.began, back.seconds = begun(player, snapshot, write), seconds
    back.moment = back.sight = None
    back.ago, back.touched, back.awaited, back.waiting = 0.0, set(), False, []


def begun(player: "Instrument", snapshot: Snapshot, write: Write) -> float:
    """When a way begins that ``write`` asked for: the first frame already shows some of it."""
    before = snapshot.at if player._last is None else player._last.at
    return min(snapshot.at, max(before, write.at))


# Instructions ----------------------------------------------------------------------------------


def on_look(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    """Somebody wants to look at the past: the moment is on its way. Nought seconds ago is what plays."""
    back = player.lookback
    back.awaited = number(write.address, write.value[-1] if write.value else 0.0) != 0.0
    if not back.awaited and back.looking:
        away(player, snapshot, player.glide(snapshot), write)


def on_stand(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    """Here is a moment; none: there is no past yet."""
    back = player.lookback
    said = write.value[0] if write.value else ""
    waiting, back.awaited, back.waiting = back.waiting, False, []
    if said == "":
        raise nothing(write)
    moment, ago = read(str(said), player)
    back.start, fresh = back.seen, not back.looking
    back.moment, back.sight, back.ago = moment, seen(player, moment), ago
    back.began, back.seconds = begun(player, snapshot, write), SCRUB
    back.start = back.start or back.sight
    if fresh:
        back.stamp, back.touched = write.stamp, set()
    for each in waiting:
        WAITING[each.address.removeprefix(f"{player.prefix}/past/")](player, each, snapshot)


def on_play(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    """What is looked at plays from here on."""
    back = player.lookback
    if wait(back, write):
        return
    if back.moment is None:
        raise nothing(write)
    moment, touched = back.moment, set(back.touched)
    seconds = way_seconds(write, 0, player.glide(snapshot))
    player.head(Still(moment.look), 0.0, write, snapshot, driven=set(moment.look.params) - touched)
    player.here = moment.look
    player.clock.phases |= {name: phase for name, phase in moment.phases.items() if name in player.clock.phases}
    player.seed = player._shown_seed = moment.seed
    away(player, snapshot, seconds, write)


def on_leave(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    """Back to what plays."""
    back = player.lookback
    if not wait(back, write) and back.looking:
        away(player, snapshot, way_seconds(write, 0, player.glide(snapshot)), write)


def on_keep(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    """What is looked at becomes a cue: its latent as it was seen, strayed as it was."""
    back = player.lookback
    if wait(back, write):
        return
    if back.moment is None or back.sight is None:
        raise nothing(write)
    look = Look(back.sight.latent, back.moment.look.params)
    player.book.put(cue_of(look, cue_name(write), back.moment.seed, player.every))
    player.resettle(snapshot)


def wait(back: Lookback, write: Write) -> bool:
    """Keep an instruction until the moment is said that it is about."""
    if back.awaited and len(back.waiting) < MOST_WAITING:
        back.waiting.append(write)
    return back.awaited


def nothing(write: Write) -> LivegenError:
    return LivegenError(
        f"{write.origin} sent {write.address}, and nothing of the past is looked at",
        hint="send past/look and a number of seconds first; a second after the start there is a past", code="no_past",
    )  # fmt: skip


Verb = Callable[["Instrument", Write, Snapshot], None]
WAITING: Mapping[str, Verb] = MappingProxyType({"play": on_play, "leave": on_leave, "keep": on_keep})
VERBS: Mapping[str, Verb] = MappingProxyType(
    {"past/look": on_look, "past/stand": on_stand, **{f"past/{name}": verb for name, verb in WAITING.items()}}
)
