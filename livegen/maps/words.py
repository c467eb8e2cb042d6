"""The words of learned maps: their addresses, as rows for the board. Wekinator's own words are among them."""

from collections.abc import Mapping
from types import MappingProxyType

from ..mapping.learned.examples import MOST_INPUTS
from ..mapping.learned.judging import KINDS
from ..namespace import ROOT
from ..params import BOOL, COMMAND, ENUM, INT, READ, STRING, TRIGGER, VECTOR, WRITE, Param
from ..patch import MapSpec, Patch

BASE = f"{ROOT}/map"
WEKINATOR = "/wekinator/control/"
WEKINATOR_INPUTS = "/wek/inputs"
USUAL = MapSpec()
"""The map of a patch that names none."""
PRESSES = (
    ("startRecording", "Take down examples while the hand moves: what it does and what is shown meanwhile"),
    ("stopRecording", "End the demonstration"),
    ("add", "Take down one example: what is heard and what is shown now"),
    ("train", "Learn from the examples"),
    ("cancelTrain", "Call it off"),
    ("startRunning", "Let the map play; whatever a hand has taken from it comes back"),
    ("stopRunning", "Let everything stand where it is"),
    ("deleteAllExamples", "Forget every example"),
    ("undo", "Bring back the examples that were deleted last"),
)
TOLD = (
    ("deleteExample", "i", "Forget one example: its number, from 1"),
    ("deleteDemonstration", "i", "Forget all that was shown in one go: its number; without one the last"),
    ("inputs", "s", "What is to play: addresses, with :0, :1 … for one number of several"),
    ("targets", "s", "What is to be played, such as main/params/hue, main/z or main/presets/weights"),
    ("outputs", "f", "Set the targets by hand, 0..1 each, in their order"),
    ("enableModelRunning", "i", "Let these targets play: their numbers, from 1"),
    ("disableModelRunning", "i", "Leave these targets alone"),
    ("setInputNames", "s", "What people call the inputs"),
    ("setOutputNames", "s", "What people call the targets"),
    ("model", "s", "A learned map, as train makes it"),
)
ALIASED = frozenset({name for name, _ in PRESSES} | {name for name, *_ in TOLD}) - {"model", "undo", "add"}
"""Wekinator's words that are understood under its own addresses too."""


def specs(patch: Patch) -> tuple[MapSpec, ...]:
    return patch.maps or (USUAL,)


def bases(patch: Patch) -> Mapping[str, str]:
    """Name → where a map's addresses begin: the first one's directly under ``/livegen/map``."""
    names = [spec.name for spec in specs(patch)]
    return MappingProxyType(
        {name: BASE if index == 0 else f"{BASE}/{name}" for index, name in enumerate(names)}
    )


def rows(patch: Patch) -> tuple[Param, ...]:
    """Every row of every map."""
    listen = Param(
        address=f"{BASE}/listen",
        type=BOOL,
        default=False,
        description="Look for what moves, to be offered as an input",
    )
    offered = Param(
        address=f"{BASE}/offered",
        type=STRING,
        default="",
        access=READ,
        description="What has moved while it listened, the newest first, spaces between",
    )
    found = [listen, offered]
    for spec, base in zip(specs(patch), bases(patch).values(), strict=True):
        found += rows_of(spec, base)
    return tuple(found)


def rows_of(spec: MapSpec, base: str) -> list[Param]:
    presses = [
        Param(address=f"{base}/{name}", type=TRIGGER, access=WRITE, description=said)
        for name, said in PRESSES
    ]
    told = [
        Param(address=f"{base}/{name}", type=COMMAND, tags=tags, access=WRITE, description=said)
        for name, tags, said in TOLD
    ]

    def read(name: str, kind: str, said: str, **more: object) -> Param:
        return Param(address=f"{base}/{name}", type=kind, access=READ, description=said, **more)  # type: ignore[arg-type]

    return [
        *presses, *told,
        Param(address=f"{base}/run", type=BOOL, default=spec.run, description="Whether the map plays"),
        Param(address=f"{base}/kind", type=ENUM, choices=KINDS, default=spec.kind, description="How it learns; auto takes what misses least"),
        Param(address=f"{base}/smoothing", high=50.0, default=spec.smoothing, unit="Hz", description="At how many Hz a hand that rests is steadied; 0: not at all"),
        read("recording", BOOL, "Whether examples are taken down", default=False),
        read("training", BOOL, "Whether it is learning", default=False),
        read("examples", INT, "How many examples there are", high=1_000_000, default=0),
        read("error", "float", "By how much looks that were not shown are missed, as a share of their range; -1: nobody knows", low=-1.0, high=1e9, default=-1.0),
        read("novelty", "float", "0: you play where you have shown something. 1: far outside", high=1.0),
        read("hands", STRING, "Targets that a hand has taken, commas between", default=""),
        read("state", STRING, "How the map is, in a sentence", default="show some examples"),
        read("revision", INT, "Counts changes of examples and model; /maps has them", high=2**31 - 1, default=0),
        read("values", VECTOR, "What the inputs say, in their order", size=MOST_INPUTS, listed=1, low=-1e9, high=1e9),
    ]  # fmt: skip
