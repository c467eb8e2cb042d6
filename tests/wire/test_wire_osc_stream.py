"""OSC over a stream: both framings, cut anywhere, bounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegen.errors import BadPacket
from livegen.wire.osc_stream import SIZE, SLIP, Unframer, frame

packets = st.lists(st.binary(min_size=1, max_size=60), min_size=1, max_size=8)


@pytest.mark.parametrize("framing", [SIZE, SLIP])
@given(packets, st.lists(st.integers(1, 9), min_size=1, max_size=20))
def test_packets_arrive_whole_however_the_stream_is_cut(framing, sent, cuts):
    """TCP may split a size between its bytes, and does."""
    stream = b"".join(frame(packet, framing) for packet in sent)
    unframer, got, here = Unframer(), [], 0
    while here < len(stream):
        step = cuts[len(got) % len(cuts)]
        got += unframer.feed(stream[here : here + step])
        here += step
    assert (sent, framing, 0) == (got, unframer.framing, unframer.waiting)


def test_a_size_split_over_two_segments_loses_nothing():
    """T1: a read of four bytes may return two."""
    unframer = Unframer()
    assert [] == unframer.feed(b"\0\0")
    assert [b"/abc"] == unframer.feed(b"\0\4/abc")


@pytest.mark.parametrize("size", [b"\x00\x01\x00\x01", b"\x00\x00\x00\x00"])
def test_a_size_that_cannot_be_is_refused_before_it_is_read(size):
    """T2: nothing is held for a size that no packet has."""
    with pytest.raises(BadPacket) as caught:
        Unframer().feed(size + b"/abc")
    assert "bad_size" == caught.value.code


@pytest.mark.parametrize("first", [b"\xff\xff\xff\xff", b"GET / HTTP/1.1\r\n", b"/abc"])
def test_a_stream_that_is_no_osc_is_refused_at_its_first_byte(first):
    """Neither framing starts like this."""
    with pytest.raises(BadPacket) as caught:
        Unframer().feed(first)
    assert "bad_framing" == caught.value.code


def test_a_single_end_between_packets_is_legal():
    """T3: RFC 1055 asks for one END, OSC 1.1 for two."""
    assert [b"/a\0\0", b"/b\0\0"] == Unframer().feed(b"\xc0/a\0\0\xc0/b\0\0\xc0")


def test_a_stream_without_an_end_is_bounded():
    """T3: what never ends is not collected for ever."""
    unframer = Unframer(largest=1024)
    with pytest.raises(BadPacket) as caught:
        for _ in range(100):
            unframer.feed(b"\xc0" + b"a" * 512 if unframer.waiting == 0 else b"a" * 512)
    assert "too_big" == caught.value.code
    assert unframer.waiting < 4096


def test_wrong_escapes_cost_only_their_packet():
    """The next END starts afresh."""
    unframer = Unframer()
    assert [b"/b\0\0"] == unframer.feed(b"\xc0/a\xdbx\0\xc0\xc0/b\0\0\xc0")
    assert {"bad_escape": 1} == dict(unframer.refused)


def test_escapes_are_undone_once():
    """An escaped ESC before the letter of an escaped END is two bytes, not one END."""
    packet = b"\xdb\xdc\xc0\xdd"
    assert [packet] == Unframer().feed(frame(packet, SLIP))


@given(st.lists(st.binary(max_size=80), max_size=10))
def test_any_stream_gives_packets_or_bad_packet(pieces):
    """Nothing else escapes."""
    unframer = Unframer(largest=256)
    try:
        for piece in pieces:
            unframer.feed(piece)
    except BadPacket:
        pass
