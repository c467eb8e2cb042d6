"""livegen_link: one connection as a state machine, without a socket and without a clock."""

import json
from pathlib import Path

import livegen_link as linking
import pytest

from livegen.wire import packet

WELCOME = {
    "type": "welcome", "server": "livegen 0.1.0", "epoch": 1, "time": 0.0,
    "streams": [{"id": 0, "name": "main", "kind": "image"}, {"id": 1, "name": "side", "kind": "image"}],
}


def frame(seq=1, stream=0, applied=0):
    return packet.Header(packet.IMAGE, packet.JPEG, 0, 3, 8, 8, seq, 0.0, stream, applied).pack() + b"jpeg"


def sent(orders):
    return [json.loads(order[1]) for order in orders if order[0] == "send"]


@pytest.fixture
def link():
    """A link that was welcomed at second 0."""
    made = linking.Link()
    made.greeting, made.generator = '{"type": "hello"}', "main"
    made.start(0.0)
    made.retry(0.0)
    made.opened(0.0)
    made.received_text(json.dumps(WELCOME), 0.0)
    return made


def test_it_connects_step_by_step():
    """offline → connecting → loading → running, and the hello goes out first."""
    link = linking.Link()
    link.greeting = '{"type": "hello"}'
    assert "offline" == link.state
    assert [("close",), ("retry", linking.REOPEN_SECONDS)] == link.start(0.0)
    assert [("open",)] == link.retry(0.1)
    assert "connecting" == link.state
    assert [{"type": "hello"}] == sent(link.opened(0.2))
    orders = link.received_text(json.dumps(WELCOME), 0.3)
    assert ("tell", "onConnect") == orders[-1][:2]
    assert "loading" == link.state
    link.received_binary(frame(), 0.4)
    assert "running" == link.state


def test_the_newest_frame_wins_and_is_acknowledged_when_taken(link):
    """Two frames between two cooks: the older is dropped and counted, the newer is taken once."""
    link.received_binary(frame(1), 1.0)
    link.received_binary(frame(2), 1.0)
    taken, orders = link.take(1.0)
    assert 2 == taken.seq
    assert [{"type": "ack", "seq": 2, "stream": 0}] == sent(orders)
    assert (None, []) == link.take(1.0)
    assert (1, 1) == (link.dropped, link.frames)


def test_another_generators_frames_are_let_go(link):
    """A frame of a stream that this component does not show is acknowledged, so that nothing waits for it."""
    orders = link.received_binary(frame(5, stream=1), 1.0)
    assert [{"type": "ack", "seq": 5, "stream": 1}] == sent(orders)
    assert not link.waiting


def test_latency_is_from_set_to_the_frame_that_contains_it(link):
    """The time a set was sent until the cook that takes the first frame with its number."""
    link.set({"/livegen/main/params/hue": 0.5})
    assert 1 == sent(link.flush(1.0))[0]["seq"]
    link.received_binary(frame(1, applied=0), 1.02)
    link.take(1.02)
    assert 0.0 == link.latency_ms
    link.received_binary(frame(2, applied=1), 1.04)
    link.take(1.05)
    assert pytest.approx(50.0) == link.latency_ms


def test_sets_of_one_frame_travel_together_and_the_newest_counts(link):
    """A slider that moved three times within a frame is one message with its last value."""
    for value in (0.1, 0.2, 0.3):
        link.set({"/x": value})
    link.set({"/y": 1})
    assert [{"type": "set", "seq": 1, "values": {"/x": 0.3, "/y": 1}}] == sent(link.tick(1.0))
    assert [] == link.tick(1.1)


def test_a_trigger_leaves_at_once_after_what_was_set_before(link):
    """Order is kept, nothing is merged."""
    link.set({"/x": 1})
    said = sent(link.happen("/livegen/main/randomize", True, 1.0))
    assert [{"/x": 1}, {"/livegen/main/randomize": True}] == [message["values"] for message in said]


