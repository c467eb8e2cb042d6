"""The conversation: strict about what it reads, clear about what it refuses."""

import json
import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livegen.errors import BadPacket, BadValue
from livegen.message import Message
from livegen.wire import session as wire
from livegen.wire.session import Session, SessionLimits

EXAMPLES = json.loads((Path(__file__).parents[1] / "golden" / "session_v1.json").read_text())


def hear(said, **words):
    return Session(origin="ws 1", **words).receive(said if isinstance(said, str | bytes) else json.dumps(said))


def refusal(said, **words):
    with pytest.raises(BadPacket) as refused:
        hear(said, **words)
    return refused.value.code


@pytest.mark.parametrize("example", EXAMPLES["client"], ids=lambda e: e.get("type", e.get("COMMAND")))
def test_every_example_is_understood(example):
    """What the clients are written to say is what the stage hears."""
    heard = hear(example)
    assert example.get("type", "command") == type(heard).__name__.lower()


def test_the_examples_show_every_kind():
    """A message without an example would be one that the other clients cannot test."""
    assert {"hello", "set", "ack", "pause", "resume", "get", "listen", "format"} == {
        example["type"] for example in EXAMPLES["client"] if "type" in example
    }


def test_a_set_becomes_messages():
    """Lists are tuples, null is a message without arguments, and each carries number and origin."""
    session = Session(origin="ws 9")
    heard = session.receive('{"type":"set","seq":17,"values":{"/a":[1,2.5],"/b":null,"/c":true,"/d":"x"}}')
    assert [
        Message("/a", (1, 2.5), 3.0, "ws 9", 17), Message("/b", (), 3.0, "ws 9", 17),
        Message("/c", True, 3.0, "ws 9", 17), Message("/d", "x", 3.0, "ws 9", 17),
    ] == session.messages(heard, 3.0)  # fmt: skip


def test_one_bad_value_leaves_the_others():
    """The rest of a set still applies."""
    session = Session(origin="ws 1")
    heard = session.receive('{"type":"set","values":{"/a":1e200,"/b":2}}')
    bad, good = session.messages(heard, 0.0)
    assert ("bad_number", "/b") == (bad.code, good.address)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("bad_json", ""), ("bad_json", "{"), ("bad_json", "nonsense"), ("bad_json", "\ufeff{}"), ("bad_json", '{"type":"ack"'),
        ("bad_json", '{"type":"set","values":{"/a":NaN}}'), ("bad_json", '{"type":"set","values":{"/a":Infinity}}'),
        ("bad_message", '{"type":"set","values":{"/a":1e999}}'), ("bad_message", '{"type":"set","values":{"/a":-1e999}}'),
        ("bad_message", "5"), ("bad_message", "[]"), ("bad_message", "{}"), ("bad_message", '{"type":"shutdown"}'),
        ("bad_message", '{"type":5}'), ("bad_message", '{"type":"set"}'), ("bad_message", '{"type":"set","values":[]}'),
        ("bad_message", '{"type":"set","values":{"/a":[[1]]}}'), ("bad_message", '{"type":"set","values":{"/a":{}}}'),
        ("bad_message", '{"type":"ack","seq":"1"}'), ("bad_message", '{"type":"ack","seq":1.5}'),
        ("bad_message", '{"type":"hello","maxFps":"60"}'), ("bad_message", '{"type":"hello","codec":5}'),
        ("bad_number", '{"type":"ack","seq":-1}'), ("bad_number", '{"type":"ack","seq":4294967296}'),
        ("bad_number", '{"type":"set","seq":99999999999999999999,"values":{}}'),
        ("bad_number", '{"type":"hello","maxFps":-1}'), ("bad_number", '{"type":"hello","maxSize":1e9}'),
        ("bad_number", '{"type":"format","quality":1e300}'),
        ("bad_json", '{"type":"set","values":{"/a":"\\ud800"}}'), ("bad_json", '{"type":"get","addresses":["\\udfff"]}'),
        ("bad_json", '{"type":"get","addresses":["\ud800"]}'),
        ("too_deep", '{"type":"ack","seq":1,"x":' + "[" * 30000 + "]" * 30000 + "}"),
        ("bad_message", "[" * 60000), ("too_long", '{"type":"get","addresses":["' + "x" * 70000 + '"]}'),
        ("too_many", json.dumps({"type": "set", "values": {f"/{i}": 1 for i in range(1025)}})),
        ("too_many", json.dumps({"type": "get", "addresses": ["/"] * 1025})),
        ("too_many", json.dumps({"type": "hello", "client": "x" * 257})),
        ("bad_message", '{"COMMAND":5}'), ("truncated", b"LGF1"), ("bad_message", b""), ("bad_message", b"\x00"),
        ("too_long", b"/" * 70000),
    ],
)  # fmt: skip
def test_what_is_no_message_is_refused(code, said):
    """With a word that says why, and without an exception of another kind."""
    assert code == refusal(said)


def test_nested_too_deep_is_refused_wherever_it_stands():
    """Python's stack is not for a stranger to use up."""
    nested = "[" * 20000 + "]" * 20000
    codes = {refusal(f'{{"type":"{kind}","values":{nested}}}') for kind in ("set", "pause", "listen")}
    assert codes <= {"too_deep", "bad_message"}


