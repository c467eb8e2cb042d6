"""The ensemble: everybody who plays one patch, put together without sockets, threads or torch.

``livegen run`` plays it live, ``check`` and ``osc`` only look at it, tests play it by hand.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any

from . import namespace
from .board import Board, Snapshot, Write
from .carrying import coded, decoded
from .casting import Cast, cast
from .controls.intake import events_of
from .cuelist import CueList
from .engine.renderer import InlineRenderer
from .engine.voice import Safety, Show, Voice
from .errors import LivegenError, UnknownParam
from .generators.base import Info, build_fallback
from .latent import Latent
from .mapping import Instrument, Score, told
from .mapping.beats import beat_of
from .mapping.cues import NOW, look_of
from .mapping.looks import MIDDLE
from .mapping.modulation import stands
from .mapping.routes import ROUTE
from .mapping.rows import motion_params
from .maps.section import Maps
from .message import Message
from .oscillators import Oscillators, retold
from .params import BOOL, FLOAT, INT, READ, VECTOR
from .patch import GeneratorSpec, Patch, tuned
from .section import Section
from .seeing import Seeing
from .tempo import Tempo
from .touching import Touch

PANIC = f"{namespace.ROOT}/panic"
SAFE_SECONDS = 1.0
"""How long the way to the safe cue takes."""
NOTES = 32
PLAIN = {"curve": "smooth", "quantum": NOW, "switch": MIDDLE, "follow": None}
"""What pages need not be told of a cue."""
Making = Callable[[Patch], Section]
SECTIONS: tuple[Making, ...] = (Tempo, Touch, Maps)
"""Who plays beside the instruments, in the order in which they speak before a tick."""
RELIVED = "take "
"""How the origins of messages begin that a take says again: what files and devices had to do with is in the take."""
OF_ITSELF = tuple(f"{namespace.ROOT}/{part}/" for part in ("status", "info", "film"))


def safety_of(patch: Patch) -> Safety:
    """What the patch says about keeping the show presentable, as the engine takes it."""
    said = patch.safety
    return Safety(
        fade_s=said.fade, fixed=not said.governor, smallest=said.smallest,
        flashes=said.flashes, flash_rate=said.flash_rate, brightness_rate=said.brightness_rate,
    )  # fmt: skip


def mould(spec: GeneratorSpec, info: Info) -> str:
    """What a generator's state is made for."""
    return repr((spec.kind, info.digest, sorted(spec.config.items())))


def with_seed(patch: Patch, seed: int) -> Patch:
    """The patch, begun with another seed instead of its first cue."""
    generators = {name: replace(spec, start="seed") for name, spec in patch.generators.items()}
    return replace(patch, seed=seed, generators=MappingProxyType(generators))


