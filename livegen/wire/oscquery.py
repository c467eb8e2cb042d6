"""OSCQuery: the board as a tree of nodes that any OSCQuery client can read (Vidvox's proposal).

Pure functions from a board to JSON-ready values. Beside the proposal's own attributes there are
``DEFAULT_VALUE`` (as ossia writes it) and ``LIVEGEN``, an object with what only livegen's own
pages need; both are named in HOST_INFO's EXTENSIONS.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ..board import Board
from ..errors import UnknownParam
from ..params import BOOL, COMMAND, ENUM, FLOAT, INT, READ, STRING, TRIGGER, VECTOR, WRITE, Param
from .osc import encode

Node = dict[str, Any]

SHORT_VECTOR = 4
"""Vectors up to this size are read and written whole; longer ones show single components."""
TAGS = {FLOAT: "f", INT: "i", BOOL: "T", STRING: "s", ENUM: "s", TRIGGER: "I"}
CONTAINERS = {
    "/": "livegen: a live server for generative art",
    "/livegen": "The stage",
    "/livegen/info": "What plays here",
    "/livegen/status": "How the show is",
    "/livegen/panic": "What always answers",
}
EXTENSIONS = (
    "ACCESS", "VALUE", "RANGE", "DESCRIPTION", "TAGS", "EXTENDED_TYPE", "UNIT", "CRITICAL", "CLIPMODE",
    "LISTEN", "PATH_CHANGED", "PATH_ADDED", "PATH_REMOVED", "OSC_STREAMING", "DEFAULT_VALUE", "LIVEGEN",
)  # fmt: skip
ATTRIBUTES = frozenset(EXTENSIONS[:9]) | {"FULL_PATH", "CONTENTS", "TYPE", "DEFAULT_VALUE", "LIVEGEN"}
NOBODY = "an OSCQuery client"


def node(board: Board, path: str) -> Node | None:
    """The node at ``path`` with everything under it, or None.

    Aliases can be asked for; only ``/normalized`` ranges and the first components of long vectors
    stand in the tree themselves, so that a page never shows a knob twice.
    """
    path = "/" + path.strip("/")
    try:
        return _node(board, path)
    except UnknownParam:  # another patch took over in between
        return _node(board, path)


def _node(board: Board, path: str) -> Node | None:
    root = _container("/")
    for param in board.params.values():
        address = param.address
        if path in ("/", address) or address.startswith(f"{path}/") or path.startswith(f"{address}/"):
            _place(root, board, param)
    found: Node | None = root
    for name in path.split("/")[1:] if path != "/" else ():
        found = found.get("CONTENTS", {}).get(name) if found else None
    return found or _aliased(board, path)


def attribute(board: Board, path: str, name: str) -> tuple[int, Node | None]:
    """One attribute of a node: (200, {name: …}); (204, None) where the node has no such thing, as
    the value of what can only be written; (400, None) for an attribute that this server does not
    know; (404, None) where nothing is at ``path``."""
    if name not in ATTRIBUTES:
        return 400, None
    found = node(board, path)
    if found is None:
        return 404, None
    return (200, {name: found[name]}) if name in found else (204, None)


def host_info(name: str, ip: str, port: int) -> Node:
    """What ``?HOST_INFO`` tells. One port number for everything: some clients read only one of them."""
    return {
        "NAME": name, "OSC_IP": ip, "OSC_PORT": port, "OSC_TRANSPORT": "UDP", "WS_IP": ip, "WS_PORT": port,
        "EXTENSIONS": dict.fromkeys(EXTENSIONS, True),
    }  # fmt: skip


def differences(before: Mapping[str, Param], after: Mapping[str, Param]) -> list[tuple[str, str]]:
    """What a reloaded patch did to the tree, as (command, path) to send to OSCQuery clients.

    A container that came or went as a whole is told once, by its own path.
    """
    old, new = set(before), set(after)
    gone = _topmost(old - new, new)
    came = _topmost(new - old, old)
    changed = [path for path in after if path in before and before[path] != after[path]]
    return [
        *(("PATH_REMOVED", path) for path in gone),
        *(("PATH_ADDED", path) for path in came),
        *(("PATH_CHANGED", path) for path in changed),
    ]


def heard_at(board: Board, address: str, paths: Iterable[str]) -> list[str]:
    """Which of the listened ``paths`` show a change of ``address``: itself, its range, a component of
    it, or another name for it. ``board.value(path)`` is what to tell."""
    aliases = board.aliases
    return [
        path for path in paths if path == address or (path in aliases and aliases[path].address == address)
    ]


def packet(address: str, value: Any) -> bytes:
    """A value as an OSC message, whatever the board holds there. Raises BadPacket."""
    return encode(address, value if isinstance(value, tuple) else (value,))


# Building nodes ------------------------------------------------------------------------------


def _container(path: str) -> Node:
    found: Node = {"FULL_PATH": path, "ACCESS": 0, "CONTENTS": {}}
    if path in CONTAINERS:
        found["DESCRIPTION"] = CONTAINERS[path]
    return found


def _place(root: Node, board: Board, param: Param) -> None:
    here, path = root, ""
    *above, name = param.address.strip("/").split("/")
    for part in above:
        path += f"/{part}"
        here = here.setdefault("CONTENTS", {}).setdefault(part, _container(path))
    made = method(param, board.value(param.address) if param.holds else None)
    contents = here.setdefault("CONTENTS", {})
    if name in contents:
        made["CONTENTS"] = contents[name]["CONTENTS"]
    contents[name] = made
    for extra in _parts(board, param):
        made.setdefault("CONTENTS", {})[extra["FULL_PATH"].rpartition("/")[2]] = extra


def method(param: Param, value: Any = None) -> Node:
    """The node of one parameter; ``value`` is left out for what holds none."""
    whole = param.type == VECTOR and param.size <= SHORT_VECTOR
    readable = param.holds and (param.type != VECTOR or whole)
    access = param.access if readable or (param.access == READ and not param.holds) else WRITE
    made: Node = {"FULL_PATH": param.address, "TYPE": _tags(param), "ACCESS": access}
    if readable and access & READ:
        made["VALUE"] = list(value) if isinstance(value, tuple) else [value]
    made |= _range(param, param.size if whole else 1) if readable else {}
    if param.description:
        made["DESCRIPTION"] = param.description
    if param.unit:
        made["UNIT"] = [param.unit] * (param.size if whole else 1)
    if param.group:
        made["TAGS"] = [param.group]
    if not param.holds:
        made["CRITICAL"] = True
    if whole and param.size == 2:
        made["EXTENDED_TYPE"] = ["position.cartesian.x", "position.cartesian.y"]
    if readable:
        initial = param.initial
        made["DEFAULT_VALUE"] = list(initial) if isinstance(initial, tuple) else [initial]
    made["LIVEGEN"] = _own(param)
    return made


def _tags(param: Param) -> str:
    if param.type == VECTOR:
        return "f" * param.size
    return param.tags or "I" if param.type == COMMAND else TAGS[param.type]


def _range(param: Param, size: int) -> Node:
    """One RANGE and one CLIPMODE per component: clients that find fewer guess 0..1."""
    if param.type == ENUM:
        return {"RANGE": [{"VALS": list(param.choices)}], "CLIPMODE": ["none"]}
    if param.type not in (FLOAT, INT, VECTOR):
        return {}
    low, high = (
        (round(param.low), round(param.high)) if param.type == INT else (float(param.low), float(param.high))
    )
    return {"RANGE": [{"MIN": low, "MAX": high} for _ in range(size)], "CLIPMODE": ["both"] * size}


def _own(param: Param) -> Node:
    """What livegen's own pages need beyond the proposal."""
    made: Node = {"kind": param.type, "group": param.group, "live": param.live}
    if param.curve != "linear":
        made["curve"] = param.curve
    if param.slew:
        made["slew"] = param.slew
    if param.rate:
        made["rate"] = True
    if param.blend:
        made["blend"] = True
    if param.type == VECTOR:
        made["size"] = param.size
        made |= {"low": param.low, "high": param.high}
    return made


