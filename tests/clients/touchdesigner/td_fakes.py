"""Stand-ins for TouchDesigner's operators, written from Derivative's documentation.

They refuse what the documentation rules out: names of custom parameters, parameters that an
operator does not have, arrays of the wrong kind, uploads outside a cook. What the documentation
leaves open they cannot know.
"""

import io
import re
import types

import numpy as np
from PIL import Image

NAME_RULE = re.compile(r"[A-Z][a-z0-9]*")
FILE_PARS = ("file", "syncfile", "loadonstart", "write", "language", "extension")
BUILTIN = {
    "baseCOMP": ("reinitextensions", "initextonstart"),
    "textDAT": FILE_PARS,
    "tableDAT": FILE_PARS,
    "websocketDAT": (
        "active", "netaddress", "port", "timeout", "callbacks", "executeloc", "fromop", "clamp", "maxlines", "clear", "bytes",
    ),
    "scriptTOP": ("callbacks", "setuppars"),
    "scriptCHOP": ("callbacks", "setuppars"),
    "parameterexecuteDAT": (
        "active", "op", "pars", "valuechange", "valueschanged", "onpulse", "expressionchange", "exportchange",
        "enablechange", "modechange", "custom", "builtin", *FILE_PARS,
    ),
    "executeDAT": (
        "active", "start", "create", "exit", "framestart", "frameend", "playstatechange", "devicechange", *FILE_PARS,
    ),
    "inCHOP": ("label",), "outTOP": ("label",), "outCHOP": ("label",), "outDAT": ("label",),
}
ADDED = {
    2022: {"baseCOMP": ("extension1", "extname1", "promoteextension1")},
    2023: {"baseCOMP": ("ext0object", "ext0name", "ext0promote")},
    2025: {"baseCOMP": ("ext0object", "ext0name", "ext0promote"), "scriptTOP": ("modoutsidecook",), "scriptCHOP": ("modoutsidecook",)},
}
"""Parameters that came or changed with a year's builds."""
HAS_DOCKED = ("websocketDAT", "scriptTOP", "scriptCHOP")


class FakePar:
    """A parameter: its value, its range, and whether it is the component's own."""

    def __init__(self, owner, name, style="Str", custom=False):
        self.owner, self.name, self.style, self.isCustom = owner, name, style, custom
        self._val = {"Toggle": False, "Int": 0, "Float": 0.0, "Menu": "", "DAT": None}.get(style, "")
        self.default = self._val
        self.min, self.max, self.normMin, self.normMax = 0, 1, 0, 1
        self.clampMin = self.clampMax = self.readOnly = False
        self.menuNames = self.menuLabels = []
        self.label, self.help = name, ""

    @property
    def val(self):
        return self._val

    @val.setter
    def val(self, value):
        before, self._val = self._val, self._coerce(value)
        if before != self._val:
            self.owner.world.changed(self, before)

    def eval(self):
        return self._val

    def pulse(self, value=1, frames=0, seconds=0):
        self.owner.world.pulsed(self)

    def destroy(self):
        assert self.isCustom, f"built-in parameter {self.name} cannot be destroyed"
        del self.owner.par._pars[self.name]

    def _coerce(self, value):
        if not self.isCustom:
            return value
        if self.style == "Toggle":
            return bool(value)
        if self.style in ("Int", "Float"):
            number = (int if self.style == "Int" else float)(value)
            number = max(number, self.min) if self.clampMin else number
            return min(number, self.max) if self.clampMax else number
        if self.style == "Menu":
            assert value in self.menuNames, f"{value!r} is not in the menu of {self.name}: {self.menuNames}"
        return value if self.style == "DAT" else str(value)


class FakePars:
    """``op.par``: setting an attribute sets a value, an unknown name is an error."""

    def __init__(self, names, owner):
        object.__setattr__(self, "_pars", {name: FakePar(owner, name) for name in names})

    def __getattr__(self, name):
        try:
            return self._pars[name]
        except KeyError:
            raise AttributeError(f"no parameter {name}") from None

    def __setattr__(self, name, value):
        getattr(self, name).val = value


class FakePage:
    """A page of custom parameters."""

    def __init__(self, owner, name):
        self.owner, self.name = owner, name

    def __getattr__(self, method):
        if not method.startswith("append"):
            raise AttributeError(method)
        style = method.removeprefix("append")
        assert style in ("Float", "Int", "Toggle", "Menu", "Str", "Pulse", "DAT", "RGBA"), f"no {method} in the Page class"
        return lambda name, label=None, size=1, order=None, replace=True: self._append(style, name, label, size)

    def _append(self, style, name, label, size):
        assert NAME_RULE.fullmatch(name), f"TouchDesigner refuses {name!r} as a custom parameter's name"
        for part in [name] if size == 1 else [f"{name}{i + 1}" for i in range(size)]:
            made = FakePar(self.owner, part, style, custom=True)
            made.label, made.page = label or name, self
            self.owner.par._pars[part] = made


class FakeConnector:
    def __init__(self, owner):
        self.owner, self.connections = owner, []

    def connect(self, other):
        self.connections.append(other)
        other.inputs.append(self.owner)


