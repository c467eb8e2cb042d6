"""Mapping: from a snapshot of the board to the latent and the knobs that a frame is painted from.

Pure and sync: numpy and the standard library, no clock, no sockets. ``Instrument`` plays one
generator; ``Router`` connects addresses and oscillators to parameters.
"""

from .cues import Cue
from .instrument import Instrument
from .path import Route
from .routes import Router
from .rows import stage_params
from .score import Score
from .sources import Lfo
from .steps import Motion
from .told import event_rows, outlet_rows, short_names, told

__all__ = [
    "Cue", "Instrument", "Lfo", "Motion", "Route", "Router", "Score", "event_rows", "outlet_rows", "short_names",
    "stage_params", "told",
]  # fmt: skip
