"""Replaying: a take through the same board, instruments and generators again, tick by tick.

Nothing is timed here: the take says when the board was read, which pictures were asked for and which of them
came. So the same pictures are painted as in the show, whatever this machine has to do meanwhile.
"""

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from .brought import revived
from .engine.latching import latched
from .engine.renderer import InlineRenderer, Renderer, built
from .engine.voice import Job, Show, Track, seated
from .ensemble import Ensemble, with_seed
from .errors import BadPacket, LivegenError, ModelRefused, RenderFailed
from .frame import Frame, Pixels
from .generators.base import Picture, Request
from .maps.readers import listens_to_generators
from .marks import Mark
from .moment import moment, resume
from .params import READ
from .patch import Brought, Patch
from .speaking import Speech
from .streams.hub import Hub
from .taking import made_by as versions
from .wire.take import MICRO, Asked, Came, Edited, Failed, Heard, Read, Seen, StoodIn, Take, Tick

PATIENCE = 1.0
"""Seconds after which a painter that has not answered is looked after again."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shot:
    """A picture of the take, painted again."""

    stream: int
    at: float
    """Clock seconds of the tick that it shows."""
    pixels: Pixels | None
    """(H, W, 4) uint8; None: of a stream that is not painted when its pictures come."""
    check: int = 0
    """CRC-32 of the picture of the show; 0: the take does not say."""
    way: str = ""
    """How that one was painted."""
    marks: tuple[Mark, ...] = ()

    @property
    def same(self) -> bool | None:
        """Whether it is the picture of the show to the bit; None: nobody knows."""
        return zlib.crc32(self.pixels.data) == self.check if self.check and self.pixels is not None else None


class Player:
    """Plays one take."""

    def __init__(
        self, take: Take, renderer: Callable[[Ensemble], Renderer], *, size: tuple[int, int] | None = None,
        stand_in: bool = False,
    ) -> None:
        """``renderer`` makes the painter; ``size``: (width, height) instead of the recorded one, at which nothing can
        be the same to the bit; ``stand_in``: play other weights than those of the show, if need be.

        Raises PatchError, and ModelRefused for a model that is not there or is another one.
        """
        self.take, self.size, self._stand_in = take, size, stand_in
        self.notes = elsewhere(take.head.made_by)
        self.ensemble = Ensemble(self._first())
        self.notes += same_models(self.ensemble, take.head.digests, stand_in)
        self._casts = [self.ensemble.cast]
        """Everybody for every patch of the take."""
        self._look_ahead()
        self.ensemble.restore(take.head.state)
        self._seen: dict[int, Pixels] = {}
        self._jobs: dict[tuple[int, bool], Job] = {}
        self._asked: dict[int, Job] = {}
        self.unpainted: frozenset[int] = frozenset()
        """Streams whose pictures are not painted when they come."""
        self.wanted: int | None = None
        """The stream that ``size`` is for; None: all."""
        self.values: Mapping[str, Any] = {}
        """What the board held at the last tick."""
        self._now = take.head.began / MICRO
        self._fallback = self.ensemble.fallback()
        self.renderer = renderer(self.ensemble)
        self._speech = speech = Speech(
            Hub(self), prefix=self.ensemble.prefix, echo=self.ensemble.board.echo,
            say=lambda said: self.ensemble.overhear(said, self._now),
            listens=lambda address: address in self.ensemble.cast.overheard,
        )  # fmt: skip
        self._publish = self.ensemble.seeing.watched(speech.offer)
        self._tracks: list[Track] = []
        self._seat()
        if take.head.moment:
            stand(take.head.moment, self.ensemble, self._tracks, speech)

    def now(self) -> float:
        """The take's own time: it is its clock."""
        return self._now

    def sleep_until(self, deadline: float) -> None:
        """Nobody waits here."""

    def play(self) -> Iterator[list[Shot]]:
        """The pictures of every tick, in order, those that were painted for it in the show; and those that came after the last."""
        for tick in self.take.ticks:
            yield self.step(tick)
        yield self.finish()

    def step(self, tick: Tick) -> list[Shot]:
        """What happened until ``tick``, then the tick itself: the pictures that came in it."""
        shots = []
        for event in tick.events:
            shot = self._follow(event)
            if shot is not None:
                shots.append(shot)
        self.latch(tick.at / MICRO)
        return shots

    def finish(self) -> list[Shot]:
        """What happened after the last tick: the pictures that still came."""
        rest = self.take.rest
        found = [self._follow(event) for event in rest.events] if rest is not None else []
        return [shot for shot in found if shot is not None]

    def latch(self, now: float) -> None:
        """Read the board at ``now``, and let every instrument answer."""
        self._now = now
        self._snapshot = latched(self.ensemble.board, self.ensemble.before, self._tracks, now, self._note)
        self.values = self._snapshot.values

    @contextmanager
    def glance(self, now: float) -> Iterator[None]:
        """Within it everybody stands where they would at ``now``, between two ticks; afterwards as if nobody had looked,
        but for what was painted. So whatever goes from tick to tick goes as it did in the show, at any rate."""
        if now == self._now:
            yield
            return
        stood, last, snapshot = moment(self.ensemble, (), self._speech), self._now, self._snapshot
        tracks = [(track, track.score, track.state, track.version, list(track.told)) for track in self._tracks]
        self.latch(now)
        for track, _, _, _, told in tracks:
            track.told = list(told)  # what happens at this moment is told at the next tick
        yield
        stand(stood, self.ensemble, (), self._speech)
        for track, score, state, version, told in tracks:
            track.score, track.state, track.version, track.told = score, state, version, told
        self._now, self._snapshot, self.values = last, snapshot, snapshot.values

    def ask(self, stream: int, again: bool = False) -> Pixels | None:
        """The picture of ``stream`` as it stands now, or what it was asked for last ``again``. Nobody hears of it, and
        nothing goes on from it."""
        job = (self._asked.get(stream) if again else None) or self.waiting(stream)
        if job is None:
            return None
        request = replace(job.request, size=self.size or job.request.size)
        return self.paint(request, self.renderer).pixels

    def go_on(self) -> None:
        """Have every voice that counts painted for the tick that was read last, as in a show that never is late: for a
        take in which no picture was asked for."""
        for track in self._tracks:
            if track.score is not None and track.voice.stream not in self.unpainted:
                job = self.job(track, self._sized(track, track.voice.size))
                picture = self.paint(job.request, self.renderer)
                if track.settle(job, picture):
                    self.show(job, picture)

    def waiting(self, stream: int) -> Job | None:
        """What ``stream`` would be asked for now."""
        track = self._track(stream)
        return self.job(track, track.voice.size) if track is not None and track.score is not None else None

    def stateful(self, stream: int) -> bool:
        """Whether all of its pictures have to be painted: it goes on from its last one, or routes listen to them."""
        for cast in self._casts:
            for spec, info in list(zip(cast.patch.generators.values(), cast.infos.values(), strict=True))[stream : stream + 1]:
                if "step" in info.abilities or any(address.startswith(f"{spec.prefix}/image/out/") for address in cast.overheard):
                    return True
        return False

    def alone(self, stream: int) -> frozenset[int]:
        """The streams on which the pictures of ``stream`` do not depend, whatever is painted there."""
        said = (row.address for cast in self._casts for row in cast.params if row.access == READ)
        if any(cast.overheard for cast in self._casts) or listens_to_generators(self.take.head.moment, self.take.ticks, said):
            return frozenset()
        return self.streams - {stream}

    @property
    def patches(self) -> tuple[Patch, ...]:
        """What plays, and every later patch of the take."""
        return tuple(cast.patch for cast in self._casts)

    @property
    def streams(self) -> frozenset[int]:
        """All that there are, of every patch of the take."""
        return frozenset(range(max(len(cast.infos) for cast in self._casts)))

    def close(self) -> None:
        """Let the painter go."""
        self.renderer.close()

    # What happened ---------------------------------------------------------------------------

    def _follow(self, event: Any) -> Shot | None:
        if isinstance(event, Heard):
            try:
                self.ensemble.apply(event.message)
            except LivegenError as error:
                self._note(error)
        elif isinstance(event, Read):
            self.ensemble.board.echo({event.address: event.value})
        elif isinstance(event, Seen):
            picture = np.frombuffer(event.pixels, np.uint8).reshape(event.size[1], event.size[0], 3)
            self._seen[event.stream] = picture
        elif isinstance(event, Edited):
            self._edit(event)
        else:
            return self._answer(event)
        return None

    def _answer(self, event: Asked | Came | Failed | StoodIn) -> Shot | None:
        track = self._track(event.stream)
        if track is None:
            return None
        if isinstance(event, Asked):
            if track.score is not None:
                asked = self.job(track, self._sized(track, event.size))
                self._jobs[event.stream, event.aside] = self._asked[event.stream] = asked
            return None
        job = self._jobs.pop((event.stream, isinstance(event, StoodIn)), None)
        if job is None:
            return None
        if isinstance(event, Failed):
            if event.code == "not_finite":
                track.state, track.version = None, track.version + 1
            if event.code not in ("out_of_memory", "starting"):
                track.bounce(job.request)
            return None
        check = event.check if isinstance(event, Came) and self.size is None else 0
        way = event.way if isinstance(event, Came) and self.size is None else ""
        job.request = replace(job.request, way=way)
        if event.stream in self.unpainted:
            del track.told[: len(job.request.told)]
            # What the governor made smaller is painted for the sake of its sum.
            smaller = check and job.request.size != track.voice.size
            pixels = self.paint(job.request, self.renderer).pixels if smaller else None
            return Shot(stream=event.stream, at=job.snapshot.at, pixels=pixels, check=check, way=way)
        painted = self.paint(job.request, self._fallback if isinstance(event, StoodIn) else self.renderer)
        if not track.settle(job, painted):
            return None
        return self.show(job, painted, check)

    def _track(self, stream: int) -> Track | None:
        return next((track for track in self._tracks if track.voice.stream == stream), None)

    def job(self, track: Track, size: tuple[int, int]) -> Job:
        """What a track is asked for now."""
        request = track.request(size)
        return Job(track, request, self._snapshot, None, self._now, track.version)

    def _sized(self, track: Track, size: tuple[int, int]) -> tuple[int, int]:
        """How large a picture is painted that was asked for at ``size``: a page that is written or drawn goes on at the
        film's size; what routes hear of a picture they hear of the show's own."""
        here = track.voice.seamless and self.wanted in (None, track.voice.stream)
        return self.size or size if here else size

    def paint(self, request: Request, renderer: Renderer) -> Picture:
        """The picture of a request, however long that takes. Raises RenderFailed."""
        while True:
            try:
                renderer.begin(request)
                break
            except RenderFailed as failure:
                if failure.code != "starting":
                    raise
                renderer.attend()
        while (picture := renderer.finish(PATIENCE)) is None:
            renderer.attend()
        return picture

    def show(self, job: Job, picture: Picture, check: int = 0) -> Shot:
        """Let everybody know of a picture, as the show did."""
        track = job.track
        track.seq += 1
        self._publish(
            Frame(
                pixels=picture.pixels, seq=track.seq, stream=track.voice.stream, at=job.snapshot.at,
                marks=picture.marks, latent=picture.latent,
            )
        )  # fmt: skip
        return Shot(stream=track.voice.stream, at=job.snapshot.at, pixels=picture.pixels, check=check, marks=picture.marks)

    def _edit(self, event: Edited) -> None:
        """Another patch plays."""
        show: Show = self.ensemble.revised(self._revived(event)[0])
        infos = {voice.name: voice.digest for voice in show.voices}
        self.notes += same_weights(infos, dict(event.digests), self._stand_in)
        if show.specs is not None:
            loading = self.renderer.prepare(show.specs)
            while not loading.done():
                self.renderer.attend()
            loading.result()
        if show.then is not None:
            show.then()
        if show.specs is not None:
            self.renderer.adopt()
        if show.fallback is not None:
            self._fallback = show.fallback
        self._seat()

    def _first(self) -> Patch:
        """The patch that the take begins with."""
        patch, notes = self._revived(Edited(self.take.head.patch, self.take.head.brought))
        self.notes += notes
        return patch if self.take.head.seed is None else with_seed(patch, self.take.head.seed)

    def _revived(self, event: Edited) -> tuple[Patch, list[str]]:
        brought = [Brought(*each) for each in event.brought]
        return revived(event.patch, self.take.head.name or "take", brought, self._stand_in)

    def _look_ahead(self) -> None:
        """Refuse now what could not be played later: nobody renders for hours to hear of a model that is missing."""
        for number in self.take.edits:
            for event in self.take.ticks[number].events:
                if isinstance(event, Edited):
                    patch, notes = self._revived(event)
                    self._casts.append(Ensemble(patch).cast)
                    found = {name: info.digest for name, info in self._casts[-1].infos.items()}
                    notes += same_weights(found, dict(event.digests), self._stand_in)
                    self.notes += [note for note in notes if note not in self.notes]

    def _seat(self) -> None:
        """A track for every voice; those that play on keep what they remember."""
        seen = self._seen
        own = [replace(voice, image=partial(seen.get, voice.stream)) for voice in self.ensemble.voices()]
        self._tracks = seated(own, self._tracks)

    def _note(self, error: Exception) -> None:
        self.notes.append(str(error))


