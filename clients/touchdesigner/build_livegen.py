"""Builds the livegen component out of the text files in this folder, with TouchDesigner's own Python.

In the Textport (Alt+T), with the path to this file on your machine::

    exec(open(r'C:/path/to/livegen/clients/touchdesigner/build_livegen.py', encoding='utf-8').read())
    build(op('/project1'), r'C:/path/to/livegen/clients/touchdesigner')

Builds /project1/livegen. ``live=True`` keeps the operators in step with the files while you edit
them; without it the component carries its own copy and can be saved as one .tox.
Nothing is installed. Standard library only, Python 3.9 syntax.
"""

import collections
import os

VERSION = "0.1.0"
HELP_URL = "http://127.0.0.1:9210/docs/osc"
MODULES = ("livegen_wire", "livegen_tree", "livegen_link", "livegen_page", "LivegenEXT")
STATES = ("offline", "connecting", "loading", "running", "error")

Par = collections.namedtuple("Par", "style name label value low high choices read_only")


def par(style, name, label, value=None, low=None, high=None, choices=(), read_only=False):
    """One fixed custom parameter."""
    return Par(style, name, label, value, low, high, tuple(choices), read_only)


PAGES = (
    ("Livegen", (
        par("Toggle", "Active", "Active", False),
        par("Str", "Netaddress", "Network Address", "127.0.0.1"),
        par("Int", "Port", "Port", 9210, 1, 65535),
        par("Str", "Generator", "Generator", "main"),
        par("Str", "Token", "Token", ""),
        par("Toggle", "Autoreconnect", "Auto Reconnect", True),
        par("Pulse", "Reconnect", "Reconnect"),
        par("Pulse", "Syncparameters", "Sync Parameters"),
        par("Toggle", "Follow", "Follow Others", False),
        par("Menu", "Status", "Status", "offline", choices=STATES, read_only=True),
        par("Float", "Fps", "FPS", 0.0, 0, 120, read_only=True),
        par("Float", "Latencyms", "Latency ms", 0.0, 0, 1000, read_only=True),
        par("Int", "Dropped", "Dropped", 0, read_only=True),
        par("Int", "Frame", "Frame", 0, read_only=True),
        par("Str", "Modelname", "Generators of the Stage", "", read_only=True),
        par("Str", "Server", "Server", "", read_only=True),
        par("Str", "Lasterror", "Last Error", "", read_only=True),
    )),
    ("Latent", (
        par("Int", "Seed", "Seed", 0, -1, 2**31 - 1),
        par("Pulse", "Randomize", "Randomize"),
        par("Pulse", "Reset", "Reset"),
        par("Toggle", "Freeze", "Freeze", False),
        par("Float", "Xy1", "X", 0.5, 0, 1),
        par("Float", "Xy2", "Y", 0.5, 0, 1),
        par("Toggle", "Sendlatent", "Send In CHOP as Latent", True),
        par("Int", "Latentstart", "First Component", 0, 0, 4095),
    )),
    ("Text", (
        par("Str", "Feedtext", "Text to Feed", ""),
        par("Pulse", "Feed", "Feed"),
        par("Pulse", "Generate", "Generate"),
        par("Pulse", "Cleartext", "Clear Text"),
    )),
    ("Presets", (
        par("Str", "Preset", "Preset", ""),
        par("Float", "Glide", "Seconds", 2.0, 0, 30),
        par("Pulse", "Recallpreset", "Recall"),
        par("Pulse", "Storepreset", "Store"),
        par("Pulse", "Deletepreset", "Delete"),
        par("Str", "Presetb", "Morph Towards", ""),
        par("Float", "Morph", "Morph", 0.0, 0, 1),
        par("Toggle", "Hold", "Panic: Hold", False),
        par("Toggle", "Black", "Panic: Black", False),
        par("Pulse", "Safe", "Panic: Safe Cue"),
    )),
    ("Output", (
        par("Menu", "Codec", "Pictures As", "jpeg", choices=("jpeg", "raw")),
        par("Int", "Maxfps", "Max FPS", 60, 1, 240),
        par("Int", "Maxsize", "Longest Side", 1280, 16, 8192),
        par("Int", "Quality", "JPEG Quality (0: the Stage's)", 0, 0, 100),
    )),
    ("Callbacks", (
        par("DAT", "Callbacksdat", "Callbacks DAT"),
        par("Pulse", "Createcallbacks", "Create Callbacks"),
    )),
    ("About", (
        par("Str", "Version", "Version", VERSION, read_only=True),
        par("Str", "Toxsavebuild", "Built In", "", read_only=True),
        par("Str", "Helpurl", "Help Address", HELP_URL),
        par("Pulse", "Help", "Help"),
    )),
)


