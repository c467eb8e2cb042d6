"""Casting: who plays a patch, made anew for every version of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import namespace
from .board import Alias, Board, element_aliases
from .engine.renderer import Spec
from .errors import LivegenError, PatchError
from .generators.base import Info, describe
from .mapping import Instrument, Router
from .mapping.modulation import depth_rows, modulated_rows
from .mapping.rows import motion_params
from .params import READ, Param
from .patch import GeneratorSpec, Patch, check, rows, tuned
from .section import Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Who plays one version of a patch; exchanged as a whole when the patch is edited."""

    patch: Patch
    infos: Mapping[str, Info]
    """Instance → the generator's introduction."""
    params: tuple[Param, ...]
    aliases: Mapping[str, Alias]
    instruments: Mapping[str, Instrument]
    router: Router
    overheard: frozenset[str] = frozenset()
    """Addresses that routes listen to and at which only the stage itself speaks, such as ``text/out/entropy``."""

    def spec(self, name: str) -> GeneratorSpec:
        return self.patch.generators[name]

    def specs(self) -> dict[str, Spec]:
        """What a renderer needs to build the generators."""
        return {
            spec.name: Spec(spec.kind, dict(spec.config), spec.size)
            for spec in self.patch.generators.values()
        }


def cast(patch: Patch, playing: Cast | None = None, sections: Sequence[Section] = ()) -> Cast:
    """Everybody for ``patch``; instruments that play already go on playing where that is possible.

    ``sections`` add their addresses. Raises PatchError when the patch names something that is not there.
    """
    infos = introduced(patch)
    own = {name: rows(patch, name, info) for name, info in infos.items()}
    params = (
        *namespace.stage_rows(), *(row for section in sections for row in section.rows(patch)), *(row for each in own.values() for row in each),
    )  # fmt: skip
    aliases = namespace.other_names(own, {name: info.kind for name, info in infos.items()})
    known = {row.address: row for row in params}
    names = {**aliases, **element_aliases(params)}
    params += modulated_rows((route.to for route in patch.modulations), known, names)
    params += depth_rows(patch.modulations, known, names)
    trial = Board(params, aliases)
    try:
        router = Router((*patch.routes, *patch.modulations), trial.params, patch.lfos, trial.aliases)
    except PatchError:
        raise
    except LivegenError as error:
        raise PatchError(str(error), path=patch.name) from None
    instruments = {name: player(patch, infos, name, playing) for name in patch.generators}
    return Cast(
        patch=patch, infos=infos, params=params, aliases=aliases, instruments=instruments, router=router,
        overheard=frozenset(row.address for row in params if row.access == READ) & frozenset(router.sources),
    )  # fmt: skip


def introduced(patch: Patch) -> dict[str, Info]:
    """Every generator's introduction, and the patch checked against them. Raises PatchError."""
    infos = {}
    for spec in patch.generators.values():
        try:
            infos[spec.name] = describe(spec.kind, spec.config)
        except LivegenError as error:
            line, column = patch.places.get(("generators", spec.name), (0, 0))
            raise PatchError(str(error), path=patch.name, line=line, column=column) from None
    check(patch, infos)
    return infos


def player(patch: Patch, infos: Mapping[str, Info], name: str, playing: Cast | None) -> Instrument:
    """The instrument of that name: the one that plays already where it can play the new patch too."""
    if playing is not None and name in playing.instruments:
        same_kind = playing.spec(name).kind == patch.generators[name].kind
        if same_kind and playing.infos[name].latent == infos[name].latent:
            return playing.instruments[name]
    return instrument(patch, infos, name)


def instrument(patch: Patch, infos: Mapping[str, Info], name: str) -> Instrument:
    spec, info = patch.generators[name], infos[name]
    return Instrument(
        spec.prefix,
        latent=info.latent,
        params=tuned(spec, info.params),
        cues=patch.cues_of(name),
        motion=spec.motion,
        start=spec.start,
        seed=patch.seed,
        space=info.spaces[0],
        sow=info.sow,
        moves=tuned(spec, motion_params()),
    )