def test_what_is_set_while_away_is_sent_on_return():
    """Values wait for the connection; a trigger that cannot be sent says so."""
    link = linking.Link()
    link.greeting = "{}"
    link.set({"/x": 1})
    assert [] == link.tick(0.0)
    assert ("tell", "onError") == link.happen("/livegen/main/reset", True, 0.0)[0][:2]
    link.start(0.0), link.retry(0.0), link.opened(0.0), link.received_text(json.dumps(WELCOME), 0.0)
    assert [{"/x": 1}] == [message["values"] for message in sent(link.tick(0.1))]


def test_waits_grow_from_half_a_second_to_five(link):
    """Every failed try doubles the wait; a welcome makes it short again."""
    waits = []
    for second in range(6):
        waits += [order[1] for order in link.closed(float(second)) if order[0] == "retry"]
        link.retry(float(second))
    assert [0.5, 1.0, 2.0, 4.0, 5.0, 5.0] == waits
    link.opened(9.0), link.received_text(json.dumps(WELCOME), 9.0)
    assert ("retry", 0.5) == link.closed(10.0)[-1]


def test_a_socket_that_never_opens_is_an_error_with_advice(link):
    """No callback comes from a wrong address: the clock notices, and the sentence names the usual causes."""
    link.closed(1.0)
    link.retry(2.0)
    orders = link.tick(2.0 + linking.CONNECT_SECONDS + 0.1)
    assert "error" == link.state
    assert "firewall" in link.error
    assert "retry" == orders[-1][0]


def test_one_wait_at_a_time(link):
    """A second callback about the same loss does not start a second chain of retries."""
    assert link.closed(1.0)
    assert [] == link.closed(1.0)
    assert [("open",)] == link.retry(2.0)
    assert [] == link.retry(2.0)


def test_stop_stays_away(link):
    """Switched off: a retry that was already due does nothing, a late connection is closed again."""
    assert [("close",)] == link.stop()
    assert [] == link.closed(1.0)
    assert [] == link.retry(1.0)
    assert [("close",)] == link.opened(1.0)
    assert "offline" == link.state


def test_without_auto_reconnect_a_loss_is_final(link):
    """The toggle on the node is obeyed, and the reason stays readable."""
    link.reconnects = False
    assert "retry" not in [order[0] for order in link.closed(1.0)]
    assert "error" == link.state
    assert "closed" in link.error


def test_an_unused_output_rests_before_it_is_taken_for_dead(link):
    """Nobody cooks the TOP: pause goes out well below the server's patience; the first look resumes."""
    link.received_binary(frame(1), 1.0)
    assert [] == link.tick(1.5)
    assert [{"type": "pause"}] == sent(link.tick(2.1))
    link.received_text('{"type":"status"}', 9.0)
    assert [] == link.tick(9.0)
    assert "running" == link.state
    _, orders = link.take(9.1)
    assert ["ack", "resume"] == [message["type"] for message in sent(orders)]


def test_a_silent_stage_is_loading_again(link):
    """Frames were taken and then none came: the state says so."""
    link.received_binary(frame(1), 1.0)
    link.take(1.0)
    link.tick(1.0 + linking.SILENT_SECONDS + 0.1)
    assert "loading" == link.state


def test_a_connection_that_died_in_silence_is_opened_again(link):
    """No callback, no message, not even the status: after six seconds it is tried anew."""
    for tenth in range(61):
        assert "retry" not in [order[0] for order in link.tick(tenth / 10)]
    assert ("tell", "onDisconnect") == link.tick(6.1)[0][:2]
    assert "connecting" == link.state


def test_touchdesigners_own_standstill_is_not_livegens_silence(link):
    """A project that loads for twenty seconds: the first tick afterwards does not hang up."""
    link.tick(0.1)
    assert [] == link.tick(20.0)
    assert link.connected