class Ensemble:
    """The players of a patch and the board they read."""

    def __init__(self, patch: Patch) -> None:
        """Raises PatchError when the patch names something that is not there."""
        self.notes: deque[str] = deque(maxlen=NOTES)
        """Sentences about instructions that could not be followed, newest last."""
        self.cuelist = CueList(lambda: self.cast.instruments, self.notes.append, patch)
        self.oscillators = Oscillators(patch)
        self.sections: tuple[Section, ...] = (*(make(patch) for make in SECTIONS), self.cuelist, self.oscillators)
        self.cast = cast(patch, sections=self.sections)
        self.board = Board(self.cast.params, self.cast.aliases)
        self._is_event = events_of(self.board)
        self.known: dict[str, Any] = {}
        """address → what routes have heard of it last."""
        self._left: dict[str, Any] = {}
        """Instance → what its last picture left behind."""
        self._led: Mapping[str, Sequence[Write]] | None = None
        self.seeing = Seeing(lambda: self.cast.infos)
        self.measured: Callable[[str, Any], None] = lambda address, value: None
        """Told what routes hear of what the stage measures of itself."""
        self.tell: Callable[[Sequence[tuple[str, tuple[Any, ...]]]], None] = lambda said: None
        """Told what is said by the way, such as the end of a loop, for whoever listens outside."""
        self.asides: dict[str, Callable[[Write], None]] = {}
        """How an address begins, such as ``/livegen/take/`` → who is told of every write there, on the loop's thread:
        for what files, threads and devices have to do with, and a take that is played again must not repeat."""

    @property
    def patch(self) -> Patch:
        return self.cast.patch

    @property
    def first(self) -> str:
        """The instance that is stream 0."""
        return next(iter(self.patch.generators))

    # For the engine ------------------------------------------------------------------------

    def voices(self, who: Cast | None = None) -> tuple[Voice, ...]:
        """The instances as the engine sees them."""
        who = who or self.cast
        return tuple(
            Voice(
                name=spec.name,
                advance=self._player(spec.name),
                stream=index,
                size=spec.size,
                generator=spec.kind,
                digest=who.infos[spec.name].digest,
                scalable=who.infos[spec.name].any_size,
                seamless=who.infos[spec.name].kind != "image",
                image=partial(self.seeing.image, spec.name),
                left=partial(self._left.__setitem__, spec.name),
                mould=mould(spec, who.infos[spec.name]),
            )
            for index, spec in enumerate(who.patch.generators.values())
        )

    def fallback(self, who: Cast | None = None) -> InlineRenderer:
        """The numpy stand-ins of all generators."""
        specs = (who or self.cast).patch.generators.values()
        return InlineRenderer(
            {spec.name: build_fallback(spec.kind, spec.config) for spec in specs}, device="numpy"
        )

    def before(self, now: float) -> None:
        """Called just before every latch: what sections, routes and oscillators have to say."""
        for address in self.cast.overheard:
            self._read(address, now)
        for section in self.sections:
            # What a cue switches, other sections are to hear as well.
            to = self.apply if section is self.cuelist else partial(self._reach, by=section)
            self._say(section.tick(now, self.board), to)
        self._say(self.cast.router.tick(now, self.board.value, beat_of(self.board.value), self.oscillators.swings))
        self.cast.router.deepen(partial(self.board.shown, now=now))
        self.board.offsets = offsets = self.cast.router.offsets
        if offsets:
            self.board.echo(stands(offsets, self.board))

    def _say(self, messages: Iterable[Message], to: Callable[[Message], None] | None = None) -> None:
        for message in messages:
            self._try(lambda said=message: (to or self._reach)(said))  # type: ignore[misc]

    def overhear(self, said: Sequence[tuple[str, tuple[Any, ...]]], now: float) -> None:
        """Let routes hear what generators say message by message, such as a line of text."""
        for address, args in said if self.cast.overheard else ():
            if address in self.cast.overheard:
                self._try(lambda a=address, x=args: self.cast.router.hear(Message(a, x, now, ROUTE)))  # type: ignore[misc]

    def prefix(self, stream: int) -> str:
        """Where the addresses of a stream's generator begin."""
        return list(self.patch.generators.values())[stream].prefix

    def revised(self, patch: Patch, *, anew: bool = False) -> Show:
        """What the engine is to take over so that ``patch`` plays instead; ``anew``: its models are others, whatever
        the patch says.

        Nothing changes until the engine takes it, at a frame boundary. Raises PatchError.
        """
        new = cast(patch, self.cast, self.sections)
        rebuilt = anew or new.specs() != self.cast.specs()

        def take() -> None:
            said = retold(self.board.params, {row.address: row for row in new.params})
            self.board.replace(new.params, new.aliases)
            self.board.echo(said, origin="patch")
            for name, each in new.instruments.items():
                spec = new.spec(name)
                own, cues = tuned(spec, new.infos[name].params), new.patch.cues_of(name)
                moves, sow = tuned(spec, motion_params()), new.infos[name].sow
                each.revise(params=own, cues=cues, motion=spec.motion, start=spec.start, sow=sow, moves=moves)
            for section in self.sections:
                section.revise(patch)
            old, self.cast = self.cast, new
            new.router.adopt(old.router)

        return Show(
            voices=self.voices(new),
            specs=new.specs() if rebuilt else None,
            fallback=self.fallback(new) if rebuilt else None,
            fps=patch.fps,
            safety=safety_of(patch),
            then=take,
        )

    # For the doors -------------------------------------------------------------------------

    def apply(self, message: Message) -> None:
        """Take a message: sections and routes listen first, then the board. Any thread.

        Raises UnknownParam when nobody knows the address, or what the gate refuses.
        """
        routed = message.address not in self.cast.overheard and self.cast.router.hear(message)
        self._reach(message, routed)

    def _reach(self, message: Message, routed: bool = False, by: Section | None = None) -> None:
        """Have sections and the board hear a message; routes have, or said it themselves. ``by``: the section that says
        it, and does not hear itself."""
        for section in self.sections:
            if section is not by and section.heeds(message.address):
                section.hear(message)
                routed = True
        try:
            self.board.apply(message)
        except UnknownParam:
            if not routed:
                raise

    def heeds(self, address: str) -> bool:
        """Whether a section or a route listens to ``address``, even where the board does not know it. Any thread."""
        return address in self.cast.router or any(section.heeds(address) for section in self.sections)

    def is_event(self, address: str) -> bool:
        """Whether every message to ``address`` counts, rather than the newest value."""
        if any(section.happens(address) for section in self.sections):
            return True
        if address in self.cast.router:
            known = address in self.board.params and self._is_event(address)
            return known or self.cast.router.happens(address)
        return self._is_event(address)

    def cues(self, name: str = "") -> list[dict[str, Any]]:
        """The cues of an instance, or of all: name, whose it is, seconds, its place on the plane if it has one, and what
        of curve, quantum, switch and follow is not as usual."""
        found = []
        for on, player in self.cast.instruments.items():
            places = player.places
            for cue in list(player.cues.values()) if name in ("", on) else ():
                place = {"xy": list(places[cue.name])} if cue.name in places else {}
                more = {name: getattr(cue, name) for name, usual in PLAIN.items() if getattr(cue, name) != usual}
                found.append({"name": cue.name, "on": on, "seconds": cue.seconds, **more, **place})
        return found

    def looks(self, name: str) -> dict[str, tuple[Latent, Mapping[str, Any]]]:
        """What each cue of an instance shows: its latent and the generator's knobs."""
        player = self.cast.instruments[name]
        base = player.sow(player.patch_seed)
        still = {row.address: 0.0 for row in self.cast.infos[name].params if row.rate}
        found: dict[str, tuple[Latent, Mapping[str, Any]]] = {}
        for cue in list(player.cues.values()):
            look = look_of(cue, base, player.rows, player.sow)
            found[cue.name] = (Latent(look.z, player.space), {**look.params, **still})
        return found

    # For the state -------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Where everybody stands, as plain JSON."""
        kept = {
            a: p
            for a, p in self.board.params.items()
            if p.holds and p.access != READ and not a.startswith(PANIC)
        }
        return {
            "values": {address: self.board.value(address) for address in kept},
            "instruments": {name: each.state() for name, each in self.cast.instruments.items()},
            "sections": {section.name: section.state() for section in self.sections},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Stand where ``state()`` was taken; what no longer fits is left out and noted."""
        for name, kept in dict(state.get("instruments") or {}).items():
            if name in self.cast.instruments:
                self._try(lambda name=name, kept=kept: self.cast.instruments[name].restore(kept))  # type: ignore[misc]
        stood = dict(state.get("sections") or {})
        for section in self.sections:
            if section.name in stood:
                self._try(lambda section=section: section.restore(stood[section.name]))  # type: ignore[misc]
        params, values = self.board.params, {}
        for address, value in dict(state.get("values") or {}).items():
            if address in params and params[address].holds:
                args = tuple(value) if isinstance(value, list) else (value,)
                self._try(lambda a=address, args=args: values.update({a: params[a].gate(args)}))  # type: ignore[misc]
        self.board.echo(values, origin="state")

    # Inside --------------------------------------------------------------------------------

    def _read(self, address: str, now: float) -> None:
        """Let routes hear what the stage holds at ``address``, whenever that has changed."""
        if self.board.params[address].type in (FLOAT, INT, BOOL, VECTOR):
            value = self.board.value(address)
            if self.known.get(address) != value:
                self.known[address] = value
                if address.startswith(OF_ITSELF):
                    self.measured(address, value)
                self._try(lambda: self.cast.router.hear(Message(address, value, now, ROUTE)))

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except LivegenError as error:
            self.notes.append(str(error))

    def _player(self, name: str) -> Callable[[Snapshot], Score]:
        """What the engine calls once per tick for one instance."""

        def advance(snapshot: Snapshot) -> Score:
            player = self.cast.instruments[name]
            if name == self.first:
                self._led = self.cuelist.lead(snapshot)
            led = snapshot if self._led is None else replace(snapshot, writes=tuple(self._led[name]))
            if points := self._points():
                led = replace(led, writes=tuple(write for write in led.writes if write.address not in points))
            player.carried = partial(self._carried, name)
            score = player.advance(self._kept(name, self._with_safe_cue(player, led)))
            self.notes.extend(score.notes)
            if score.around:
                self._come_round(player, snapshot)
            if score.state is not None:
                score = replace(score, state=self._recalled(name, score.state))
            if name == [*self.cast.instruments][-1]:  # everybody has followed what was written
                self._tell_asides(snapshot)
            return self._with_told(name, player, snapshot, score)

        return advance

    def _points(self) -> Collection[str]:
        """Addresses of which instruments hear nothing in this tick: they play a map."""
        return set[str]().union(*(section.points for section in self.sections if isinstance(section, Maps)))

    def _come_round(self, player: Instrument, snapshot: Snapshot) -> None:
        """A loop or a tour has come round: routes, readers and whoever listens hear of it.

        Whether it has is known when the board has been read: what routes make of it is followed in the next tick, its
        time that of this one, so that only what goes at once, without a glide, is seen a frame later."""
        rounds = f"{player.prefix}/rounds"
        self.board.echo({rounds: snapshot.values.get(rounds, 0) + 1})
        pulse: Sequence[tuple[str, tuple[Any, ...]]] = ((f"{player.prefix}/loop", ()),)
        self.overhear(pulse, snapshot.at)
        self.tell(pulse)

    def _tell_asides(self, snapshot: Snapshot) -> None:
        for write in snapshot.writes:
            for start, told_of in self.asides.items():
                if write.address.startswith(start) and not write.origin.startswith(RELIVED):
                    told_of(write)

    def _carried(self, name: str) -> str:
        """What a cue is to hold of what the last picture left behind."""
        try:
            return coded(self._left.get(name), mould(self.cast.spec(name), self.cast.infos[name]))
        except LivegenError as error:
            self.notes.append(f"{name}: {error}")
            return ""

    def _recalled(self, name: str, text: str) -> Any:
        try:
            return decoded(text, mould(self.cast.spec(name), self.cast.infos[name]))
        except LivegenError as error:
            self.notes.append(f"{name}: {error}")
            return None

    def _with_told(self, name: str, player: Instrument, snapshot: Snapshot, score: Score) -> Score:
        """The score with what the generator itself was told."""
        events = self.cast.infos[name].events
        if not (events and snapshot.writes):
            return score
        found, notes = told(snapshot.writes, player.prefix, {row.address: row for row in events})
        self.notes.extend(notes)
        return replace(score, told=found) if found else score

    def _kept(self, name: str, snapshot: Snapshot) -> Snapshot:
        """What ``see/keep`` asks for: stay where what it saw has led it."""
        prefix = self.cast.instruments[name].prefix
        kept = self.seeing.kept(snapshot, name, prefix)
        if kept is not snapshot:
            self.board.echo({f"{prefix}/params/follow": 0.0})
        return kept

    def _with_safe_cue(self, player: Instrument, snapshot: Snapshot) -> Snapshot:
        """The panic button as a recall of the safe cue, and as an end of hold, black and freeze; the release ends hold and black."""
        if any(write.address == f"{PANIC}/release" for write in snapshot.writes):
            self.board.echo({f"{PANIC}/hold": False, f"{PANIC}/black": False})
        pressed = [write for write in snapshot.writes if write.address == f"{PANIC}/safe"]
        if not pressed:
            return snapshot
        self.board.echo({f"{PANIC}/hold": False, f"{PANIC}/black": False, f"{player.prefix}/freeze": False})
        if not player.cues:
            return snapshot
        wanted, press = self.patch.safety.safe_cue, pressed[-1]
        cue = wanted if wanted in player.cues else next(iter(player.cues))
        load = Write(
            f"{player.prefix}/presets/load", (cue, SAFE_SECONDS, NOW), press.stamp, press.origin, press.at
        )
        return replace(snapshot, writes=(*snapshot.writes, load))