def build(parent_op, source, name="livegen", live=False):
    """Create the component inside ``parent_op`` from the files in ``source``; returns it.

    An older one of the same name is replaced; the values of its parameters are carried over.
    """
    old = parent_op.op(name)
    kept = values_of(old) if old is not None else {}
    if old is not None:
        old.destroy()
    comp = parent_op.create("baseCOMP", name)
    make_pages(comp)
    make_network(comp, source, live)
    if hasattr(app, "build"):
        comp.par.Toxsavebuild = "%s %s" % (getattr(app, "version", ""), app.build)
    for par_name, value in kept.items():
        if hasattr(comp.par, par_name):
            setattr(comp.par, par_name, value)
    attach_extension(comp)
    return comp


def values_of(comp):
    """What a performer set on an earlier component; ``Active`` last of all would connect too early."""
    fixed = {row.name for _, rows in PAGES for row in rows if not row.read_only and row.style not in ("Pulse", "DAT")}
    return {p.name: p.eval() for p in comp.customPars if p.name in fixed - {"Active"}}


def make_pages(comp):
    """Create the custom parameters."""
    for title, rows in PAGES:
        page = comp.appendCustomPage(title)
        for row in rows:
            getattr(page, "append" + row.style)(row.name, label=row.label)
            made = getattr(comp.par, row.name)
            if row.choices:
                made.menuNames, made.menuLabels = list(row.choices), [word.title() for word in row.choices]
            if row.low is not None:
                made.min, made.max, made.clampMin, made.clampMax = row.low, row.high, True, True
                made.normMin, made.normMax = row.low, min(row.high, 100000)
            if row.value is not None:
                made.default = row.value
                made.val = row.value
            made.readOnly = row.read_only


def make_network(comp, source, live):
    """Create the operators inside and wire them."""
    for index, word in enumerate((*MODULES, "callbacks_template")):
        fill(place(comp.create("textDAT", word), index * 150, 400), source, word, live)
    socket = place(comp.create("websocketDAT", "websocket1"), 0, 0)
    # Set before it may connect: a message without a Callbacks DAT crashes builds before 2025.31550.
    callbacks(comp, socket, source, "ws_callbacks", live)
    socket.par.active = False
    # A table that nobody reads only costs time.
    socket.par.maxlines = 1
    frame = place(comp.create("scriptTOP", "frame"), 300, 0)
    callbacks(comp, frame, source, "frame_callbacks", live)
    status = place(comp.create("scriptCHOP", "status"), 300, -200)
    callbacks(comp, status, source, "status_callbacks", live)
    text = place(comp.create("textDAT", "text"), 0, -400)
    text.text = ""
    table = place(comp.create("tableDAT", "text_table"), 300, -400)
    table.clear()
    table.appendRow(["seq", "time", "generator", "delta", "text", "done"])
    place(comp.create("inCHOP", "in1"), 0, -200)
    for kind, word, inside, y in (
        ("outTOP", "out1", frame, 0), ("outCHOP", "out2", status, -200), ("outDAT", "out3", table, -400),
    ):
        inside.outputConnectors[0].connect(place(comp.create(kind, word), 500, y))
    watch_parameters(fill(place(comp.create("parameterexecuteDAT", "par_execute"), 0, 200), source, "par_execute", live))
    tick = fill(place(comp.create("executeDAT", "tick_execute"), 150, 200), source, "tick_execute", live)
    tick.par.frameend = True
    tick.par.active = True


def watch_parameters(dat):
    """Have a Parameter Execute DAT watch every custom parameter of the component around it."""
    dat.par.op = ".."
    dat.par.pars = "*"
    dat.par.custom, dat.par.builtin = True, False
    dat.par.valuechange, dat.par.onpulse = True, True
    dat.par.active = True


def callbacks(comp, operator, source, word, live):
    """Give ``operator`` our callbacks in place of the ones it was created with."""
    for docked in list(operator.docked):
        docked.destroy()
    dat = fill(comp.create("textDAT", word), source, word, live)
    dat.dock = operator
    operator.par.callbacks = dat.name


def fill(dat, source, word, live):
    """Put a file's text into ``dat``; with ``live`` the operator follows the file."""
    path = os.path.join(source, word + ".py")
    with open(path, encoding="utf-8") as file:
        dat.text = file.read()
    if hasattr(dat.par, "language"):
        dat.par.language = "python"
    if live:
        dat.par.file = path.replace("\\", "/")
        dat.par.syncfile = True
    return dat


def place(operator, x, y):
    """Set where an operator lies in the network."""
    operator.nodeX, operator.nodeY = x, y
    return operator


def attach_extension(comp):
    """Attach and promote the extension; the parameters changed their names over TouchDesigner's builds."""
    made = "op('./LivegenEXT').module.LivegenEXT(me)"
    if hasattr(comp.par, "ext0object"):
        comp.par.ext0object = made
        comp.par.ext0promote = True
    else:
        comp.par.extension1 = made
        comp.par.promoteextension1 = True
    comp.par.reinitextensions.pulse()