def test_random_damage_never_escapes():
    """Twenty thousand damaged messages: each is understood or refused, nothing else happens."""
    chance = random.Random(1)
    seeds = [json.dumps(example) for example in EXAMPLES["client"]]
    bits = ["NaN", "1e999", "-0", "\\ud800", "[", "]" * 9, "{", "}", '"', "\\", "\x00", "9" * 400, "null", "é", ":", ","]
    session, refused = Session(origin="ws 1"), 0
    for _ in range(20_000):
        said = chance.choice(seeds)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(said) + 1)
            said = said[:at] + chance.choice([*bits, said[at : at + 9]]) + said[at + chance.randint(0, 5) :]
        try:
            heard = session.receive(said)
            if isinstance(heard, wire.Set):
                session.messages(heard, 0.0)
            elif isinstance(heard, wire.Command):
                session.command(heard)
        except BadPacket:
            refused += 1
    assert 20_000 > refused > 5_000


@given(st.text())
def test_any_text_is_understood_or_refused(said):
    """No text is an accident."""
    try:
        hear(said)
    except BadPacket as refused:
        assert refused.code in ("bad_json", "bad_message", "too_deep")


@pytest.mark.parametrize("data", [b"/a\x00\x00,\x00\x00\x00", b"#bundle\x00"])
def test_binary_osc_is_handed_over(data):
    """osc.js and OSCQuery clients put whole OSC packets on the socket."""
    assert wire.Osc(data) == hear(data)


def test_listen_and_ignore_are_kept():
    """OSCQuery's commands say which paths a client wants to hear of."""
    session = Session(origin="ws 1")
    for path in ("/a", "/b"):
        session.command(session.receive(json.dumps({"COMMAND": "LISTEN", "DATA": path})))
    session.command(session.receive('{"COMMAND":"IGNORE","DATA":"/a"}'))
    assert {"/b"} == session.paths


@pytest.mark.parametrize("said", ['{"COMMAND":"PATH_ADDED","DATA":"/x"}', '{"COMMAND":"LISTEN","DATA":5}', '{"COMMAND":"LISTEN"}'])
def test_other_commands_are_refused(said):
    """A client cannot play the server."""
    session = Session(origin="ws 1")
    with pytest.raises(BadPacket, match="LISTEN and IGNORE"):
        session.command(session.receive(said))


def test_listening_is_bounded():
    """Neither patterns nor paths grow without end."""
    session = Session(origin="ws 1", limits=SessionLimits(patterns=2, paths=2))
    for name in "ab":
        session.receive(json.dumps({"type": "listen", "pattern": name}))
        session.command(session.receive(json.dumps({"COMMAND": "LISTEN", "DATA": name})))
    with pytest.raises(BadPacket):
        session.receive('{"type":"listen","pattern":"c"}')
    with pytest.raises(BadPacket):
        session.command(session.receive('{"COMMAND":"LISTEN","DATA":"c"}'))
    session.receive('{"type":"listen","pattern":""}')
    assert ([], {"a", "b"}) == (session.patterns, session.paths)


@pytest.mark.parametrize(
    ("expected", "pattern", "address"),
    [
        (True, "*", "/anything/at/all"), (True, "/a/*", "/a/b/c"), (False, "/a/*", "/b/a/c"), (True, "/a", "/a"),
        (False, "/a", "/ab"), (True, "/*/z", "/livegen/main/z"), (False, "/*/z", "/livegen/main/zz"),
        (True, "/a*b*c", "/a--b--c"), (False, "/a*b*c", "/a--c--b"), (False, "/ab*b", "/ab"), (True, "**", ""),
        (True, "/*/*/z", "/a/b/z"), (False, "/a*a", "/a"),
    ],
)  # fmt: skip
def test_a_pattern_means(expected, pattern, address):
    """A star stands for anything, slashes included."""
    assert expected == wire.matches(pattern, address)


def test_a_costly_pattern_costs_little():
    """What takes a backtracking matcher years is answered at once (CPU time, not the clock)."""
    began = time.process_time()
    assert not wire.matches("/" + "*a" * 200 + "b", "/" + "a" * 4000)
    assert time.process_time() - began < 0.5


def test_without_the_token_nothing_is_heard():
    """The first message must be a hello that carries it."""
    session = Session(origin="ws 1", token="s3cret")
    for said in ('{"type":"set","values":{"/a":1}}', b"/a\x00\x00", '{"type":"hello","token":"wrong"}', '{"COMMAND":"LISTEN","DATA":"/a"}'):
        with pytest.raises(BadPacket) as refused:
            session.receive(said)
        assert "token" == refused.value.code
        assert "s3cret" not in str(refused.value)
    assert session.receive('{"type":"hello","client":"p5","token":"s3cret"}').client == session.client
    assert isinstance(session.receive('{"type":"pause"}'), wire.Pause)


@pytest.mark.parametrize("given", ["", "s3cre", "s3crett", "S3CRET", "\udcff", "s3cret\x00"])
def test_only_the_token_is_the_token(given):
    """Whatever is sent is compared whole."""
    assert not wire.same_token(given, "s3cret")


def test_errors_are_not_told_without_end():
    """A flood of mistakes is answered at a bounded rate, and goes on being answered later."""
    session = Session(origin="ws 1", limits=SessionLimits(errors=10))
    assert 20 == sum(session.may_say(1000.0) for _ in range(500))
    assert 10 == sum(session.may_say(1001.0) for _ in range(500))
    assert 970 == session.unsaid


def test_an_error_carries_code_message_hint_and_number():
    """What a client needs to show and to find its own line."""
    said = json.loads(wire.say_error(BadValue("no", hint="try yes"), 17))
    assert {"type": "error", "code": "bad_value", "message": "no", "hint": "try yes", "seq": 17} == said


def test_numbers_that_are_not_finite_leave_as_null():
    """JSON has no word for them and browsers would throw."""
    assert [None, None, [1.0, None]] == list(
        json.loads(wire.say_values("values", {"a": float("nan"), "b": float("inf"), "c": (1.0, float("nan"))}))["values"].values()
    )
