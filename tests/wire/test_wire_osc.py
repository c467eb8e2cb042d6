"""The decoder takes what python-osc builds, and refuses everything that is not OSC with a reason."""

import json
import math
import os
import pathlib
import random
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder

from livegen.errors import BadPacket
from livegen.message import BANG
from livegen.wire import osc

HOSTILE = json.loads((pathlib.Path(__file__).parents[1] / "hostile" / "osc.json").read_text(encoding="utf8"))
FUZZ = int(os.environ.get("LIVEGEN_OSC_FUZZ", "200000"))
"""Mutated packets per run; the long run takes a million and more."""


def packet(row) -> bytes:
    return b"".join(bytes.fromhex(text) * times for text, times in row["bytes"])


def padded(text: str | bytes) -> bytes:
    raw = text.encode() if isinstance(text, str) else text
    return raw + bytes(4 - len(raw) % 4)


@pytest.mark.parametrize("row", HOSTILE, ids=lambda row: f"{row['finding']} {row['name']}")
def test_hostile_packets_are_refused_with_their_reason(row):
    """Each finding about the usual parser ends in a counted reason; good neighbours are kept."""
    refused = []
    try:
        left = [m.address for m in osc.decode(packet(row), refused=lambda error: refused.append(error.code))]
    except BadPacket as error:
        refused.append(error.code)
        left = []
    assert (row["refused"], row["left"]) == (refused, left)


def test_there_are_at_least_57_hostile_packets():
    """As many as the usual parser was measured with."""
    assert len(HOSTILE) >= 57
    assert {f"O{n}" for n in range(1, 17)} <= {row["finding"] for row in HOSTILE}


def test_without_a_listener_the_first_refusal_is_raised():
    """A caller that has nowhere to put refusals still hears of them."""
    with pytest.raises(BadPacket) as caught:
        osc.decode(bytes.fromhex("2f6100002c6600007fc00000"))
    assert "not_finite" == caught.value.code


@pytest.mark.parametrize(
    ("tags", "body", "args"),
    [
        ("", b"", ()),
        ("i", struct.pack(">i", -7), (-7,)),
        ("f", struct.pack(">f", 0.5), (0.5,)),
        ("h", struct.pack(">q", -(2**40)), (-(2**40),)),
        ("d", struct.pack(">d", 1e300), (1e300,)),
        ("dd", struct.pack(">dd", 1.7e308, 1.7e308), (1.7e308, 1.7e308)),
        ("t", struct.pack(">Q", 1 << 63), (1 << 63,)),
        ("s", b"abc\0", ("abc",)),
        ("S", b"abcd\0\0\0\0", ("abcd",)),
        ("s", b"\0\0\0\0", ("",)),
        ("b", b"\0\0\0\5hello\0\0\0", (b"hello",)),
        ("b", b"\0\0\0\0", (b"",)),
        ("c", struct.pack(">i", 65), ("A",)),
        ("r", b"\1\2\3\4", ((1, 2, 3, 4),)),
        ("m", b"\0\x90\x40\x7f", ((0, 0x90, 0x40, 0x7F),)),
        ("TFNI", b"", (True, False, None, BANG)),
        ("[if]s", struct.pack(">if", 1, 2) + b"x\0\0\0", ((1, 2.0), "x")),
        ("[[T]F]", b"", (((True,), False),)),
        ("ci", struct.pack(">ii", 65, 7), ("A", 7)),
        ("If", struct.pack(">f", 1.5), (BANG, 1.5)),
    ],
)
def test_every_type_tag_is_read(tags, body, args):
    """All tags of OSC 1.0 and 1.1, those included that the usual parser misreads."""
    (message,) = osc.decode(padded("/a") + padded("," + tags) + body)
    assert args == message.args


def test_a_missing_type_tag_string_is_a_message_without_arguments():
    """Older senders leave it out."""
    assert [("/bang", ())] == [(m.address, m.args) for m in osc.decode(padded("/bang"))]


def test_an_address_without_its_slash_gets_one():
    """Some set-ups of TouchDesigner's OSC Out CHOP send none."""
    assert "/livegen/main/seed" == osc.decode(padded("livegen/main/seed") + padded(",T"))[0].address


def test_time_tags_are_reported_and_the_time_of_hearing_is_kept():
    """Bundles apply at once unless the door decides otherwise, so the tag must reach the door."""
    inner = padded("/a") + padded(",T")
    tag = struct.pack(">Q", (osc.NTP_TO_UNIX + 100) << 32)
    (message,) = osc.decode(b"#bundle\0" + tag + struct.pack(">i", len(inner)) + inner, 3.5)
    assert (3.5, 1.0) == (message.at, osc.seconds_ahead(message.timetag, wall=99.0))
    assert 0.0 == osc.seconds_ahead(osc.AT_ONCE, wall=99.0)


def test_messages_of_nested_bundles_keep_their_order():
    """What was sent first is applied first, whatever it was wrapped in."""

    def bundle(*elements: bytes) -> bytes:
        return b"#bundle\0" + struct.pack(">Q", 1) + b"".join(struct.pack(">i", len(e)) + e for e in elements)

    a, b, c, d = (padded(f"/{name}") for name in "abcd")
    assert ["/a", "/b", "/c", "/d"] == [m.address for m in osc.decode(bundle(a, bundle(b, bundle(c)), d))]


