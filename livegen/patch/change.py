"""What is different between two patches, and what each difference costs."""

from dataclasses import dataclass, fields

from .show import GeneratorSpec, Patch


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The way from one patch to the next."""

    live: tuple[str, ...] = ()
    """What is taken up at the next frame: ``fps``, ``cues``, ``routes``, ``main.params``, ``outputs`` …"""
    rebuild: tuple[str, ...] = ()
    """Generators that stay but must be built anew beside the old ones: their kind or settings changed."""
    added: tuple[str, ...] = ()
    """Generators that were not there before."""
    removed: tuple[str, ...] = ()
    """Generators that are gone."""
    restart: tuple[str, ...] = ()
    """What waits for the next start, such as ``osc.tcp_port``."""

    def __bool__(self) -> bool:
        return any(getattr(self, f.name) for f in fields(self))

    def __str__(self) -> str:
        said = [f"{f.name} {', '.join(getattr(self, f.name))}" for f in fields(self) if getattr(self, f.name)]
        return "; ".join(said) or "nothing changed"


LIVE = (
    "title", "fps", "seed", "cues", "routes", "lfos", "modulations", "tempo", "maps", "outputs", "safety", "midi", "learn", "audio", "camera",
)  # fmt: skip
PORTS = (("osc", "tcp_port"), ("wekinator", "port"))


def diff(old: Patch, new: Patch) -> Change:
    """What an edit changed."""
    live = [name for name in LIVE if getattr(old, name) != getattr(new, name)]
    restart = [
        f"{part}.{port}"
        for part, port in PORTS
        if getattr(getattr(old, part), port) != getattr(getattr(new, part), port)
    ]
    if any(
        getattr(old.osc, f.name) != getattr(new.osc, f.name) for f in fields(old.osc) if f.name != "tcp_port"
    ):
        live.append("osc")
    stay = [name for name in new.generators if name in old.generators]
    for name in stay:
        live += live_parts(old.generators[name], new.generators[name])
    if stay != [name for name in old.generators if name in new.generators]:
        restart.append("generators")  # the order is the numbering of the streams
    return Change(
        live=tuple(live),
        restart=tuple(restart),
        rebuild=tuple(name for name in stay if built(old.generators[name]) != built(new.generators[name])),
        added=tuple(name for name in new.generators if name not in old.generators),
        removed=tuple(name for name in old.generators if name not in new.generators),
    )


def live_parts(old: GeneratorSpec, new: GeneratorSpec) -> list[str]:
    return [
        f"{new.name}.{part}"
        for part in ("size", "params", "motion", "start")
        if getattr(old, part) != getattr(new, part)
    ]


def built(spec: GeneratorSpec) -> tuple[object, ...]:
    """What a built generator depends on."""
    return spec.kind, dict(spec.config)
