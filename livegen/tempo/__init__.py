"""Tempo: one clock in beats for everything that plays, whoever sets it: a hand, MIDI, Ableton Link.

``Tempo`` is the section that holds it. Ableton's code runs in a process of its own, see ``peer``.
"""

from .section import Tempo

__all__ = ["Tempo"]