@pytest.mark.parametrize(
    ("address", "pattern"),
    [("/a/b", False), ("/a/*", True), ("/a/?", True), ("/a/[12]", True), ("/{a,b}", True), ("//a", True)],
)
def test_patterns_are_marked(address, pattern):
    """The door need not look at every address again."""
    assert pattern == osc.decode(padded(address))[0].pattern


finite = st.floats(width=32, allow_nan=False, allow_infinity=False)
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
leaves = st.one_of(
    finite,
    st.booleans(),
    st.none(),
    texts,
    st.binary(min_size=1, max_size=20),
    st.integers(-(2**63), 2**63 - 1),
)
arguments = st.lists(st.one_of(leaves, st.lists(leaves, max_size=4)), max_size=12)
addresses = st.from_regex(r"\A(/[a-z0-9_]{1,9}){1,4}\Z")


def built(address, args) -> bytes:
    builder = OscMessageBuilder(address)
    for arg in args:
        builder.add_arg(arg)
    return builder.build().dgram


def expected(args):
    return tuple(tuple(arg) if isinstance(arg, list) else arg for arg in args)


@given(addresses, arguments)
def test_what_python_osc_builds_is_read_the_same(address, args):
    """The usual library is the oracle for well-formed messages."""
    (message,) = osc.decode(built(address, args))
    assert (address, expected(args)) == (message.address, message.args)


@given(st.lists(st.tuples(addresses, arguments), min_size=1, max_size=5))
@settings(max_examples=40)
def test_what_python_osc_bundles_is_read_the_same(messages):
    """Bundles too."""
    builder = OscBundleBuilder(IMMEDIATELY)
    for address, args in messages:
        one = OscMessageBuilder(address)
        for arg in args:
            one.add_arg(arg)
        builder.add_content(one.build())
    read = osc.decode(builder.build().dgram)
    assert [(address, expected(args)) for address, args in messages] == [(m.address, m.args) for m in read]


@given(st.binary(max_size=300))
@settings(max_examples=300)
def test_any_bytes_give_messages_or_bad_packet(data):
    """Nothing else escapes."""
    read_or_refuse(data)


@given(addresses, arguments, st.data())
def test_a_packet_that_breaks_off_is_never_taken_for_a_whole_one(address, args, data):
    """Exact lengths: a cut message either fails or says less only where nothing followed."""
    whole = built(address, args)
    cut = data.draw(st.integers(0, len(whole) - 1))
    try:
        (message,) = osc.decode(whole[:cut])
    except BadPacket:
        return
    assert () == message.args


def read_or_refuse(data: bytes) -> int:
    reasons = []
    try:
        messages = osc.decode(data, refused=lambda error: reasons.append(error.code))
    except BadPacket:
        return 0
    for message in messages:
        assert message.address.startswith("/")
        assert message.address.isprintable()
        assert all(math.isfinite(arg) for arg in message.args if isinstance(arg, float))
    return len(messages)


def test_mutated_packets_give_messages_or_bad_packet():
    """Real packets with bits, bytes and lengths changed: only BadPacket may escape."""
    dice = random.Random(9210)
    seeds = [packet(row) for row in HOSTILE if len(packet(row)) < 400]
    seeds += [built("/livegen/main/z", [0.5] * 16), built("/a/b", ["text", 1, True, [1, 2.0], b"blob"])]
    taken = sum(read_or_refuse(mutated(dice, dice.choice(seeds))) for _ in range(FUZZ))
    assert taken > FUZZ // 100


def mutated(dice: random.Random, seed: bytes) -> bytes:
    data = bytearray(seed)
    for _ in range(dice.randint(1, 4)):
        if not data:
            break
        place = dice.randrange(len(data))
        change = dice.randrange(5)
        if change == 0:
            data[place] ^= 1 << dice.randrange(8)
        elif change == 1:
            data[place] = dice.choice(b"\x00\x01\x7f\x80\xff#/,[]ifsbTFNI*{}")
        elif change == 2:
            del data[place & ~3 : (place & ~3) + 4]
        elif change == 3:
            data[place & ~3 : place & ~3] = bytes(dice.randrange(256) for _ in range(4))
        else:
            data += data[place & ~3 : (place & ~3) + 8]
    return bytes(data)


@given(
    addresses, st.lists(st.one_of(finite, st.booleans(), texts, st.integers(-(2**31), 2**31 - 1)), max_size=8)
)
def test_what_we_send_we_can_read(address, args):
    """Feedback that is sent to another livegen arrives there."""
    (message,) = osc.decode(osc.encode(address, args))
    assert (address, tuple(args)) == (message.address, message.args)


def test_what_osc_cannot_carry_is_refused_in_words():
    """A dictionary is no argument."""
    with pytest.raises(BadPacket, match="/a cannot carry"):
        osc.encode("/a", [{}])


def test_bundles_stay_below_a_datagram_and_lose_nothing():
    """Larger ones break into fragments on Wi-Fi, and one lost fragment loses all."""
    messages = [osc.encode(f"/livegen/main/params/p{n}", (float(n),)) for n in range(200)]
    packets = list(osc.bundles(messages))
    assert max(map(len, packets)) <= osc.DATAGRAM
    assert [f"/livegen/main/params/p{n}" for n in range(200)] == [
        m.address for data in packets for m in osc.decode(data)
    ]
