"""One connection to livegen as a state machine: what to do next, never how.

Events and the time go in, a list of orders comes out; the extension carries them out in
TouchDesigner and the tests carry them out on a real socket. Orders are tuples:
``("open",)``, ``("close",)``, ``("send", text)``, ``("retry", seconds)`` and
``("tell", callback, info)``. Standard library only, Python 3.9 syntax.
"""

import collections

try:
    wire = mod.livegen_wire  # inside TouchDesigner: the DAT beside this one
except NameError:
    import livegen_wire as wire

OFFLINE, CONNECTING, LOADING, RUNNING, ERROR = STATES = ("offline", "connecting", "loading", "running", "error")
FIRST_RETRY, LONGEST_RETRY = 0.5, 5.0
REOPEN_SECONDS = 0.05
CONNECT_SECONDS = 5.0
"""How long an open socket or a welcome may take before the connection counts as failed."""
SILENT_SECONDS = 3.0
"""Without a frame for so long, a stage that was running counts as loading again."""
DEAF_SECONDS = 6.0
"""Without any message for so long, a connection is dead even if nobody said so: the status comes every second."""
STALL_SECONDS = 1.0
"""A gap between two ticks beyond this is TouchDesigner's own standstill, and not livegen's silence."""
UNSEEN_SECONDS = 1.0
"""A frame that nobody took for so long: the output is not in use, and livegen may rest. Well below
the 5 s after which livegen takes a viewer that acknowledges nothing for dead."""
REMEMBERED_SETS = 256
NEWEST_TEXT = 4000
"""Characters of running text that are kept."""
NEWEST_STEPS = 4000
"""Steps of a drawing that are kept."""