def test_a_generator_that_the_stage_does_not_have_is_named():
    """A typing mistake in the Generator field is answered with the names there are."""
    link = linking.Link()
    link.greeting, link.generator = "{}", "faces"
    link.start(0.0), link.retry(0.0), link.opened(0.0)
    link.received_text(json.dumps(WELCOME), 0.0)
    assert "'faces'" in link.error
    assert "main, side" in link.error


def test_errors_keep_their_hint_and_rubbish_is_survived(link):
    """What livegen refuses is shown with the way out; what cannot be read is shown too."""
    link.received_text('{"type":"error","code":"unmatched","message":"no /x","hint":"did you mean /y?"}', 1.0)
    assert "no /x; did you mean /y?" == link.error
    assert "onError" == link.received_text("nonsense", 1.0)[0][1]
    assert "onError" == link.received_binary(b"XX", 1.0)[0][1]
    assert [] == link.received_text('{"type":"from_a_later_version"}', 1.0)
    assert [] == link.received_binary(b"/osc\0\0\0\0,\0\0\0", 1.0)


def test_running_text_is_collected_and_bounded(link):
    """Deltas add up; a whole text replaces; the oldest characters go."""
    link.received_text('{"type":"text","stream":0,"seq":1,"delta":"ab"}', 1.0)
    link.received_text('{"type":"text","stream":0,"seq":2,"delta":"c"}', 1.0)
    assert "abc" == link.text
    link.received_text(json.dumps({"type": "text", "delta": "x" * 9000}), 1.0)
    assert linking.NEWEST_TEXT == len(link.text)


def test_a_new_text_begins_on_an_empty_page_and_another_generator_s_is_only_told(link):
    """Index 0 begins; what the component does not show must not run into what it shows."""
    link.generator = "poem"
    link.streams = {1: {"id": 1, "name": "poem"}, 2: {"id": 2, "name": "ode"}}
    for stream, index, delta in ((1, 0, "ab"), (1, 2, "c"), (2, 5, "x")):
        told = link.received_text(json.dumps({"type": "text", "stream": stream, "index": index, "delta": delta}), 1.0)
        assert ("tell", "onText") == told[0][:2]
    assert "abc" == link.text
    link.received_text('{"type":"text","stream":1,"index":0,"delta":"z"}', 1.0)
    assert "z" == link.text


def test_a_drawing_in_progress_is_kept_and_a_new_one_begins_anew(link):
    """Also what was drawn before we came."""
    link.generator = "hand"
    link.received_text(json.dumps({"type": "welcome", "streams": [{"id": 2, "name": "hand"}], "strokes": {"hand": [[1, 2, "up"]]}}), 1.0)
    link.received_text('{"type":"stroke","stream":2,"dx":0.5,"dy":0.25,"pen":"down","index":1}', 1.0)
    assert [(1, 2, "up"), (0.5, 0.25, "down")] == link.strokes
    link.received_text('{"type":"stroke","stream":2,"dx":0.5,"dy":0.25,"pen":"end","index":0}', 1.0)
    assert [(0.5, 0.25, "end")] == link.strokes


def test_a_restarted_stage_is_noticed(link):
    """Another epoch after a reconnect: the callback is told."""
    link.closed(1.0), link.retry(2.0), link.opened(2.0)
    again = link.received_text(json.dumps(WELCOME | {"epoch": 2}), 2.1)
    assert again[-1][2]["restarted"] is True


def test_fps_counts_the_last_second(link):
    """Frames that came, whether they were taken or not."""
    for number in range(90):
        link.received_binary(frame(number), number / 30)
    assert 30 == pytest.approx(link.fps(89 / 30), abs=1)


def test_every_golden_message_is_understood(link):
    """The conversation's golden file, read by the server's tests too: nothing in it surprises this client."""
    golden = json.loads((Path(__file__).parents[2] / "golden" / "session_v1.json").read_text(encoding="utf8"))
    told = set()
    for said in golden["server"]:
        told |= {order[1] for order in link.received_text(json.dumps(said), 1.0) if order[0] == "tell"}
    assert {"onConnect", "onStatus", "onText", "onParam", "onError"} <= told
    assert link.connected