def stand(moment: Mapping[str, Any], ensemble: Ensemble, tracks: Sequence[Track], speech: Speech) -> None:
    """Stand where a take began in the middle of a show. Raises BadPacket when its head makes no sense."""
    try:
        resume(moment, ensemble, tracks, speech)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadPacket(f"the take does not say where it began: {error}", code="no_take") from None


def elsewhere(made_by: Mapping[str, str]) -> list[str]:
    """What is another version here than where a take was made, in a sentence."""
    here = versions() if made_by else {}
    apart = [f"{name} {theirs} ({here.get(name, 'none')} here)" for name, theirs in made_by.items() if name != "python" and here.get(name) != theirs]
    return [f"the take was made with {', '.join(apart)}: pictures may come out otherwise"] if apart else []


def same_models(ensemble: Ensemble, wanted: Mapping[str, str], stand_in: bool) -> list[str]:
    """What stands in for the weights of the show (instance → digest), in sentences.

    Raises ModelRefused for weights that are not those, unless others may stand in.
    """
    return same_weights({name: info.digest for name, info in ensemble.cast.infos.items()}, wanted, stand_in)


def same_weights(found: Mapping[str, str], wanted: Mapping[str, str], stand_in: bool) -> list[str]:
    """As ``same_models``, of instance → digest of the weights that are there."""
    notes = []
    for name, digest in found.items():
        if wanted.get(name, digest) == digest:
            continue
        said = f"the take was played with other weights for {name} ({wanted[name][:8]}) than these ({digest[:8]})"
        if not stand_in:
            raise ModelRefused(said, hint="bring back that model, or give --stand-in to play this one")
        notes.append(said)
    return notes


def inline(device: str = "cpu") -> Callable[[Ensemble], InlineRenderer]:
    """A painter in this very process, for tests and scripts."""
    return lambda ensemble: InlineRenderer(built(ensemble.cast.specs(), device), device=device)
