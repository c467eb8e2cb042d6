"""Ableton Link in a process of its own: ``python -m livegen.tempo.linked``.

aalink is under the GPL, which is why nothing of it is ever loaded where livegen runs: this process is started when a
patch asks for Link, and talks by lines of JSON. Out: ``[second, bpm, beat, peers, playing]``, once a second and
whenever something changed. In: ``{"bpm": 128}``, ``{"meter": 3}``, ``{"playing": true}``; when nobody holds the other
end any longer, it ends.
"""

import asyncio
import json
import sys
import threading
import time
from typing import Any

LOOK_EVERY = 0.04
TELL_EVERY = 1.0
"""Seconds after which the state is told again though it went on as foreseen."""
OFF = 0.004
"""Beats that count as a change."""


class Session:
    """What this process knows of Link."""

    def __init__(self, link: Any) -> None:
        self._link = link
        self._told: tuple[float, float, float, int, bool] | None = None

    def look(self) -> tuple[float, float, float, int, bool] | None:
        """The state, where it is news."""
        link, was = self._link, self._told
        at, beat = time.perf_counter(), float(link.beat)
        now = (at, float(link.tempo), beat, int(link.num_peers), bool(link.playing))
        if was is not None and at - was[0] < TELL_EVERY and now[1] == was[1] and now[3:] == was[3:]:
            foreseen = was[2] + (at - was[0]) * was[1] / 60.0
            if abs(beat - foreseen) < OFF:
                return None
        self._told = now
        return now

    def obey(self, order: dict[str, Any]) -> None:
        if "bpm" in order:
            self._link.tempo = float(order["bpm"])
        if "meter" in order:
            self._link.quantum = float(order["meter"])
        if "playing" in order:
            self._link.playing = bool(order["playing"])


async def main(bpm: float, meter: float) -> None:
    import aalink

    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    link = aalink.Link(bpm)
    link.quantum, link.start_stop_sync_enabled, link.enabled = meter, True, True
    session = Session(link)

    def orders() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(session.obey, json.loads(line))
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=orders, daemon=True).start()
    while not ended.is_set():
        if (state := session.look()) is not None:
            print(json.dumps(state), flush=True)
        await asyncio.sleep(LOOK_EVERY)
    link.enabled = False


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), float(sys.argv[2])))