class Link:
    """Where one connection stands. ``now`` is always seconds on one monotonic line."""

    def __init__(self):
        self.state = OFFLINE
        self.error = ""
        self.server = ""
        self.streams = {}
        self.generator = ""
        self.status = {}
        self.text = ""
        self.strokes = []
        """The drawing in progress: (dx, dy, "down", "up" or "end") of each step."""
        self.dropped = 0
        self.frames = 0
        self.latency_ms = 0.0
        self.greeting = ""
        """The hello text, set by the owner before ``start``."""
        self.reconnects = True
        self.listens = ""
        """Address pattern to listen to after each welcome; empty: none."""
        self._wanted = False
        self._deadline = None
        self._backoff = FIRST_RETRY
        self._epoch = None
        self._newest = None
        self._resting = False
        self._last_frame_at = None
        self._heard_at = self._ticked_at = 0.0
        self._arrivals = collections.deque(maxlen=240)
        self._seq = 0
        self._sent_at = collections.OrderedDict()
        self._pending = {}

    # The connection ------------------------------------------------------------------------

    @property
    def connected(self):
        """Whether a welcome was received and the socket is still open."""
        return self.state in (LOADING, RUNNING)

    def start(self, now):
        """Open the connection, or close and open it again, and keep it."""
        self._wanted, self.error, self._backoff = True, "", FIRST_RETRY
        self._forget(CONNECTING)
        # Off and on within one frame may be no change at all to a WebSocket DAT.
        return [("close",), ("retry", REOPEN_SECONDS)]

    def stop(self):
        """Close it and stay away."""
        self._wanted = False
        self._forget(OFFLINE)
        return [("close",)]

    def retry(self, now):
        """The wait is over: try again, unless somebody changed their mind meanwhile."""
        if not self._wanted or self.connected or self._deadline is not None:
            return []
        self.state, self._deadline = CONNECTING, now + CONNECT_SECONDS
        return [("open",)]

    def opened(self, now):
        """The socket is open: greet."""
        if not self._wanted:
            return [("close",)]
        self._deadline = now + CONNECT_SECONDS
        return [("send", self.greeting)]

    def closed(self, now):
        """The socket closed, or never opened."""
        was = self.connected
        if not was and self._deadline is None:
            return []  # it is waiting for its next try, or was told to stay away
        said = [("tell", "onDisconnect", {"error": self.error})] if was else []
        if was and not self.error:
            self.error = "livegen closed the connection; it is tried again"
        return said + self._again(CONNECTING)

    def tick(self, now):
        """Once per frame: send what was set, give up on a connection that does not answer."""
        if self._deadline is not None and now > self._deadline:
            self.error = (
                "no answer from livegen; is it running, are address and port right, does the firewall let it through?"
            )
            return [("tell", "onError", {"message": self.error}), *self._again(ERROR)]
        if self._is_deaf(now):
            self.error = "livegen has been silent for %g s; the connection is opened again" % DEAF_SECONDS
            return [("tell", "onDisconnect", {"error": self.error}), *self._again(CONNECTING)]
        age = 0.0 if self._last_frame_at is None else now - self._last_frame_at
        if self._newest is not None and age > UNSEEN_SECONDS and not self._resting:
            self._resting = True
            return [("send", wire.say("pause")), *self.flush(now)]
        if self.state == RUNNING and self._newest is None and age > SILENT_SECONDS:
            self.state = LOADING
        return self.flush(now)

    def _is_deaf(self, now):
        gap, self._ticked_at = now - self._ticked_at, now
        if gap > STALL_SECONDS:
            self._heard_at = max(self._heard_at, now - STALL_SECONDS)
        return self.connected and now - self._heard_at > DEAF_SECONDS

    def fail(self, message):
        """Something went wrong that reconnecting does not cure: shown, the connection stays as it is."""
        self.error = message
        return [("tell", "onError", {"message": message})]

    def _again(self, state):
        self._forget(state)
        if not self.reconnects:
            self._wanted = False
            self.state = ERROR if self.error else OFFLINE
            return [("close",)]
        wait, self._backoff = self._backoff, min(LONGEST_RETRY, self._backoff * 2)
        return [("close",), ("retry", wait)]

    def _forget(self, state):
        self.state, self._deadline, self._newest, self._last_frame_at = state, None, None, None
        self._resting = False
        self._sent_at.clear()
        self._arrivals.clear()

    # What comes in -------------------------------------------------------------------------

    def received_text(self, text, now):
        """A text message came."""
        self._heard_at = now
        try:
            said = wire.read_text(text)
        except ValueError as error:
            return self.fail(str(error))
        hear = getattr(self, "_hear_" + said["type"], None)
        return hear(said, now) if hear else []

    def received_binary(self, data, now):
        """A binary message came: kept as bytes, opened no further than its header."""
        self._heard_at = now
        if bytes(data[:1]) in (b"/", b"#"):
            return []  # an OSC packet; this client speaks JSON
        try:
            frame = wire.read_frame(data)
        except ValueError as error:
            return self.fail(str(error))
        if frame.kind != wire.IMAGE or not self._is_ours(frame.stream):
            return [("send", wire.ack(frame.seq, frame.stream))]
        if self._newest is not None:
            self.dropped += 1
        self._newest, self._last_frame_at = frame, now
        self._arrivals.append(now)
        if self.state == LOADING:
            self.state = RUNNING
        return []

    def take(self, now):
        """The newest frame that was not taken yet, or None, and what to send because of it."""
        frame, self._newest = self._newest, None
        if frame is None:
            return None, []
        self.frames += 1
        self._measure(frame.applied, now)
        orders = [("send", wire.ack(frame.seq, frame.stream))]
        if self._resting:
            self._resting = False
            orders.append(("send", wire.say("resume")))
        return frame, orders

    @property
    def waiting(self):
        """Whether a frame waits to be taken."""
        return self._newest is not None

    def fps(self, now):
        """Frames that came in the last second."""
        return float(sum(1 for at in self._arrivals if now - at <= 1.0))

    def _is_ours(self, stream):
        row = self.streams.get(stream)
        if row is None or not self.generator:
            return stream == min(self.streams, default=stream)
        return row.get("name") == self.generator

    def _measure(self, applied, now):
        newest = None
        while self._sent_at and next(iter(self._sent_at)) <= applied:
            newest = self._sent_at.popitem(last=False)[1]
        if newest is not None:
            self.latency_ms = (now - newest) * 1000.0

    def _hear_welcome(self, said, now):
        rows = said.get("streams") or []
        self.streams = {row.get("id"): row for row in rows if isinstance(row, dict)}
        self.server = str(said.get("server", ""))
        again = self._epoch is not None and self._epoch != said.get("epoch")
        self._epoch = said.get("epoch")
        self.state, self.error, self._deadline, self._backoff = LOADING, "", None, FIRST_RETRY
        orders = [("send", wire.listen(self.listens))] if self.listens else []
        tails = said.get("text")
        if isinstance(tails, dict) and tails.get(self.generator):
            self.text = str(tails[self.generator])[-NEWEST_TEXT:]
        drawn = said.get("strokes")
        if isinstance(drawn, dict) and drawn.get(self.generator):
            self.strokes = [tuple(step) for step in drawn[self.generator]][-NEWEST_STEPS:]
        names = [row.get("name", "") for row in self.streams.values()]
        if self.generator and self.generator not in names:
            orders += self.fail("this stage has no generator %r; it has %s" % (self.generator, ", ".join(names)))
        info = {"server": self.server, "streams": rows, "restarted": again}
        return [*orders, ("tell", "onConnect", info)]

    def _hear_status(self, said, now):
        self.status = said
        return [("tell", "onStatus", said)]

    def _hear_text(self, said, now):
        if not self._is_mine(said):
            return [("tell", "onText", said)]
        if said.get("index") == 0:
            self.text = ""
        whole = said.get("text")
        self.text = str(whole) if whole is not None else (self.text + str(said.get("delta", "")))
        self.text = self.text[-NEWEST_TEXT:]
        return [("tell", "onText", said)]

    def _is_mine(self, said):
        """Whether a message is of the generator that is shown; another one's text is only told."""
        name = self.streams.get(said.get("stream"), {}).get("name", "")
        return not name or not self.generator or name == self.generator

    def _hear_stroke(self, said, now):
        if self._is_mine(said):
            if said.get("index") == 0:
                self.strokes = []
            self.strokes = [*self.strokes, (said.get("dx", 0.0), said.get("dy", 0.0), said.get("pen", "down"))]
            self.strokes = self.strokes[-NEWEST_STEPS:]
        return [("tell", "onStroke", said)]

    def _hear_param(self, said, now):
        return [("tell", "onParam", said)]

    def _hear_values(self, said, now):
        return [("tell", "onParam", said)]

    def _hear_error(self, said, now):
        hint = said.get("hint")
        self.error = "%s; %s" % (said.get("message"), hint) if hint else str(said.get("message"))
        return [("tell", "onError", said)]

    # What goes out -------------------------------------------------------------------------

    def set(self, values):
        """Remember changes until the end of the frame; the newest value of each address wins."""
        self._pending.update(values)

    def happen(self, address, args, now):
        """Send a trigger or command at once, after what was set before it: none may be lost."""
        return [*self.flush(now), *self._send({address: args}, now)]

    def flush(self, now):
        """Send the changes that wait. Until the stage is there they go on waiting."""
        if not self._pending or not self.connected:
            return []
        values, self._pending = self._pending, {}
        return self._send(values, now)

    def _send(self, values, now):
        if not self.connected:
            return self.fail("not connected to livegen, so %s was not sent" % ", ".join(sorted(values)))
        self._seq += 1
        self._sent_at[self._seq] = now
        while len(self._sent_at) > REMEMBERED_SETS:
            self._sent_at.popitem(last=False)
        return [("send", wire.set_values(self._seq, values))]
