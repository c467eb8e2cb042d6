"""The addresses of the clock."""

from ..namespace import ROOT
from ..params import BOOL, ENUM, INT, READ, TRIGGER, WRITE, Param
from ..patch import TempoSpec
from ..patch.beats import FASTEST, LONGEST_LEAD, SLOWEST, SOURCES

BASE = f"{ROOT}/tempo"
FAR = 1e9


def tempo_rows(spec: TempoSpec) -> tuple[Param, ...]:
    """Its rows, as the patch wants them to begin."""
    return (*_played(spec), *_told())


def _played(spec: TempoSpec) -> tuple[Param, ...]:
    auto = spec.lead is None
    return (
        Param(address=f"{BASE}/bpm", low=SLOWEST, high=FASTEST, default=spec.bpm, unit="bpm",
              description="Beats a minute; MIDI or Link have the say while they are the source"),
        Param(address=f"{BASE}/meter", type=INT, low=1, high=16, default=spec.meter, unit="beats", description="Beats in a bar"),
        Param(address=f"{BASE}/tap", type=TRIGGER, access=WRITE,
              description="Tap along: three taps set the tempo and where the beat is"),
        Param(address=f"{BASE}/downbeat", type=TRIGGER, access=WRITE, description="Here is one: the bar begins now"),
        Param(address=f"{BASE}/start", type=TRIGGER, access=WRITE, description="From the top: bar 1 begins now"),
        Param(address=f"{BASE}/stop", type=TRIGGER, access=WRITE, description="Stand still; what waits for a beat no longer waits"),
        Param(address=f"{BASE}/running", type=BOOL, default=True, description="Whether the beat goes on; true goes on from where it stands"),
        Param(address=f"{BASE}/source", type=ENUM, choices=SOURCES, default=spec.source,
              description="Who sets the tempo: own (bpm and tap), midi (a MIDI clock) or link (Ableton Link)"),
        Param(address=f"{BASE}/nudge", low=-500.0, high=500.0, unit="ms", description="Earlier (above 0) or later, where eye and ear disagree"),
        Param(address=f"{BASE}/lead", high=LONGEST_LEAD, default=spec.lead or 0.0, unit="s",
              description="How far ahead of the sound it plays, so that the picture is there in time; writing it ends lead_auto"),
        Param(address=f"{BASE}/lead_auto", type=BOOL, default=auto, description="Whether the stage sets lead by the latency that it measures"),
    )  # fmt: skip


def _told() -> tuple[Param, ...]:
    return (
        Param(address=f"{BASE}/position", low=-FAR, high=FAR, unit="beats", access=READ,
              description="Beats since the clock began, lead included; told with every beat, read it at any time"),
        Param(address=f"{BASE}/origin", low=-FAR, high=FAR, unit="beats", access=READ, description="The position at which bar 1 began"),
        Param(address=f"{BASE}/beat", type=INT, high=16, default=1, access=READ, description="Which beat of the bar, from 1; told when it begins"),
        Param(address=f"{BASE}/bar", type=INT, low=-FAR, high=FAR, default=1, access=READ, description="Which bar, from 1; told when it begins"),
        Param(address=f"{BASE}/phase", access=READ, description="How far through the beat, 0..1; told with every beat, read it at any time"),
        Param(address=f"{BASE}/locked", type=BOOL, default=True, access=READ, description="Whether the source is heard; without it the tempo stays"),
        Param(address=f"{BASE}/peers", type=INT, high=1000, access=READ, description="Others on Ableton Link"),
    )  # fmt: skip
