"""A patch against the generators it names: what can only be known once they have introduced themselves."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from ..board import element_aliases
from ..errors import BadValue, LivegenError, PatchError
from ..mapping import Router, event_rows, outlet_rows, short_names, stage_params
from ..mapping.learned import target
from ..mapping.modulation import check_movable, depth_rows
from ..mapping.rows import motion_params
from ..params import Param, Value
from .show import GeneratorSpec, Patch
from .table import Source, near
from .where import Keys

HOUSE = ("panic", "take", "tempo", "map", "learn", "cues", "lfo")
"""What routes reach beside the generators: ``/livegen/take/start`` and the like."""


class Introduction(Protocol):
    """The part of a generator's ``Info`` that a patch is checked against."""

    @property
    def latent(self) -> int: ...

    @property
    def params(self) -> tuple[Param, ...]: ...

    @property
    def kind(self) -> str: ...

    @property
    def events(self) -> tuple[Param, ...]: ...

    @property
    def outlets(self) -> tuple[Param, ...]: ...


def tuned(spec: GeneratorSpec, params: Iterable[Param]) -> tuple[Param, ...]:
    """A generator's own rows, bare names, with the patch's wishes. ``check`` has refused impossible ones."""
    return tuple(spec.params[row.address].on(row) if row.address in spec.params else row for row in params)


def rows(patch: Patch, instance: str, info: Introduction) -> tuple[Param, ...]:
    """Every row of one instance, full addresses: the stage's and the generator's, as the patch wants them,
    and what the generator can be told and says."""
    spec = patch.generators[instance]
    names = [cue.name for cue in patch.cues_of(instance)]
    stage = stage_params(spec.prefix, info.latent, names, patch.seed, explored=info.kind == "image", plane=spec.motion.plane)
    wishes = {f"{spec.prefix}/params/{name}": wish for name, wish in spec.params.items()}
    own = tuple(replace(row, address=f"{spec.prefix}/params/{row.address}") for row in info.params)
    knobs = tuple(wishes[row.address].on(row) if row.address in wishes else row for row in (*stage, *own))
    return (*knobs, *event_rows(spec.prefix, info.events), *outlet_rows(spec.prefix, info.kind, info.outlets))


def check(patch: Patch, infos: Mapping[str, Introduction]) -> None:
    """Hold every name and value of the patch against the generators' introductions (instance → info).

    Raises PatchError with the place of the first thing that does not fit.
    """
    source = Source(patch.name, patch.places)
    for name, spec in patch.generators.items():
        _check_params(spec, infos[name], source)
        _check_names(patch, spec, source)
    _check_cues(patch, infos, source)
    _check_routes(patch, infos, source)
    _check_maps(patch, infos, source)


def _check_params(spec: GeneratorSpec, info: Introduction, source: Source) -> None:
    known = {row.address: row for row in (*info.params, *motion_params())}
    for name, wish in spec.params.items():
        path: Keys = ("generators", spec.name, "params", name)
        if name not in known:
            raise source.error(
                path, f"{spec.kind} has no parameter {name[:60]!r}", hint=near(name, list(known))
            )
        try:
            strict(known[name], wish.value)
            wish.on(known[name])
        except BadValue as error:
            raise refused(source, path, error) from None


def _check_names(patch: Patch, spec: GeneratorSpec, source: Source) -> None:
    """Cues that a generator's start and tour name."""
    names = [cue.name for cue in patch.cues_of(spec.name)]
    if spec.start and spec.start not in (*names, "seed", "xy"):
        raise source.error(
            ("generators", spec.name, "start"),
            f"there is no cue {spec.start[:40]!r} to start with",
            hint=near(spec.start, [*names, "seed", "xy"]),
        )
    for i, name in enumerate(spec.motion.cues):
        if name not in names:
            raise source.error(
                ("generators", spec.name, "motion", "cues", i),
                f"there is no cue {name[:40]!r}",
                hint=near(name, names),
            )


def _check_cues(patch: Patch, infos: Mapping[str, Introduction], source: Source) -> None:
    for index, cue in enumerate(patch.cues):
        info = infos[cue.on]
        known = {row.address: row for row in tuned(patch.generators[cue.on], (*info.params, *motion_params()))}
        for name, value in cue.params.items():
            path: Keys = ("cues", index, "params", name)
            if name not in known:
                raise source.error(
                    path, f"{cue.on} has no parameter {name[:60]!r}", hint=near(name, list(known))
                )
            try:
                strict(known[name], value)
            except BadValue as error:
                raise refused(source, path, error) from None
        if cue.z is not None and len(cue.z) > info.latent:
            raise source.error(
                ("cues", index, "z"), f"z has {len(cue.z)} numbers", hint=f"{cue.on} has {info.latent}"
            )


def _check_routes(patch: Patch, infos: Mapping[str, Introduction], source: Source) -> None:
    params = {row.address: row for name in patch.generators for row in rows(patch, name, infos[name])}
    from_slots = element_aliases(params.values())
    for name, info in infos.items():
        from_slots |= short_names(patch.generators[name].prefix, info.kind, params.values())
    params |= {row.address: row for row in depth_rows(patch.modulations, params, from_slots)}
    written = len(patch.routes) - (len(patch.wekinator.to) if patch.wekinator.listen else 0)
    places: list[Keys] = [("routes", i, "to") if i < written else ("wekinator", "to", i - written) for i in range(len(patch.routes))]
    places += [("modulate", i, "to") for i in range(len(patch.modulations))]
    for path, route in zip(places, (*patch.routes, *patch.modulations), strict=True):
        whose = route.to.split("/")[2]
        if whose.isdigit() or (whose in HOUSE and not route.depth):
            continue  # whoever casts the patch knows these
        if whose not in HOUSE and route.to not in params and route.to not in from_slots:
            raise source.error(
                path,
                f"a route goes to {route.to[:80]}, which is not there",
                hint=near(route.to, [*params, *from_slots]),
            )
        try:
            if whose in HOUSE:
                check_movable(route.to)
            Router((route,), params, patch.lfos, from_slots)
        except BadValue as error:
            raise refused(source, path, error) from None


def _check_maps(patch: Patch, infos: Mapping[str, Introduction], source: Source) -> None:
    if not any(each.targets for each in patch.maps):
        return
    params = {row.address: row for name in patch.generators for row in rows(patch, name, infos[name])}
    aliases = element_aliases(params.values())
    for each in patch.maps:
        for index, said in enumerate(each.targets):
            try:
                target(said, params, aliases)
            except BadValue as error:
                path: Keys = ("maps", each.name, "targets", index)
                known = [name.removeprefix("/livegen/") for name in (*params, *aliases)]
                raise source.error(path, str(error).removesuffix(f"; {error.hint}"), hint=near(said, known)) from None


def strict(row: Param, value: Value | None) -> None:
    """In a file a value out of range is a slip, so it is refused; on the wire it would be clamped."""
    if value is None:
        return
    held = row.gate(value if isinstance(value, tuple) else (value,))
    if (
        isinstance(held, (int, float))
        and not isinstance(held, bool)
        and isinstance(value, (int, float))
        and held != value
    ):
        raise BadValue(f"{row.address} is {value}", hint=row.wants)


def refused(source: Source, path: Keys, error: LivegenError) -> PatchError:
    """The same complaint with its place."""
    return source.error(path, str(error).removesuffix(f"; {error.hint}"), hint=error.hint)
