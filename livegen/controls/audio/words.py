"""What sound is called: every source with its address, its grain, and what its number means.

The browser's ear (``clients/p5js/livegen.ear.js``) says the same words; ``tests/golden/ear_v1.json`` holds both to them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

ROOT = "/audio"
EDGES = (30.0, 80.0, 160.0, 320.0, 640.0, 1280.0, 2560.0, 5120.0, 16000.0)
"""Hz between the eight bands: octaves, as the ear counts, but for the two at the ends."""
PARTS = {"bass": (0, 2), "mid": (2, 6), "treble": (6, 8)}
"""Which bands are which part."""
LOWEST_NOTE, HIGHEST_NOTE = 36.0, 96.0
"""MIDI numbers between which ``/audio/pitch`` goes from 0 to 1: C2 to C7."""
DULL, BRIGHT = 100.0, 10_000.0
"""Hz between which ``/audio/centroid`` goes from 0 to 1, by octaves."""
FASTEST_TEMPO = 240.0
"""Beats a minute at which ``/audio/tempo`` is 1."""


@dataclass(frozen=True, slots=True)
class Row:
    """One source."""

    name: str
    """Below ``/audio/``."""
    said: str
    """What its number means."""
    digits: int = 2
    """Decimals that are told: what changes by less is no news."""
    happens: bool = False
    """Whether it is 1 for a moment and 0 otherwise."""

    @property
    def address(self) -> str:
        return f"{ROOT}/{self.name}"


ROWS = (
    Row("level", "How loud it is"),
    Row("bass", f"How loud below {EDGES[2]:.0f} Hz"),
    Row("mid", f"How loud from {EDGES[2]:.0f} to {EDGES[6]:.0f} Hz"),
    Row("treble", f"How loud above {EDGES[6]:.0f} Hz"),
    Row("hit", "1 at an onset, and down again within half a second"),
    Row("onset", "1 for a moment whenever a sound begins: for triggers", happens=True),
    Row("centroid", "From dull to bright"),
    Row("pitch", "How high the tone is, from C2 to C7"),
    Row("pitch/confidence", "How sure that is; noise and chords have no pitch"),
    Row("pitch/hz", "The same in Hz", digits=1),
    Row("pitch/note", "The same as a MIDI note with its fraction; 69 is the a of 440 Hz"),
    Row("tempo", f"How fast the beats come, 1 is {FASTEST_TEMPO:.0f} a minute"),
    Row("tempo/bpm", "The same in beats a minute", digits=1),
    *(Row(f"bands/{i}", f"How loud from {EDGES[i]:.0f} to {EDGES[i + 1]:.0f} Hz") for i in range(8)),
    *(
        Row(f"chroma/{i}", f"How much {name} there is, whatever the octave")
        for i, name in enumerate(["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"])
    ),
)
ADDRESSES: Mapping[str, Row] = {row.address: row for row in ROWS}
