"""A patch in which another model plays: what still fits stays, what does not is left out and told."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from ..errors import BadValue, PatchError
from ..mapping import Cue, Route
from ..mapping.rows import motion_params
from ..params import Param
from .checking import Introduction, check, strict, tuned
from .show import GeneratorSpec, Patch


def recast(patch: Patch, instance: str, kind: str, model: str) -> Patch:
    """``patch`` with ``model`` in the place of what ``instance`` plays; of another kind, its settings go."""
    spec = patch.generators[instance]
    kept = {name: value for name, value in spec.config.items() if spec.kind == kind and name not in GONE}
    new = replace(spec, kind=kind, config=MappingProxyType({**kept, "model": model}))
    return replace(patch, generators=MappingProxyType({**patch.generators, instance: new}))


GONE = ("other", "canvas")
"""Settings that only fit the model that they were written for."""


def fitted(patch: Patch, instance: str, infos: Mapping[str, Introduction]) -> tuple[Patch, tuple[str, ...]]:
    """``patch`` without what ``instance`` does not know, and a sentence for each kind of thing that was left out.

    ``infos``: every generator's introduction.
    """
    spec, info = patch.generators[instance], infos[instance]
    rows = {row.address: row for row in (*info.params, *motion_params())}
    params = {name: wish for name, wish in spec.params.items() if name in rows and agrees(rows[name], wish.value, wish.on)}
    spec = replace(spec, params=MappingProxyType(params))
    gone = [name for name in patch.generators[instance].params if name not in params]
    patch = replace(patch, generators=MappingProxyType({**patch.generators, instance: spec}))
    cues, lost = suited(patch.cues, spec, info)
    patch = replace(patch, cues=cues)
    patch, cut = unrouted(patch, infos)
    said = (("parameters", gone), ("in cues", lost), ("routes to", cut))
    return patch, tuple(f"left out {what} {', '.join(dict.fromkeys(names))}" for what, names in said if names)


def suited(cues: tuple[Cue, ...], spec: GeneratorSpec, info: Introduction) -> tuple[tuple[Cue, ...], list[str]]:
    """The cues with what that generator knows, and the names of what it does not."""
    rows = {row.address: row for row in tuned(spec, (*info.params, *motion_params()))}
    found, lost = [], []
    for cue in cues:
        if cue.on == spec.name:
            params = {name: value for name, value in cue.params.items() if name in rows and agrees(rows[name], value)}
            lost += [name for name in cue.params if name not in params]
            cue = replace(cue, params=MappingProxyType(params), z=None if cue.z is None else cue.z[: info.latent])
        found.append(cue)
    return tuple(found), lost


def unrouted(patch: Patch, infos: Mapping[str, Introduction]) -> tuple[Patch, list[str]]:
    """The patch without the routes that lead nowhere, and where those led."""
    bare = replace(patch, cues=(), modulations=(), maps=(), wekinator=replace(patch.wekinator, to=()))
    kept: list[Route] = []
    moving: list[Route] = []
    cut: list[str] = []
    for route in (*patch.routes, *patch.modulations):
        if plays(replace(bare, routes=(route,)), infos):
            (moving if route.depth else kept).append(route)
        else:
            cut.append(route.to.removeprefix("/livegen/"))
    to = {route.to for route in kept}
    wekinator = replace(patch.wekinator, to=tuple(each for each in patch.wekinator.to if each in to))
    maps = []
    for each in patch.maps:
        there = [name for name in each.targets if plays(replace(bare, maps=(replace(each, targets=(name,)),)), infos)]
        cut += [name for name in each.targets if name not in there]
        maps.append(replace(each, targets=tuple(there)))
    return replace(patch, routes=tuple(kept), modulations=tuple(moving), maps=tuple(maps), wekinator=wekinator), cut


def plays(patch: Patch, infos: Mapping[str, Introduction]) -> bool:
    try:
        check(patch, infos)
    except PatchError:
        return False
    return True


def agrees(row: Param, value: object, on: object = None) -> bool:
    """Whether the row takes what the patch wishes for it."""
    try:
        strict(row, value)  # type: ignore[arg-type]
        if callable(on):
            on(row)
    except BadValue:
        return False
    return True


def lines(spec: GeneratorSpec) -> str:
    """What to write into the patch file to keep the model that ``spec`` plays."""
    return f'[generators.{spec.name}]\nkind = "{spec.kind}"\nmodel = "{spec.config["model"]}"'