def _parts(board: Board, param: Param) -> Iterable[Node]:
    """The nodes below a parameter: its range, or the first components of a long vector."""
    if param.type == VECTOR and param.size > SHORT_VECTOR:
        for index in range(min(param.listed, param.size)):
            yield _component(board, param, index)
    normalized = f"{param.address}/normalized"
    alias = board.aliases.get(normalized)
    if alias is not None and alias.how == "normalized":
        yield _normalized(board, param, normalized)


def _component(board: Board, param: Param, index: int, path: str = "") -> Node:
    path = path or f"{param.address}/{index}"
    return {
        "FULL_PATH": path, "TYPE": "f", "ACCESS": param.access, "VALUE": [board.value(f"{param.address}/{index}")],
        **_range(param, 1), "DESCRIPTION": f"Number {index} of {param.address}",
        "LIVEGEN": {"kind": FLOAT, "group": "", "live": param.live, "part_of": param.address},
    }  # fmt: skip


def _normalized(board: Board, param: Param, path: str) -> Node:
    return {
        "FULL_PATH": path, "TYPE": "f", "ACCESS": param.access, "VALUE": [board.value(path)],
        "RANGE": [{"MIN": 0.0, "MAX": 1.0}], "CLIPMODE": ["both"],
        "DESCRIPTION": f"The same from 0 to 1. {param.description}".strip(),
        "LIVEGEN": {"kind": FLOAT, "group": "", "live": param.live, "part_of": param.address},
    }  # fmt: skip


def _aliased(board: Board, path: str) -> Node | None:
    """A node that does not stand in the tree: another name, or a component further out."""
    alias = board.aliases.get(path)
    param = board.params.get(alias.address) if alias else None
    if alias is None or param is None:
        return None
    if alias.how == "element":
        return _component(board, param, alias.index, path)
    if alias.how == "normalized":
        return _normalized(board, param, path)
    if alias.how == "from":
        said = f"Numbers of {param.address} from the one that the first argument names"
        return {"FULL_PATH": path, "TYPE": "if", "ACCESS": WRITE, "DESCRIPTION": said}
    return method(param, board.value(param.address) if param.holds else None) | {"FULL_PATH": path}


def _topmost(paths: set[str], others: set[str]) -> list[str]:
    """``paths`` with whole containers named once: those under which no other path stands."""
    kept = {above for path in others for above in _above(path)}
    found = dict.fromkeys(
        next((above for above in _above(path) if above not in kept), path) for path in sorted(paths)
    )
    return list(found)


def _above(path: str) -> list[str]:
    """``path`` and the containers around it, the widest first."""
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[: count + 1]) for count in range(len(parts))]
