"""Where the latent is sent: seeds, a hand on its components, the plane, blends, the tour."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from ...board import Snapshot, Write
from .. import rounds
from ..aims import Plane, Still, Tour, Weights
from ..looks import Look
from ..score import drawn, pinned

if TYPE_CHECKING:
    from ..instrument import Instrument


def seed(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    seed = int(write.value) if write.address.endswith("/seed") else -1
    if seed < 0:
        player.counter += 1
        seed = drawn(player.patch_seed, player.counter)
    player.seed = seed
    player.place(player.sow(seed), player.glide(snapshot), write, snapshot)


def z(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    edits = dict(write.value)
    if len(edits) == player.size:
        player.place(pinned(player.here.z, edits), 0.0, write, snapshot)
    else:
        player.pins |= edits


def xy(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    if not isinstance(player.aim, Plane):
        player.head(Plane(), player.glide(snapshot), write, snapshot)


def weights(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    if not isinstance(player.aim, Weights):
        player.head(Weights(), player.glide(snapshot), write, snapshot)


def tour(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    if write.value and not isinstance(player.aim, Tour):
        player.head(rounds.tour(player.motion, player.clock.time), player.glide(snapshot), write, snapshot)
    elif not write.value and isinstance(player.aim, Tour):
        player.head(Still(Look(player.here.z)), 0.0, write, snapshot, driven=set())


def reset(player: "Instrument", write: Write, snapshot: Snapshot) -> None:
    player.begin()
    player.frozen, player.said["freeze"], player.arrived = False, False, snapshot.at


VERBS: Mapping[str, Callable[["Instrument", Write, Snapshot], None]] = MappingProxyType(
    {
        "seed": seed,
        "randomize": seed,
        "z": z,
        "xy": xy,
        "presets/weights": weights,
        "tour": tour,
        "reset": reset,
    }
)
