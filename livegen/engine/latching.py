"""What happens when the board is read: routes write, the snapshot is taken, every instrument answers it."""

from collections.abc import Callable, Sequence

from ..board import Board, Snapshot
from ..errors import LivegenError
from .voice import Track

Note = Callable[[Exception], None]
"""Hears what went wrong."""


def latched(board: Board, before: Callable[[float], None] | None, tracks: Sequence[Track], now: float, note: Note) -> Snapshot:
    """The board at ``now``, and in every track the score that its instrument makes of it."""
    if before is not None:
        try:
            before(now)
        except Exception as error:  # a route must not stop the picture
            note(error)
    snapshot = board.latch(now)
    for track in tracks:
        track.hear(snapshot.heard_at)
        track.voice.left(track.state)
        try:
            track.score = track.voice.advance(snapshot)
        except Exception as error:  # nor must a mapping: the last score plays on
            note(error)
        else:
            board.echo(track.score.echo)
            if track.score.state is not None:
                track.state, track.version = track.score.state, track.version + 1
            if track.score.told and track.tell(track.score.told):
                note(LivegenError(f"{track.voice.name} is told more than it can take in"))
    return snapshot
