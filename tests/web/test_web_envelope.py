"""Bytes are framed once and shared."""

import numpy as np

from livegen.frame import Frame
from livegen.streams.encode import Encoded, Recipe
from livegen.web.envelope import MOST, Envelopes
from livegen.wire import packet


def frame(seq):
    return Frame(pixels=np.zeros((2, 3, 4), np.uint8), seq=seq, at=float(seq))


def test_viewers_that_sent_nothing_share_one_message():
    """And whoever sent something gets its own number."""
    wrap = Envelopes().wrap
    made = [wrap(frame(1), Recipe(), Encoded(b"jpeg", (3, 2)), applied) for applied in (0, 0, 7)]
    assert made[0] is made[1] and made[0] is not made[2]
    # Two bytes of WebSocket header: a whole, unmasked binary message of 36 bytes.
    assert b"\x82\x24" == made[2][:2]
    assert 7 == packet.unpack(made[2][2:])[0].applied


def test_only_the_newest_frame_is_kept():
    """Per recipe, and recipes do not pile up."""
    envelopes = Envelopes()
    for seq in range(500):
        envelopes.wrap(frame(seq), Recipe(longest=seq % 200), Encoded(b"x", (1, 1)), seq)
    assert len(envelopes._held) <= MOST