class FakeOp:
    """An operator of any family; the families' own faces are below."""

    def __init__(self, world, kind, name, parent):
        self.world, self.OPType, self.name, self._parent = world, kind, name, parent
        self.par = FakePars(BUILTIN[kind] + ADDED[world.year].get(kind, ()), self)
        self.nodeX = self.nodeY = 0
        self.docked, self._dock, self.inputs, self.valid = [], None, [], True
        self.outputConnectors, self.storage = [FakeConnector(self)], {}

    def parent(self):
        return self._parent

    def fetch(self, key, default=None, search=True, storeDefault=False):
        return self.storage.get(key, default)

    def store(self, key, value):
        self.storage[key] = value

    def unstore(self, keys):
        del self.storage[keys]

    @property
    def dock(self):
        return self._dock

    @dock.setter
    def dock(self, other):
        self._dock = other
        other.docked.append(self)

    def destroy(self):
        self.valid = False
        if self._dock is not None:
            self._dock.docked.remove(self)
        del self._parent.children[self.name]
        self.world.destroyed(self)

    def cook(self, force=False):
        self.world.cook(self)


class FakeDAT(FakeOp):
    """A DAT: text or table, and its text as a module of its own."""

    def __init__(self, *args):
        super().__init__(*args)
        self._text, self._module, self.rows = "", None, []

    @property
    def text(self):
        return self._text

    @text.setter
    def text(self, text):
        self._text, self._module = text, None

    @property
    def module(self):
        if self._module is None:
            self._module = types.ModuleType(self.name)
            vars(self._module).update(self.world.builtins(self))
            exec(compile(self._text, f"{self.name}.py", "exec"), vars(self._module))
        return self._module

    @property
    def numRows(self):
        return len(self.rows)

    def clear(self, keepSize=False, keepFirstRow=False, keepFirstCol=False):
        self.rows = self.rows[:1] if keepFirstRow else []

    def appendRow(self, vals):
        self.rows.append([str(x) for x in vals])
        return len(self.rows) - 1

    def deleteRow(self, index):
        del self.rows[index]


class FakeWebsocketDAT(FakeDAT):
    """Sends through whatever wire the world put in, and needs its callbacks before it connects."""

    wire = None

    def sendText(self, *parts):
        assert all(isinstance(part, str) for part in parts), "sendText takes strings"
        if self.wire is None:
            return -1
        text = "".join(parts)
        self.wire.send(text)
        return len(text)

    def sendPong(self, contents):
        self.world.pongs.append(bytes(contents))
        return len(contents)


class FakeScriptTOP(FakeOp):
    """The picture it holds is kept as TouchDesigner keeps it: row 0 is the bottom row."""

    picture = None
    uploads = 0

    def copyNumpyArray(self, numpyArray, is3D=False, isCube=False):
        self._inside_a_cook()
        assert isinstance(numpyArray, np.ndarray), "copyNumpyArray takes a NumPy array"
        assert numpyArray.dtype in (np.uint8, np.uint16, np.float32), f"dtype {numpyArray.dtype} is not taken"
        assert numpyArray.ndim == 3 and 1 <= numpyArray.shape[2] <= 4, f"shape {numpyArray.shape} is not (h, w, 1..4)"
        assert numpyArray.flags.c_contiguous, "views with gaps or negative strides are not safe"
        self.picture, self.uploads = numpyArray.copy(), self.uploads + 1

    def loadByteArray(self, fileType, byteArray):
        self._inside_a_cook()
        assert "." in fileType, "the extension must include the period"
        assert isinstance(byteArray, (bytes, bytearray)), "bytes or bytearray"
        try:
            with Image.open(io.BytesIO(byteArray)) as opened:
                self.picture = np.asarray(opened.convert("RGBA"))[::-1].copy()
        except OSError:
            return False
        self.uploads += 1
        return True

    def _inside_a_cook(self):
        assert self.world.cooking is self, "outside onCook this has unexpected results"


class FakeScriptCHOP(FakeOp):
    def __init__(self, *args):
        super().__init__(*args)
        self.channels = {}

    def clear(self):
        assert self.world.cooking is self
        self.channels = {}

    def appendChan(self, name):
        assert self.world.cooking is self
        return self.channels.setdefault(name, {})


class FakeInCHOP(FakeOp):
    """What is wired into the component, as (channels, samples) float32."""

    array = np.zeros((0, 0), np.float32)

    @property
    def numChans(self):
        return self.array.shape[0]

    def numpyArray(self):
        return self.array


class FakeCOMP(FakeOp):
    """A component: children, custom pages, storage, and an extension whose capitals are promoted."""

    def __init__(self, *args):
        super().__init__(*args)
        self.children, self.customPages, self.extension = {}, [], None
        self.scriptErrors = []

    def create(self, kind, name):
        kind = kind if isinstance(kind, str) else kind.__name__
        free, count = name, 1
        while free in self.children:
            free, count = f"{name}{count}", count + 1
        made = self.children[free] = FAMILIES.get(kind, FakeOp)(self.world, kind, free, self)
        if kind in HAS_DOCKED:
            docked = self.create("textDAT", free + "_callbacks")
            docked.dock = made
            made.par.callbacks = docked.name
        return made

    def op(self, path):
        return self.children.get(path)

    def appendCustomPage(self, name):
        self.customPages.append(FakePage(self, name))
        return self.customPages[-1]

    @property
    def customPars(self):
        return [par for par in self.par._pars.values() if par.isCustom]

    def addScriptError(self, message):
        self.scriptErrors.append(message)

    def __getattr__(self, name):
        extension = self.__dict__.get("extension")
        if name[:1].isupper() and extension is not None:
            return getattr(extension, name)
        raise AttributeError(name)


FAMILIES = {
    "baseCOMP": FakeCOMP, "textDAT": FakeDAT, "tableDAT": FakeDAT, "parameterexecuteDAT": FakeDAT,
    "executeDAT": FakeDAT, "websocketDAT": FakeWebsocketDAT, "scriptTOP": FakeScriptTOP,
    "scriptCHOP": FakeScriptCHOP, "inCHOP": FakeInCHOP,
}
