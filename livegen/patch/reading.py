"""From tables to a Patch: every section by its own short function."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..errors import BadValue
from ..mapping import Cue, Lfo, Motion, Route
from ..mapping.beats import QUANTA as GRIDS
from ..mapping.beats import SOURCES as BEATS
from ..mapping.cues import MOST_CUES, NOW, QUANTA, SWITCHES, nameable
from ..mapping.curve import CURVES
from ..mapping.looks import MIDDLE
from ..mapping.plane import DISTANCE, PLANES
from ..mapping.rows import LARGEST_SEED
from ..mapping.sources import SHAPES
from ..mapping.takeover import MODES
from ..wire.midi import rules
from . import file, listening
from .beats import depth_of, length_of, tempo_of
from .maps import MOST as MOST_MAPS
from .maps import MapSpec, read_map
from .show import GeneratorSpec, Learn, Midi, Osc, Outputs, Override, Patch, Safety, Wekinator
from .table import Source, Table, near
from .where import Places

INSTANCE = re.compile(r"[a-z][a-z0-9_-]{0,31}")
TAKEN = ("info", "status", "panic", "subscribe", "tempo", "take", "map", "cues", "learn", "midi", "audio", "camera", "film", "lfo", "modulate")
"""Words after ``/livegen/`` that no generator may be called."""
LONGEST_SIDE = 8192
TARGET = re.compile(r"[^\s:]+:\d{1,5}|\[[0-9a-fA-F:]+\]:\d{1,5}")
WEKINATOR = "/wek/outputs"
MOST_LINKS = 256
"""Routes that are learned by touching."""


def load(path: Path | str) -> Patch:
    """The patch in a file. Raises PatchError with path, line and column."""
    return loads(file.read(Path(path)), str(path))


def loads(text: str, name: str = "patch") -> Patch:
    """The patch in a text; ``name`` is what complaints call it. Raises PatchError."""
    tables = file.tables(text, name)
    source = Source(name, Places(text))
    top = Table(source, (), tables)
    size = _size(top, (512, 512))
    generators = _generators(top, size)
    lfos = tuple(lfo_of(name, row) for name, row in named(top.table("lfos"), ()))
    wekinator = _wekinator(top.table("wekinator"), generators)
    cues = _cues(top, generators)
    patch = Patch(
        title=top.text("title", ""),
        fps=top.number("fps", 30.0, low=1.0, high=240.0),
        size=size,
        seed=top.whole("seed", 1, low=0, high=LARGEST_SEED),
        generators=MappingProxyType(generators),
        cues=cues,
        routes=(*(_route(row, generators, lfos) for row in top.rows("routes")), *wekinator_routes(wekinator)),
        lfos=lfos,
        modulations=tuple(modulation_of(row, generators, lfos) for row in top.rows("modulate")),
        tempo=tempo_of(top.table("tempo")),
        wekinator=wekinator,
        maps=_maps(top.table("maps")),
        osc=_osc(top.table("osc")),
        midi=_midi(top.table("midi"), "midi" in tables),
        learn=_learn(top.table("learn")),
        outputs=_outputs(top.table("outputs")),
        safety=_safety(top.table("safety"), cues),
        audio=listening.audio(top.table("audio")),
        camera=listening.camera(top.table("camera"), generators),
        name=name,
        places=source.places,
        text=text,
    )
    top.done()
    return patch


def _size(table: Table, default: tuple[int, int]) -> tuple[int, int]:
    given = table.numbers("size", None, count=2, low=16, high=LONGEST_SIDE)
    if given is None:
        return default
    if any(side != round(side) for side in given):
        raise table.error("size", "size is not whole", hint="write size = [512, 512]")
    return round(given[0]), round(given[1])


def named(table: Table, taken: Collection[str] = TAKEN) -> list[tuple[str, Table]]:
    """The tables in a table of tables."""
    found = []
    for name, value in table.items():
        table.expect(name, value, dict)
        if not INSTANCE.fullmatch(name) or name in taken:
            raise table.error(
                name,
                f"{name[:40]!r} cannot be a name here",
                hint="small letters, digits, - and _, a letter first" + (f"; not {', '.join(taken)}" if taken else ""),
            )
        found.append((name, Table(table.source, (*table.path, name), value)))
    return found


def _generators(top: Table, size: tuple[int, int]) -> dict[str, GeneratorSpec]:
    found = {name: _generator(name, table, size) for name, table in named(top.table("generators"))}
    if not found:
        raise top.error((), "the patch has no generator", hint='write [generators.main] and kind = "cppn"')
    return found


def _generator(name: str, table: Table, size: tuple[int, int]) -> GeneratorSpec:
    kind, own, start = table.text("kind"), _size(table, size), table.text("start", "")
    motion, params = _motion(table.table("motion")), table.table("params")
    overrides = {key: _override(params, key, value) for key, value in params.items()}
    return GeneratorSpec(
        name=name,
        kind=kind,
        size=own,
        start=start,
        motion=motion,
        params=MappingProxyType(overrides),
        config=MappingProxyType(dict(table.items())),
    )


def _motion(table: Table) -> Motion:
    beats, bars = length_of(table, "seconds")
    motion = Motion(
        kind=table.text("kind", "walk", among=("walk", "loop", "tour", "still")),
        seconds=table.number("seconds", 60.0, low=0.5, high=86400.0),
        beats=beats,
        bars=bars,
        cues=table.texts("cues", MOST_CUES),
        seed=table.whole("seed", 0, low=0, high=LARGEST_SEED),
        plane=table.text("plane", DISTANCE, among=PLANES),
    )
    table.done()
    return motion


def _override(params: Table, key: str, value: Any) -> Override:
    """``hue = 0.3`` or ``hue = { value = 0.3, low = 0.2, high = 0.4, slew = 1.0, curve = "linear" }``."""
    if not isinstance(value, dict):
        return Override(value=tuple(value) if isinstance(value, list) else value)
    table = Table(params.source, (*params.path, key), value)
    override = Override(
        value=table.any("value", None),
        low=table.number("low", None),
        high=table.number("high", None),
        slew=table.number("slew", None, low=0.0, high=600.0),
        curve=table.text("curve", None, among=("linear", "exp", "square")),
        switch=table.text("switch", None, among=SWITCHES),
    )
    table.done()
    return override


def _cues(top: Table, generators: Mapping[str, GeneratorSpec]) -> tuple[Cue, ...]:
    found: list[Cue] = []
    for row in top.rows("cues"):
        cue = _cue(row, generators)
        if any((cue.on, cue.name) == (other.on, other.name) for other in found):
            raise row.error("name", f"there are two cues called {cue.name!r}", hint="give one another name")
        if sum(other.on == cue.on for other in found) >= MOST_CUES:
            raise row.error("name", f"{cue.on} has more than {MOST_CUES} cues")
        found.append(cue)
    return tuple(found)


def _cue(row: Table, generators: Mapping[str, GeneratorSpec]) -> Cue:
    name = row.text("name")
    if not nameable(name):
        raise row.error("name", f"a cue cannot be called {name[:40]!r}", hint="a few letters, no comma")
    params = row.table("params")
    cue = Cue(
        name=name,
        on=row.text("on", next(iter(generators)), among=generators),
        seed=row.whole("seed", None, low=0, high=LARGEST_SEED),
        z=row.numbers("z", None, low=-100.0, high=100.0),
        params=MappingProxyType(dict(params.items())),
        place=row.numbers("place", None, count=2, low=0.0, high=1.0),
        seconds=row.number("seconds", 2.0, low=0.0, high=3600.0),
        curve=row.text("curve", "smooth", among=CURVES),
        quantum=row.text("quantum", NOW, among=QUANTA),
        switch=row.text("switch", MIDDLE, among=SWITCHES),
        follow=row.number("follow", None, low=0.0, high=86400.0),
        sets=MappingProxyType(dict(row.table("sets").items())),
    )
    row.done()
    return cue


def _route(row: Table, generators: Mapping[str, GeneratorSpec], lfos: tuple[Lfo, ...]) -> Route:
    low, high = row.numbers("in", (0.0, 1.0), count=2)
    if low == high:
        raise row.error("in", f"in goes from {low:g} to {high:g}", hint="two different numbers")
    smooth = row.table("smooth")
    route = Route(
        source=_source(row, lfos),
        to=address(row, "to", row.text("to"), generators),
        low_in=low,
        high_in=high,
        out=row.numbers("out", None, count=2),
        arg=row.whole("arg", None, low=0, high=4095),
        invert=row.flag("invert", False),
        curve=row.text("curve", "linear", among=CURVES),
        one_euro=_one_euro(smooth),
        slew=smooth.number("slew", 0.0, low=0.0, high=600.0),
        send=_arguments(row),
        quantum=row.text("quantum", "", among=GRIDS),
        takeover=row.text("takeover", "jump", among=MODES),
        step=row.flag("step", False),
    )
    smooth.done()
    row.done()
    return route


def modulation_of(row: Table, generators: Mapping[str, GeneratorSpec], lfos: tuple[Lfo, ...]) -> Route:
    depth, way = depth_of(row), row.text("way", "around", among=("around", "up"))
    for key in ("out", "send", "quantum"):
        if key in row:
            raise row.error(key, f"a modulation has no {key}", hint="depth says how far it goes")
    return replace(_route(row, generators, lfos), depth=depth, way=way)


def routes(text: str, name: str, patch: Patch) -> tuple[Route, ...]:
    """The routes of a text that holds nothing else, as ``patch`` takes them. Raises PatchError."""
    top = Table(Source(name, Places(text)), (), file.tables(text, name))
    found = tuple(_route(row, patch.generators, patch.lfos) for row in top.rows("routes", MOST_LINKS))
    top.done()
    return found


def _source(row: Table, lfos: tuple[Lfo, ...]) -> str:
    said = str(row.text("from"))
    known = ["time", *BEATS, *(f"lfo/{lfo.name}" for lfo in lfos)]
    if not said.startswith("/") and said not in known:
        raise row.error(
            "from",
            f"there is no source {said[:60]!r}",
            hint=f"an address such as /fader/1, or {near(said, known)}",
        )
    return said


def _one_euro(smooth: Table) -> tuple[float, float] | None:
    given = smooth.numbers("one_euro", None, count=2, low=0.0, high=1000.0)
    if given is not None and given[0] <= 0.0:
        raise smooth.error(
            "one_euro",
            "one_euro begins with 0",
            hint="[1.0, 0.0] is a good start: Hz at rest, then Hz per speed",
        )
    return given  # type: ignore[no-any-return]


def _arguments(row: Table) -> tuple[Any, ...]:
    given = row.any("send", [])
    row.expect("send", given, list)
    for i, item in enumerate(given):
        if not isinstance(item, (str, int, float)):
            row.expect(("send", i), item, str)
    return tuple(given)


def address(
    table: Table, key: str | tuple[str | int, ...], said: str, generators: Mapping[str, GeneratorSpec]
) -> str:
    """``main/params/hue`` or ``/livegen/main/params/hue`` as the full address."""
    full = said if said.startswith("/") else f"/livegen/{said}"
    parts = full.split("/")
    known = list(generators)
    if (
        parts[1] != "livegen"
        or len(parts) < 4
        or (parts[2] not in (*known, *TAKEN) and not parts[2].isdigit())
    ):
        hint = f"such as {known[0]}/params/hue; " + near(parts[2] if len(parts) > 2 else said, known)
        raise table.error(key, f"{said[:60]!r} is not a target", hint=hint)
    return full


def lfo_of(name: str, table: Table) -> Lfo:
    beats, bars = length_of(table, "period")
    lfo = Lfo(
        name=name,
        shape=table.text("shape", "sine", among=SHAPES),
        period=table.number("period", 4.0, low=0.05, high=86400.0),
        beats=beats,
        bars=bars,
        phase=table.number("phase", 0.0, low=0.0, high=1.0),
        depth=table.number("depth", 1.0, low=0.0, high=1.0),
        seed=table.whole("seed", 0, low=0, high=LARGEST_SEED),
    )
    table.done()
    return lfo


def _wekinator(table: Table, generators: Mapping[str, GeneratorSpec]) -> Wekinator:
    targets = table.texts("to", 1024)
    wekinator = Wekinator(
        listen=table.flag("listen", bool(targets)),
        port=table.whole("port", 0, low=0, high=65535),
        to=tuple(address(table, ("to", i), said, generators) for i, said in enumerate(targets)),
    )
    table.done()
    return wekinator


def _maps(table: Table) -> tuple[MapSpec, ...]:
    found = tuple(read_map(name, row) for name, row in named(table))
    if len(found) > MOST_MAPS:
        raise table.error(found[MOST_MAPS].name, f"there are {len(found)} maps", hint=f"at most {MOST_MAPS}")
    return found


def wekinator_routes(wekinator: Wekinator) -> tuple[Route, ...]:
    """One route for each of Wekinator's outputs."""
    if not wekinator.listen:
        return ()
    return tuple(Route(source=WEKINATOR, to=to, arg=i) for i, to in enumerate(wekinator.to))


