"""A TouchDesigner process in miniature: frames, delayed runs, cooks, callbacks and, if wished, real sockets."""

import contextlib
import queue
import threading
import types
from pathlib import Path

from td_fakes import FakeCOMP
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

CLIENT = Path(__file__).parents[3] / "clients" / "touchdesigner"


class Socket:
    """A real WebSocket behind a fake WebSocket DAT: a thread reads, the frame loop calls back."""

    def __init__(self, address, port, heard):
        self.heard, self.connection = heard, None
        self._url = f"ws://{address.split('://')[-1]}:{port}"
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        try:
            # TouchDesigner sends no Origin, no sub-protocol and no path.
            with connect(self._url, compression=None, max_size=None, proxy=None, user_agent_header=None) as self.connection:
                self.heard.put(("onConnect", self))
                for message in self.connection:
                    name = "onReceiveText" if isinstance(message, str) else "onReceiveBinary"
                    self.heard.put((name, self, message))
        except (OSError, ConnectionClosed, TimeoutError):
            pass
        self.heard.put(("onDisconnect", self))

    def send(self, text):
        with contextlib.suppress(ConnectionClosed):  # its onDisconnect is on the way
            self.connection.send(text)

    def close(self):
        if self.connection is not None:
            self.connection.close()


class Wire:
    """A wire for tests without a server: keeps what was sent."""

    def __init__(self):
        self.sent = []

    def send(self, text):
        self.sent.append(text)

    def close(self):
        pass


class World:
    """One TouchDesigner process of a given year's builds."""

    def __init__(self, year=2025, dial=None):
        self.year, self.dial = year, dial or (lambda dat: Wire())
        self.cooking, self.pongs, self.used = None, [], True
        self.heard = queue.Queue()
        self.absTime = types.SimpleNamespace(frame=0)
        self._runs, self._changed, self._pulsed = [], [], []
        self.sockets = []
        self.root = FakeCOMP(self, "baseCOMP", "project1", None)

    # What TouchDesigner's Python offers everywhere -----------------------------------------

    def builtins(self, dat):
        """The names that a DAT's script can use without an import."""
        offered = {
            "me": dat, "parent": lambda *up: dat.parent(), "run": self.run, "absTime": self.absTime,
            "project": types.SimpleNamespace(cookRate=60.0), "app": types.SimpleNamespace(version="099", build=f"{self.year}.1"),
            "op": Finder(dat.parent()), "mod": Modules(dat.parent()), "debug": lambda *said: None,
        }
        if self.year >= 2025:
            offered["CookLevel"] = types.SimpleNamespace(WHEN_USED="when used")
        return offered

    def run(self, script, *args, delayFrames=0, delayMilliSeconds=0, fromOP=None, delayRef=None, endFrame=False):
        self._runs.append((self.absTime.frame + max(1, delayFrames), script, args))

    def build(self, name="livegen", live=False):
        """Run the shipped builder as the Textport would; returns the component."""
        scope = self.builtins(self.root) | {"parent": lambda: self.root}
        exec((CLIENT / "build_livegen.py").read_text(encoding="utf-8"), scope)
        return scope["build"](self.root, str(CLIENT), name, live)

    # What operators report -----------------------------------------------------------------

    def changed(self, par, before):
        if par.owner.OPType == "websocketDAT" and par.name == "active":
            self._switch(par.owner, par.eval())
        if par.isCustom:
            self._changed.append((par, before))

    def pulsed(self, par):
        if par.name == "reinitextensions":
            pars = par.owner.par
            text = getattr(pars, "ext0object" if hasattr(pars, "ext0object") else "extension1").eval()
            par.owner.extension = eval(text, {"op": lambda path: par.owner.op(path.removeprefix("./")), "me": par.owner})
        elif par.isCustom:
            self._pulsed.append(par)

    def destroyed(self, op):
        for child in list(getattr(op, "children", {}).values()):
            child.destroy()
        if op.OPType == "websocketDAT":
            self._switch(op, False)

    def _switch(self, dat, on):
        if dat.wire is not None:
            dat.wire.close()
        dat.wire = self.dial(dat) if on else None
        self.sockets = [each for each in self.sockets if each is not dat] + [dat] * on

    # Time ----------------------------------------------------------------------------------

    def frame(self):
        """One frame: delayed runs, sockets, parameter callbacks, cooks, the end of the frame."""
        self.absTime.frame += 1
        due = [item for item in self._runs if item[0] <= self.absTime.frame]
        self._runs = [item for item in self._runs if item not in due]
        for _, script, args in due:
            exec(script, {"args": args})
        self._deliver()
        comps = [op for op in list(self.root.children.values()) if isinstance(op, FakeCOMP)]
        changed, self._changed = self._changed, []
        pulsed, self._pulsed = self._pulsed, []
        for comp in comps:
            watcher = comp.op("par_execute")
            for par, before in changed:
                if par.owner is comp and watcher.par.valuechange.eval():
                    watcher.module.onValueChange(par, before)
            for par in pulsed:
                if par.owner is comp:
                    watcher.module.onPulse(par)
            if self.year >= 2025 and self.used:
                self.cook(comp.op("frame"))
            self.cook(comp.op("status"))
            if comp.op("tick_execute").par.frameend.eval():
                comp.op("tick_execute").module.onFrameEnd(self.absTime.frame)

    def cook(self, op):
        """Let a script operator cook."""
        before, self.cooking = self.cooking, op
        try:
            op.parent().op(op.par.callbacks.eval()).module.onCook(op)
        finally:
            self.cooking = before

    def hear(self, dat, name, *given):
        """Have the WebSocket DAT call one of its callbacks."""
        module = dat.parent().op(dat.par.callbacks.eval()).module
        if name == "onReceiveText":
            module.onReceiveText(dat, 0, *given)
        else:
            getattr(module, name)(dat, *given)

    def _deliver(self):
        while not self.heard.empty():
            name, socket, *given = self.heard.get()
            for dat in [dat for dat in self.sockets if dat.wire is socket]:
                self.hear(dat, name, *given)


class Finder:
    """``op``: finds operators beside the asking one, and holds TouchDesigner's own resources."""

    TDResources = object()

    def __init__(self, comp):
        self._comp = comp

    def __call__(self, path):
        return self._comp.op(path)


class Modules:
    """``mod``: the DATs beside the asking one, as modules."""

    def __init__(self, comp):
        self._comp = comp

    def __getattr__(self, name):
        return self._comp.op(name).module


def real_sockets(world):
    """Have the world's WebSocket DATs open real connections."""
    world.dial = lambda dat: Socket(dat.par.netaddress.eval(), dat.par.port.eval(), world.heard)
    return world
