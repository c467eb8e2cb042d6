"""The front of the house: what a running stage shows to its web door and to whoever sits at the terminal."""

import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING

from . import __version__, reports
from .opening import LOOPBACK, reachable_at
from .web import docs
from .web.stage import Stage
from .wire import oscquery

if TYPE_CHECKING:
    from .app import App


def stage_of(app: "App") -> Stage:
    """What the web door may ask of ``app``."""
    arguments = app.arguments
    beyond = arguments.host not in LOOPBACK
    name = socket.gethostname()
    board = app.ensemble.board
    return Stage(
        board=board,
        hub=app.hub,
        clock=app.clock,
        apply=app.wings.box.hear,
        osc_apply=app._osc_packet,
        osc_packet=oscquery.packet,
        streams=app.streams,
        usual=app.usual,
        health=app.health,
        cues=app.ensemble.cues,
        tree=lambda path: oscquery.node(board, path),
        attribute=lambda path, name: oscquery.attribute(board, path, name),
        host_info=lambda: oscquery.host_info(f"livegen {__version__}", reachable_at(arguments.host), app.door.port),
        docs=lambda: docs.page(board, reachable_at(arguments.host), app.door.port, app.ensemble.first),
        thumbs=lambda cue, stream: app.gallery.jpeg(cue, stream or app.ensemble.first),
        past=app.wings.past.index,
        glimpses=app.wings.past.jpeg,
        models=app.programme.models,
        maps=app.wings.teacher.show,
        pictures=app.programme.picture,
        heard=lambda since: reports.lines_since(app.doors, since),
        sources=app.wings.sources.lines,
        ask=app.asking.ask,
        bring=app.bringing.take,
        hush=app._hush,
        show=app.ensemble.seeing.show,
        files=app.pages,
        loose=("/p5/", "/my/"),
        token=app.token,
        hosts=(name, f"{name}.local", f"{name.split('.')[0]}.local") if beyond else (),
        origins=tuple(arguments.allow_origin),
        epoch=app.epoch,
        version=__version__,
    )


def addresses(app: "App") -> Sequence[tuple[str, str]]:
    """Where to look and what to type, for the terminal."""
    port = app.door.port
    here = reachable_at(app.arguments.host)
    rows = [
        ("studio", app.url()),
        ("p5.js", app.url("p5/")),
        *(("your sketch", app.url(url[1:])) for url in app.pages if url.startswith("/my/") and url.endswith("/")),
        ("osc", f"{here}  UDP port {port}    every address: {app.url('docs/osc')}"),
        ("touchdesigner", f"WebSocket DAT  address {here}  port {port}    OSC Out  {here}  port {port}"),
        ("patch", f"{app.path}  (edit it while it plays)"),
    ]
    if app.taking.recorder is not None:
        rows.append(("take", str(app.taking.recorder.path)))
    if app.wings.filming.path is not None:
        rows.append(("film", str(app.wings.filming.path)))
    if here not in LOOPBACK:
        rows.insert(1, ("from the network", f"http://{here}:{port}/#token={app.token}"))
    return rows
