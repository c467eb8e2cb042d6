"""What /health and the meters say."""

from livegen import reports
from livegen.controls.intake import OscStatistics
from livegen.engine.statistics import EngineStatistics, FlashStatistics, RendererStatistics
from livegen.namespace import STATES, stage_rows
from livegen.streams.hub import HubStatistics
from livegen.streams.measure import Spread

ENGINE = EngineStatistics(
    state="holding", fps=29.97, fps_wanted=30.0, fps_fresh=12.0, render_ms=8.0, render_ms_p95=11.0, latency_ms=9.0,
    latency_ms_p95=15.0, frames=100, held=3, fallback_frames=0, late=0, missed=0, size=(512, 512), scale=1.0, note="",
    alarms=(), last_error="", worker=RendererStatistics(state="restarting", device="cpu", restarts=1),
)  # fmt: skip


def hub(count: int) -> HubStatistics:
    quiet = Spread()
    return HubStatistics(
        offered=100, delivered=90, dropped=4, waiting=0, oldest_ms=3.0, viewers=2, aborted=0, encodes=90,
        encode_ms=Spread(p50=0.8), latency_ms=Spread(p50=21.0, p95=30.0, count=count), drawn_ms=quiet,
        seen_ms=Spread(p50=17.0, count=count),
    )  # fmt: skip


def osc(**more) -> OscStatistics:
    given = {
        "received": 5,
        "applied": 3,
        "unmatched": 1,
        "repeated": 0,
        "overtaken": 0,
        "refused": {"not_finite": 2},
        "sender": "",
        "last_error": "",
    }
    return OscStatistics(**{**given, **more})


def test_health_has_everything_that_was_promised():
    """Scripts and installations rely on these names."""
    told = reports.health(
        ENGINE, hub(5), [osc(), osc(refused={"not_finite": 1, "malformed": 4})], {"last_error": "x"}
    )
    for name in ("state", "fps", "fps_wanted", "viewers", "render_ms", "encode_ms", "dropped", "last_error"):
        assert name in told
    assert {"p50": 21.0, "p95": 30.0} == told["latency_ms"]
    assert ("restarting", 1, "cpu") == tuple(told["worker"][k] for k in ("state", "restarts", "device"))
    assert {"not_finite": 3, "malformed": 4} == told["osc"]["refused"]
    assert (10, 2) == (told["osc"]["received"], told["osc"]["unmatched"])


def test_without_viewers_the_latency_is_the_engine_s_own():
    """The meter shows something true before anybody looks."""
    assert {"p50": 9.0, "p95": 15.0} == reports.health(ENGINE, hub(0), [], {})["latency_ms"]


def test_every_meter_has_a_row_on_the_board():
    """What is measured can be read by OSC and OSCQuery."""
    told = reports.meters(
        reports.health(ENGINE, hub(5), [], {"last_error": "", "patch": "hello", "uptime_s": 3.0})
    )
    assert set() == set(told) - {row.address for row in stage_rows()}
    assert STATES.index("holding") == told["/livegen/status/state"]


def test_the_same_problem_said_again_is_not_news():
    """The live line does not flicker, and an old problem fades from it."""
    now = [0.0]
    problems = reports.Problems(lambda: now[0])
    assert [True, False] == [problems.note("engine", "it hung"), problems.note("engine", "it hung")]
    assert "it hung" == problems.recent
    now[0] = 200.0
    assert ("", "it hung") == (problems.recent, problems.last.text)
    assert [False, True] == [problems.note("engine", ""), problems.note("engine", "it hung")]


def test_an_osc_argument_is_told_as_json_can_say_it():
    """Numbers, words and switches as they are, everything else in words, nothing without an end."""
    assert [1, 0.5, True, None, "a"] == [reports.plain(x) for x in (1, 0.5, True, None, "a")]
    assert 80 == len(reports.plain(b"x" * 500))


def test_the_way_to_the_eye_is_the_viewers_word_or_else_where_frames_leave_the_house():
    """The clock plays ahead by it."""
    assert 17.0 == reports.health(ENGINE, hub(5), [], {})["seen_ms"]
    assert ENGINE.render_ms + 0.8 == reports.health(ENGINE, hub(0), [], {})["seen_ms"]


def test_harmful_flashes_are_said_with_a_way_out():
    """More than the patch calls harmless; up to that nothing."""
    assert "" == reports.warning(FlashStatistics(per_second=3.0))
    said = reports.warning(FlashStatistics(per_second=3.5))
    assert "more than 3 times a second" in said and 'flashes = "tame"' in said
