"""MIDI bytes: whatever comes, whole messages are heard and nothing is raised."""

import json
from pathlib import Path

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegen.errors import BadValue
from livegen.wire.midi import Parser, Reader, Rules, controls, rules, written

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "midi_v1.json").read_text(encoding="utf8"))


@pytest.mark.parametrize("case", GOLDEN["heard"], ids=lambda case: case["bytes"])
def test_the_golden_bytes_say_what_the_table_says(case):
    """The same table is read by the studio's page."""
    reader = Reader(rules(case.get("relative", ()), case.get("fourteen", ())))
    said = reader.feed(bytes.fromhex(case["bytes"]))
    assert [name for name, _ in case["said"]] == [name for name, _ in said]
    for (_, wanted), (_, value) in zip(case["said"], said, strict=True):
        assert (wanted is None) == (value is None)
        assert value is None or pytest.approx(wanted, abs=1e-6) == value


@pytest.mark.parametrize("case", GOLDEN["shown"], ids=lambda case: case["name"])
def test_a_lamp_is_told_by_these_bytes(case):
    """And by none where a name has none."""
    found = written(case["name"], case["value"], rules(fourteen=case.get("fourteen", ())))
    assert (None if case["bytes"] is None else bytes.fromhex(case["bytes"])) == found


@given(st.binary(max_size=400), st.integers(1, 7))
def test_no_bytes_do_any_harm(data, piece):
    """Any bytes, in pieces of any size, say the same as at one go; numbers stay in their ranges."""
    whole = Reader(rules(("*/cc/16-20",), ("*/cc/0-7",))).feed(data)
    reader = Reader(rules(("*/cc/16-20",), ("*/cc/0-7",)))
    assert whole == [said for at in range(0, len(data), piece) for said in reader.feed(data[at : at + piece])]
    for name, value in whole:
        if value is not None and not name.endswith(("/turn", "/program", "song")):
            assert -1.0 <= value <= 1.0


@given(st.binary(max_size=300))
def test_nothing_is_kept_of_a_message_that_never_ends(data):
    """A device that sends system exclusive for ever costs no memory."""
    parser = Parser()
    assert [] == [message for message in parser.feed(b"\xf0" + bytes(byte & 0x7F for byte in data)) if message[0] < 0xF0]
    assert [] == parser._data


def oracle(data):
    """What mido makes of bytes, without what our reader leaves out on purpose."""
    parser = mido.Parser()
    parser.feed(data)
    return [tuple(message.bytes()) for message in parser if message.type != "sysex"]


MESSAGES = st.one_of(
    st.tuples(st.sampled_from([0x80, 0x90, 0xA0, 0xB0, 0xE0]), st.integers(0, 15), st.integers(0, 127), st.integers(0, 127)).map(
        lambda m: bytes((m[0] | m[1], m[2], m[3]))
    ),
    st.tuples(st.sampled_from([0xC0, 0xD0]), st.integers(0, 15), st.integers(0, 127)).map(lambda m: bytes((m[0] | m[1], m[2]))),
    st.sampled_from([b"\xf8", b"\xfa", b"\xfb", b"\xfc", b"\xf6", b"\xf2\x01\x02", b"\xf3\x01", b"\xf0\x01\x02\xf7"]),
)  # fmt: skip


@given(st.lists(MESSAGES, max_size=40))
def test_messages_are_cut_as_mido_cuts_them(messages):
    """Another's parser, written by others, hears the very same messages."""
    data = b"".join(messages)
    assert oracle(data) == list(Parser().feed(data))


@given(st.lists(st.tuples(st.integers(0, 127), st.integers(0, 127)), min_size=1, max_size=20), st.data())
def test_running_status_and_real_time_bytes_change_nothing(pairs, data):
    """A stream without repeated statuses, with clocks anywhere between, says what the plain one says."""
    plain = b"".join(bytes((0xB4, *pair)) for pair in pairs)
    running = b"\xb4" + b"".join(map(bytes, pairs))
    at = sorted(data.draw(st.lists(st.integers(0, len(running)), max_size=8)), reverse=True)
    for place in at:
        running = running[:place] + b"\xf8" + running[place:]
    heard = list(Parser().feed(running))
    assert list(Parser().feed(plain)) == [message for message in heard if message != (0xF8,)]
    assert len(at) == heard.count((0xF8,))


@given(st.integers(0, 127), st.floats(0, 1))
def test_what_is_shown_reads_back_as_the_same(number, value):
    """A motor fader that answers with what it was told does not move the picture."""
    first = Reader().feed(written(f"3/cc/{number}", value))[0]
    assert first.name == f"3/cc/{number}" and abs(first.value - value) <= 0.5 / 127 + 1e-9
    assert [first] == Reader().feed(written(first.name, first.value))
    fine = Reader(rules(fourteen=("*/cc/0-31",)))
    number %= 32
    assert abs(fine.feed(written(f"1/cc/{number}", value, fine.rules))[0].value - value) <= 0.5 / 16383 + 1e-9
    bent = Reader().feed(written("1/bend", value))[0]
    assert abs(bent.value - value) <= 0.5 / 8191 + 1e-9


@pytest.mark.parametrize("said", ["", "7", "1/cc/128", "0/cc/1", "17/cc/1", "1/cc/9-3", "1/note/7", "1/cc/7 words", "1/cc/7 sign sign"])
def test_words_that_name_no_controller_are_refused(said):
    """With an example of what does."""
    with pytest.raises(BadValue):
        rules(relative=(said,))


def test_controllers_are_named_one_by_one_in_rows_and_on_all_channels():
    """As a patch writes them."""
    assert ([(1, 7)], "") == controls("1/cc/7")
    assert ([(2, 16), (2, 17)], "sign") == controls("2/cc/16-17 sign")
    assert 16 == len(controls("*/cc/7")[0])
    assert Rules() == rules()
    with pytest.raises(BadValue, match="14 bit"):
        rules(fourteen=("1/cc/32",))
