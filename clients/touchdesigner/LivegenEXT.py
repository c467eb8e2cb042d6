"""The component's extension: carries out what the link orders, and is what a performer scripts.

Capitalised methods are promoted: ``op('livegen').Set('hue', 0.7)``. Everything runs on
TouchDesigner's main thread; the only other thread fetches the parameter list and touches no
TouchDesigner object. Standard library and numpy, Python 3.9 syntax.
"""

import queue
import threading
import time

try:
    wire, linking, paging = mod.livegen_wire, mod.livegen_link, mod.livegen_page
except NameError:  # outside TouchDesigner
    import livegen_link as linking
    import livegen_page as paging
    import livegen_wire as wire

SHOWN_EVERY = 0.2
"""Seconds between updates of the read-only parameters: each write costs TouchDesigner a cook."""
TEXT_ROWS = 100
CHANNELS = ("connected", "state", "fps", "latency_ms", "dropped", "frame", "server_fps", "server_latency_ms")


class LivegenEXT:
    """Glue between one Link and the operators of one livegen component."""

    def __init__(self, ownerComp):
        self.ownerComp = ownerComp
        self.link = linking.Link()
        self.page = paging.ModelPage(ownerComp)
        self._fetched = queue.Queue()
        self._shown_at = 0.0
        self._cooked = -1
        self._settled = False
        self._latent = None
        self._plays = self._pulses()
        self._changes = self._par_changes()
        if ownerComp.par.Active.eval():
            self.Connect()

    # Played by the performer ---------------------------------------------------------------

    def Set(self, name, *values):
        """Set a parameter, sent at the end of this frame: ``Set('hue', 0.7)``, ``Set('z/0', 1.5)``,
        ``Set('/livegen/main/xy', 0.2, 0.8)``, or many at once with a dict."""
        given = name if isinstance(name, dict) else {name: values[0] if len(values) == 1 else list(values)}
        self._guarded(lambda: self.link.set({self._address(key): wire.plain(x) for key, x in given.items()}))

    def SetLatent(self, values, start=0):
        """Set the latent, or the part of it from component ``start`` on. Any sequence of numbers."""
        numbers = [float(x) for x in values]
        if start:
            self.Set("z/from", int(start), *numbers)
        else:
            self.Set({"z": numbers})

    def Seed(self, seed):
        """Jump to the picture of ``seed``; -1 for a random one."""
        self.Set("seed", int(seed))

    def Happen(self, name, *args):
        """Send a trigger or a command at once: ``Happen('presets/load', 'dusk', 4)``."""
        self._guarded(lambda: self._do(
            self.link.happen(self._address(name), wire.plain(args) if args else True, self._now())
        ))

    def Randomize(self):
        """Another random latent."""
        self.Happen("randomize")

    def Reset(self):
        """Back to where the patch began."""
        self.Happen("reset")

    def Freeze(self, on=True):
        """Stop or restart the generator's own time."""
        self.Set("freeze", bool(on))

    def Recall(self, name, seconds=0.0):
        """Go to a stored cue in so many seconds."""
        self.Happen("presets/load", str(name), float(seconds))

    def Store(self, name):
        """Store the present state as a cue."""
        self.Happen("presets/save", str(name))

    def Delete(self, name):
        """Forget a cue."""
        self.Happen("presets/delete", str(name))

    def Morph(self, a, b, t):
        """Stand between two cues: 0 is ``a``, 1 is ``b``."""
        self.Happen("presets/morph", str(a), str(b), float(t))

    def Vary(self):
        """Have nine variations of what stands offered; the studio shows them."""
        self.Happen("explore/next")

    def Pick(self, number, seconds=None):
        """Go to a variation, 1 to 9, in so many seconds; the next nine lead on from there."""
        self.Happen("explore/pick", int(number), *([] if seconds is None else [float(seconds)]))

    def Unpick(self):
        """Undo the last pick, or the last nine."""
        self.Happen("explore/back")

    def Keep(self, number, name):
        """Store a variation as a cue."""
        self.Happen("explore/keep", int(number), str(name))

    def Feed(self, text):
        """Give a text generator more text to go on from."""
        self.Happen("text/feed", str(text))

    def Generate(self, count=0):
        """Let a text generator write, ``count`` tokens or until it is stopped."""
        self.Happen("text/generate", *([int(count)] if count else []))

    def Draw(self, steps):
        """Begin a drawing by hand for a stroke generator: (dx, dy, pen) of each step, pen 0 down, 1 up, 2 end;
        a drawing's size is about 1."""
        self.Happen("stroke/feed", *[float(number) for step in steps for number in step])

    def Points(self):
        """The drawing in progress as (x, y, drawn) of each point; ``drawn``: the pen was down on the way there."""
        x, y, down, found = 0.0, 0.0, False, []
        for dx, dy, pen in self.link.strokes:
            x, y = x + dx, y + dy
            found.append((x, y, down))
            down = pen == "down"
        return found

    def ClearText(self):
        """Empty the text operators."""
        self.link.text = ""
        self.ownerComp.op("text").text = ""
        self.ownerComp.op("text_table").clear(keepFirstRow=True)

    def Panic(self, what="black", on=True):
        """``hold`` the picture, fade to ``black``, or go to the ``safe`` cue, whatever the generator does."""
        if what == "safe":
            self.Happen("/livegen/panic/safe")
        else:
            self.Set("/livegen/panic/" + what, bool(on))

    def Connect(self):
        """Open the connection; an open one is closed first."""
        self._prepare()
        self._do(self.link.start(self._now()))

    Reconnect = Connect

    def Disconnect(self):
        """Close it."""
        self._do(self.link.stop())
        self._show(self._now())

    def SyncParameters(self):
        """Fetch livegen's parameter list and rebuild the Model page from it; values stay."""
        url = paging.tree_url(self._par("Netaddress"), self._par("Port"), self._par("Token"))
        threading.Thread(target=paging.fetch, args=(url, self._fetched), daemon=True).start()

    def CreateCallbacks(self):
        """Put a Callbacks DAT beside the component, unless there is one already."""
        comp = self.ownerComp
        if comp.par.Callbacksdat.eval() is None:
            made = comp.parent().create("textDAT", comp.name + "_callbacks")
            made.text = comp.op("callbacks_template").text
            made.nodeX, made.nodeY = comp.nodeX, comp.nodeY - 150
            comp.par.Callbacksdat = made

    # Called by the operators inside --------------------------------------------------------

    def OnConnect(self):
        self._do(self.link.opened(self._now()))

    def OnDisconnect(self):
        self._do(self.link.closed(self._now()))

    def OnText(self, message):
        self._do(self.link.received_text(message, self._now()))

    def OnBinary(self, contents):
        self._do(self.link.received_binary(contents, self._now()))
        self._cook_once()

    def OnMonitor(self, message):
        if not self.link.connected:
            self.link.error = "WebSocket DAT: %s" % message

    def OnFrameEnd(self):
        """Once per TouchDesigner frame: latents, pending sets, timeouts, a fetched list, the status."""
        now, self._settled = self._now(), True
        self._send_latent()
        self._do(self.link.tick(now))
        while not self._fetched.empty():
            self._sync(*self._fetched.get())
        self._cook_once()
        if now - self._shown_at >= SHOWN_EVERY:
            self._show(now)

    def TakeFrame(self):
        """The newest frame that was not shown yet, or None. For the Script TOP's onCook."""
        frame, orders = self.link.take(self._now())
        self._do(orders)
        if frame is not None:
            self._tell("onFrame", {key: value for key, value in frame._asdict().items() if key != "payload"})
        return frame

    def Retry(self):
        """The wait after a lost connection is over."""
        self._do(self.link.retry(self._now()))

    def Failed(self, message):
        """Something inside went wrong: shown on the node, told to the callbacks."""
        self._do(self.link.fail(message))

    def StatusChannels(self):
        """(name, number) for each channel of the status CHOP."""
        link, said = self.link, self.link.status
        latency = said.get("latency_ms")
        shown = (
            link.connected, linking.STATES.index(link.state), link.fps(self._now()), link.latency_ms, link.dropped,
            link.frames, said.get("fps"), latency.get("p50") if isinstance(latency, dict) else latency,
        )
        return list(zip(CHANNELS, (float(x or 0) for x in shown)))

    def OnParChange(self, par):
        """A custom parameter changed, by hand, by expression or by export."""
        if not self._settled and par.name != "Active":
            return  # the defaults of a component that was just built or loaded are nobody's wish
        if par.name in self._changes:
            self._changes[par.name](par.eval())
            return
        news = self.page.news(par.name)
        if news is not None:
            self.Set(*news)

    def OnPulse(self, par):
        """A pulse parameter was pressed."""
        row = self.page.rows.get(par.name)
        if row is not None:
            self.Happen(row.address)
        elif par.name in self._plays:
            self._plays[par.name]()

    # Inside --------------------------------------------------------------------------------

    def _pulses(self):
        return {
            "Reconnect": self.Reconnect, "Syncparameters": self.SyncParameters, "Randomize": self.Randomize,
            "Reset": self.Reset, "Createcallbacks": self.CreateCallbacks, "Cleartext": self.ClearText,
            "Generate": self.Generate, "Feed": lambda: self.Feed(self._par("Feedtext")),
            "Recallpreset": lambda: self.Recall(self._par("Preset"), self._par("Glide")),
            "Storepreset": lambda: self.Store(self._par("Preset")),
            "Deletepreset": lambda: self.Delete(self._par("Preset")), "Safe": lambda: self.Panic("safe"),
            "Help": lambda: ui.viewFile(self._par("Helpurl")),
        }

    def _par_changes(self):
        changes = dict.fromkeys(("Netaddress", "Port", "Token", "Generator", "Codec", "Follow"), self._again)
        changes.update(dict.fromkeys(("Maxfps", "Maxsize", "Quality"), self._restyle))
        changes.update(dict.fromkeys(("Xy1", "Xy2"), self._send_xy))
        changes.update({
            "Active": lambda on: self.Connect() if on else self.Disconnect(),
            "Autoreconnect": lambda on: self._prepare(), "Freeze": self.Freeze, "Seed": self.Seed,
            "Hold": lambda on: self.Panic("hold", on), "Black": lambda on: self.Panic("black", on),
            "Morph": lambda t: self.Morph(self._par("Preset"), self._par("Presetb"), t),
        })
        return changes

    def _now(self):
        return time.perf_counter()

    def _par(self, name):
        return getattr(self.ownerComp.par, name).eval()

    def _address(self, name):
        return wire.full_address(self._par("Generator"), name)

    def _guarded(self, play):
        try:
            play()
        except (TypeError, ValueError) as error:
            self.Failed(str(error))

    def _prepare(self):
        link = self.link
        link.generator = self._par("Generator")
        link.reconnects = bool(self._par("Autoreconnect"))
        link.listens = "/livegen/%s/*" % link.generator if self._par("Follow") else ""
        link.greeting = wire.hello(
            link.generator, self._par("Codec"), self._par("Maxfps"), self._par("Maxsize"), self._par("Quality"),
            self._par("Token"), self.ownerComp.name,
        )

    def _again(self, value=None):
        if self._par("Active"):
            self.Reconnect()

    def _restyle(self, value=None):
        self._prepare()
        if self.link.connected:
            self._do([("send", wire.restyle(self._par("Quality"), self._par("Maxfps"), self._par("Maxsize")))])

    def _send_xy(self, value=None):
        self.Set("xy", self._par("Xy1"), self._par("Xy2"))

    def _send_latent(self):
        chop = self.ownerComp.op("in1")
        if chop is None or not chop.numChans or not self._par("Sendlatent"):
            return
        array = chop.numpyArray()
        # Many channels: one component each, the newest sample. One channel: its samples are the latent.
        values = (array[:, -1] if array.shape[0] > 1 else array[0]).tolist()
        if values != self._latent:
            self._latent = values
            self.SetLatent(values, self._par("Latentstart"))

    def _cook_once(self):
        """Before 2025 a Script TOP cooks only when asked to; at most once per TouchDesigner frame."""
        frame = self.ownerComp.op("frame")
        if not self.link.waiting or hasattr(frame.par, "modoutsidecook") or self._cooked == absTime.frame:
            return
        self._cooked = absTime.frame
        frame.cook(force=True)

    def _do(self, orders):
        """Carry out the link's orders."""
        socket = self.ownerComp.op("websocket1")
        for order in orders:
            if order[0] == "send":
                socket.sendText(order[1])
            elif order[0] == "open":
                socket.par.netaddress, socket.par.port = self._par("Netaddress"), self._par("Port")
                socket.par.active = True
            elif order[0] == "close":
                socket.par.active = False
            elif order[0] == "retry":
                self._later("args[0].Retry()", order[1])
            else:
                self._tell(order[1], order[2])

    def _later(self, script, seconds):
        frames = max(1, int(seconds * project.cookRate))
        # Through the component: this extension may have been replaced by then. Timed by TDResources: a paused
        # timeline must not stop the reconnecting.
        run(script, self.ownerComp, delayFrames=frames, fromOP=self.ownerComp, delayRef=op.TDResources)

    def _tell(self, name, info):
        """Write what the message means into the operators, then call the performer's callback."""
        if name == "onText":
            self._write_text(info)
        elif name == "onParam":
            self.page.follow(info.get("values") or {})
        dat = self.ownerComp.par.Callbacksdat.eval()
        callback = getattr(dat.module, name, None) if dat is not None else None
        if callback is None:
            return
        try:
            callback(dict(info, ownerComp=self.ownerComp))
        except Exception as error:
            # An edge: a performer's mistake must not stop the pictures. It is shown on the node.
            self.link.error = "%s in %s: %s" % (type(error).__name__, name, error)
            if hasattr(self.ownerComp, "addScriptError"):
                self.ownerComp.addScriptError(self.link.error)

    def _write_text(self, said):
        self.ownerComp.op("text").text = self.link.text
        table = self.ownerComp.op("text_table")
        stream = self.link.streams.get(said.get("stream"), {})
        table.appendRow([
            said.get("seq", ""), "%.3f" % self._now(), stream.get("name", ""), said.get("delta", ""), self.link.text,
            int(bool(said.get("done"))),
        ])
        while table.numRows > TEXT_ROWS + 1:
            table.deleteRow(1)

    def _sync(self, found, problem):
        if problem:
            self.Failed(problem)
        elif self.page.sync(found, self._par("Generator")):
            self.link.error = ""
        else:
            self.Failed("this stage has no parameters for a generator %r" % self._par("Generator"))

    def _show(self, now):
        """Write the read-only parameters."""
        self._shown_at = now
        link, par = self.link, self.ownerComp.par
        shown = {
            "Status": link.state, "Fps": link.fps(now), "Latencyms": link.latency_ms, "Dropped": link.dropped,
            "Frame": link.frames, "Lasterror": link.error, "Server": link.server,
            "Modelname": ", ".join(str(row.get("name", "")) for row in link.streams.values()),
        }
        for name, value in shown.items():
            if getattr(par, name).eval() != value:
                setattr(par, name, value)
