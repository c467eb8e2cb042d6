"""How the show is, as one dictionary: for ``/health``, the studio, OSC and the terminal."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from . import __version__
from .controls.intake import OscStatistics
from .controls.osc import OscDoor
from .engine.statistics import EngineStatistics, FlashStatistics
from .namespace import ROOT, STATES
from .streams.hub import HubStatistics

FRESH = 60.0
"""Seconds for which a problem is shown where a performer looks."""


@dataclass(slots=True)
class Problem:
    """The last thing that went wrong, in words."""

    text: str = ""
    at: float = 0.0


class Problems:
    """Remembers what went wrong last, whoever said it; the same sentence again is not news."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._said: dict[str, str] = {}
        self.last = Problem()

    def note(self, source: str, text: str) -> bool:
        """``source`` says ``text`` (empty: all is well). Whether that is news."""
        if self._said.get(source, "") == text:
            return False
        self._said[source] = text
        if text:
            self.last = Problem(text, self._now())
        return bool(text)

    @property
    def recent(self) -> str:
        """The last problem, while it is fresh."""
        return self.last.text if self.last.text and self._now() - self.last.at < FRESH else ""


def health(
    engine: EngineStatistics, hub: HubStatistics, osc: Sequence[OscStatistics], rest: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything ``/health`` tells. ``rest`` holds what only the app knows."""
    # The viewers' latency where somebody looks, else what the engine measures by itself.
    seen = hub.latency_ms if hub.latency_ms.count else None
    return {
        "state": engine.state,
        "fps": round(engine.fps, 2),
        "fps_fresh": round(engine.fps_fresh, 2),
        "fps_wanted": engine.fps_wanted,
        "viewers": hub.viewers,
        "latency_ms": {
            "p50": round(seen.p50 if seen else engine.latency_ms, 2),
            "p95": round(seen.p95 if seen else engine.latency_ms_p95, 2),
        },
        "drawn_ms": {"p50": round(hub.drawn_ms.p50, 2), "p95": round(hub.drawn_ms.p95, 2)},
        # From a tick to the eye; where nobody says that it was drawn, to where a frame leaves the house.
        "seen_ms": round(hub.seen_ms.p50 if hub.seen_ms.count else engine.render_ms + hub.encode_ms.p50, 2),
        "render_ms": round(engine.render_ms, 2),
        "encode_ms": round(hub.encode_ms.p50, 2),
        "dropped": hub.dropped,
        "frames": engine.frames,
        "held": engine.held,
        "late": engine.late,
        "size": list(engine.size),
        "scale": engine.scale,
        "note": engine.note,
        "alarms": list(engine.alarms),
        "worker": {
            "state": engine.worker.state,
            "restarts": engine.worker.restarts,
            "device": engine.worker.device,
            "standby": engine.worker.standby,
        },
        "flashes": asdict(engine.flashes),
        "osc": heard(osc),
        "hub": {"oldest_ms": round(hub.oldest_ms, 1), "aborted": hub.aborted, "encodes": hub.encodes},
        "version": __version__,
        **rest,
    }


def heard(doors: Sequence[OscStatistics]) -> dict[str, Any]:
    """What came in by OSC, over all doors."""
    refused: Counter[str] = Counter()
    for door in doors:
        refused.update(door.refused)
    return {
        "received": sum(door.received for door in doors),
        "applied": sum(door.applied for door in doors),
        "unmatched": sum(door.unmatched for door in doors),
        "refused": dict(refused),
        "sender": next((door.sender for door in doors if door.sender), ""),
    }


def meters(report: Mapping[str, Any]) -> dict[str, Any]:
    """The same for the board: address → value of ``/livegen/status`` and ``/livegen/info``."""
    state = str(report["state"])
    return {
        f"{ROOT}/status/fps": float(report["fps"]),
        f"{ROOT}/status/fps_wanted": float(report["fps_wanted"]),
        f"{ROOT}/status/latency_ms": float(report["latency_ms"]["p50"]),
        f"{ROOT}/status/render_ms": float(report["render_ms"]),
        f"{ROOT}/status/dropped": float(report["dropped"]),
        f"{ROOT}/status/clients": float(report["viewers"]),
        f"{ROOT}/status/flashes": float(report["flashes"]["per_second"]),
        f"{ROOT}/status/state": STATES.index(state) if state in STATES else 0,
        f"{ROOT}/status/state_name": state,
        f"{ROOT}/status/last_error": str(report.get("last_error") or "")[:500],
        f"{ROOT}/info/uptime": float(report.get("uptime_s", 0.0)),
        f"{ROOT}/info/gpu": str(report["worker"]["device"]),
        f"{ROOT}/info/name": str(report.get("patch", "")),
    }


def warning(flashes: FlashStatistics) -> str:
    """What to say of flashes that can do harm; nothing of others."""
    if not flashes.harmful:
        return ""
    return (
        f"the picture flashes more than {flashes.limit:g} times a second, which can harm photosensitive viewers; "
        'flashes = "tame" under [safety] holds it back'
    )


def plain(arg: Any) -> Any:
    """An OSC argument as JSON can say it."""
    return arg if isinstance(arg, (bool, int, float, str)) or arg is None else str(arg)[:80]


def lines_since(doors: Sequence[OscDoor], since: int) -> tuple[int, list[dict[str, Any]]]:
    """What came in by OSC after the ``since``-th message, for the studio."""
    found = doors[0].heard() if doors else []
    lines = [
        {"address": h.address, "args": [plain(arg) for arg in h.args[:16]], "origin": h.origin, "matched": h.matched, "hint": h.hint}
        for h in found if h.number > since
    ]  # fmt: skip
    return (found[-1].number if found else 0), lines
