"""A TouchOSC layout of the running patch: faders, xy pad, buttons and cues, ready for a tablet.

    Path("hello.tosc").write_bytes(layout(board.params.values(), cues=["dusk", "dawn"]))
"""

from .sheet import layout

__all__ = ["layout"]
