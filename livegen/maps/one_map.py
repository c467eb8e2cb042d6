"""One learned map, as the section knows it between two ticks."""

from collections.abc import Mapping
from typing import Any

from ..mapping.learned import Model, read
from ..mapping.learned.player import Player
from ..patch import MapSpec
from ..wire.plain import packed, unpacked
from .ears import parts


class Map:
    """One learned map, as the section knows it."""

    def __init__(self, spec: MapSpec, base: str) -> None:
        self.spec, self.base = spec, base
        self.inputs, self.targets = spec.inputs, spec.targets
        self.muted: frozenset[int] = frozenset()
        """Numbers of targets that are left alone, from 1."""
        self.player = Player()
        self.running = False
        self.metered = -1.0
        self.news: tuple[str, Model] | None = None
        self.again = False

    def revise(self, spec: MapSpec, base: str) -> None:
        """Another version of the patch: what it says anew counts, else what was chosen since."""
        if spec.inputs != self.spec.inputs and spec.inputs:
            self.inputs = spec.inputs
        if spec.targets != self.spec.targets and spec.targets:
            self.targets = spec.targets
        self.spec, self.base = spec, base

    @property
    def needed(self) -> set[str]:
        """The addresses of everything that plays it."""
        model = self.player.model
        return {parts(name)[0] for name in (*self.inputs, *(model.inputs if model else ()))}


def kept(one: Map) -> dict[str, Any]:
    return {
        "inputs": list(one.inputs), "targets": list(one.targets), "muted": sorted(one.muted), "running": one.running, "metered": one.metered,
        "news": one.news and one.news[0], "again": one.again, "player": packed(one.player.moment()),
    }  # fmt: skip


def stand(one: Map, said: Mapping[str, Any]) -> None:
    one.inputs, one.targets, one.muted = (
        tuple(said["inputs"]),
        tuple(said["targets"]),
        frozenset(said["muted"]),
    )
    one.running, one.metered, one.again = bool(said["running"]), float(said["metered"]), bool(said["again"])
    one.news = (said["news"], read(said["news"])) if said["news"] else None
    one.player.resume(unpacked(said["player"]))