def _osc(table: Table) -> Osc:
    feedback = table.texts("feedback", 16)
    for i, target in enumerate(feedback):
        if not TARGET.fullmatch(target) or not 0 < int(target.rsplit(":", 1)[1]) < 65536:
            raise table.error(
                ("feedback", i),
                f"{target[:60]!r} is no address to send to",
                hint='such as "192.168.1.20:9000"',
            )
    osc = Osc(
        tcp_port=table.whole("tcp_port", 0, low=0, high=65535),
        feedback=feedback,
        feedback_rate=table.number("feedback_rate", 30.0, low=0.1, high=120.0),
        patterns=table.flag("patterns", True),
        schedule=table.flag("schedule", False),
    )
    table.done()
    return osc


def _midi(table: Table, wanted: bool) -> Midi:
    relative, fourteen = table.texts("relative", 64), table.texts("fourteen", 64)
    for key, said in (("relative", relative), ("fourteen", fourteen)):
        for i, one in enumerate(said):
            try:
                rules(**{key: (one,)})
            except BadValue as error:
                raise table.error((key, i), str(error.args[0]), hint=error.hint) from None
    midi = Midi(
        wanted=wanted,
        listen=table.flag("listen", True),
        inputs=table.texts("inputs", 32),
        outputs=table.texts("outputs", 32),
        feedback=table.flag("feedback", True),
        named=table.flag("named", False),
        relative=relative,
        fourteen=fourteen,
        program=table.flag("program", False),
        api=table.text("api", "", among=("", "jack")),
    )
    table.done()
    return midi


def _learn(table: Table) -> Learn:
    learn = Learn(takeover=table.text("takeover", "jump", among=MODES))
    table.done()
    return learn


def _outputs(table: Table) -> Outputs:
    outputs = Outputs(
        codec=table.text("codec", "jpeg", among=("jpeg", "webp", "png", "raw")),
        quality=table.whole("quality", 85, low=10, high=100),
        max_viewers=table.whole("max_viewers", 32, low=1, high=1000),
        max_size=table.whole("max_size", 4096, low=16, high=LONGEST_SIDE),
    )
    table.done()
    return outputs


def _safety(table: Table, cues: tuple[Cue, ...]) -> Safety:
    safety = Safety(
        safe_cue=table.text("safe_cue", "", among=[cue.name for cue in cues]),
        fade=table.number("fade", 1.0, low=0.0, high=60.0),
        governor=table.flag("governor", True),
        smallest=table.number("smallest", 0.5, low=0.1, high=1.0),
        flashes=table.text("flashes", "watch", among=("watch", "tame", "off")),
        flash_rate=table.number("flash_rate", 3.0, low=0.5, high=30.0),
        brightness_rate=table.number("brightness_rate", 0.0, low=0.0, high=100.0),
    )
    table.done()
    return safety
