"""The .tosc file: zlib-compressed XML, root ``<lexml version='4'>``, one ``<node>`` per control.

TouchOSC by Hexler, https://hexler.net/touchosc/manual/script-properties-and-values. Keys and texts
stand in CDATA sections, which is why the XML is written here and not by a library.
"""

import uuid
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

SPACE = uuid.UUID("6c697665-6765-6e00-8000-746f7563686f")
"""Names of controls become their IDs, so that the same patch gives the same file."""
CONNECTIONS = "1" * 5
"""A control sends on all of the five connections that format 4 knows."""


class Frame(NamedTuple):
    """Where a control lies in its parent, in points."""

    x: float
    y: float
    w: float
    h: float

    def inset(self, by: float) -> "Frame":
        return Frame(self.x + by, self.y + by, self.w - 2 * by, self.h - 2 * by)


class Colour(NamedTuple):
    """Red, green, blue, alpha, 0..1."""

    r: float
    g: float
    b: float
    a: float = 1.0


PANEL = Colour(0.1, 0.1, 0.12)
Setting = bool | int | float | str | Frame | Colour


class Part(NamedTuple):
    """One argument of a message: a constant, or a value of the control over a range."""

    source: str
    """``CONSTANT`` or ``VALUE``."""
    conversion: str
    """``FLOAT``, ``INTEGER`` or ``STRING``."""
    value: str
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Osc:
    """What a control sends, and takes, by OSC."""

    address: str
    parts: Sequence[Part]
    triggers: Sequence[tuple[str, str]] = (("x", "ANY"),)
    """(value, ``ANY``, ``RISE`` or ``FALL``)."""
    receive: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One control and what is inside it."""

    kind: str
    """``GROUP``, ``PAGER``, ``FADER``, ``BUTTON``, ``XY`` or ``LABEL``."""
    name: str
    frame: Frame
    colour: Colour = PANEL
    settings: dict[str, Setting] = field(default_factory=dict)
    values: dict[str, float | str | bool] = field(default_factory=dict)
    """Value → what it starts at: ``x`` and ``y`` 0..1, ``text``."""
    messages: Sequence[Osc] = ()
    children: Sequence["Node"] = ()


def pack(root: Node) -> bytes:
    """The whole file."""
    text = f"<?xml version='1.0' encoding='UTF-8'?><lexml version='4'>{node(root, '')}</lexml>"
    return zlib.compress(text.encode())


def node(control: Node, above: str) -> str:
    path = f"{above}/{control.name}"
    settings = common(control) | SETTINGS.get(control.kind, {}) | control.settings
    inside = "".join(node(child, f"{path}.{index}") for index, child in enumerate(control.children))
    sections = (
        ("properties", "".join(setting(key, settings[key]) for key in sorted(settings))),
        ("values", "".join(value(key, start) for key, start in {**control.values, "touch": False}.items())),
        ("messages", "".join(osc(message) for message in control.messages)),
        ("children", inside),
    )
    body = "".join(f"<{tag}>{text}</{tag}>" for tag, text in sections if text)
    return f"<node ID='{uuid.uuid5(SPACE, path)}' type='{control.kind}'>{body}</node>"


def common(control: Node) -> dict[str, Setting]:
    """What every control has."""
    touchable = control.kind in ("FADER", "BUTTON", "XY", "PAGER")
    return {
        "background": True, "color": control.colour, "cornerRadius": 4.0, "frame": control.frame,
        "grabFocus": control.kind not in ("GROUP", "PAGER"), "interactive": touchable, "locked": False,
        "name": control.name, "orientation": 0, "outline": True, "outlineStyle": 1, "pointerPriority": 0, "shape": 1,
        "visible": True,
    }  # fmt: skip


SETTINGS: dict[str, dict[str, Setting]] = {
    "FADER": {
        "bar": True, "barDisplay": 0, "cursor": False, "cursorDisplay": 0, "grid": False, "gridSteps": 13,
        "gridColor": Colour(0, 0, 0, 0.25), "response": 1, "responseFactor": 100,
    },
    "XY": {
        "cursor": True, "cursorDisplay": 0, "lines": True, "linesDisplay": 0, "gridX": True, "gridY": True,
        "gridStepsX": 4, "gridStepsY": 4, "gridColor": Colour(1, 1, 1, 0.1), "lockX": False, "lockY": False,
        "response": 0, "responseFactor": 100,
    },
    "BUTTON": {"buttonType": 0, "press": True, "release": True, "valuePosition": False},
    "LABEL": {
        "background": False, "font": 0, "outline": False, "textAlignH": 2, "textAlignV": 2, "textClip": True,
        "textColor": Colour(0.85, 0.85, 0.9), "textLength": 0, "textSize": 13,
    },
    "PAGER": {
        "tabLabels": True, "tabbar": True, "tabbarDoubleTap": False, "tabbarSize": 40, "textSizeOff": 14, "textSizeOn": 14,
    },
}  # fmt: skip
"""What each kind of control has beside that. A fader's response is relative: a touch never jumps the show."""


def setting(key: str, given: Setting) -> str:
    """One ``<property>``; its letter follows from the value's type."""
    if isinstance(given, Frame):
        letter, text = "r", "".join(f"<{tag}>{number(x)}</{tag}>" for tag, x in zip("xywh", given, strict=True))
    elif isinstance(given, Colour):
        letter, text = "c", "".join(f"<{tag}>{number(x)}</{tag}>" for tag, x in zip("rgba", given, strict=True))
    elif isinstance(given, bool):
        letter, text = "b", str(int(given))
    elif isinstance(given, str):
        letter, text = "s", cdata(given)
    else:
        letter, text = ("i" if isinstance(given, int) else "f"), number(given)
    return f"<property type='{letter}'><key>{cdata(key)}</key><value>{text}</value></property>"


def value(key: str, start: float | str | bool) -> str:
    said = str(start).lower() if isinstance(start, bool) else start if isinstance(start, str) else number(start)
    return (
        f"<value><key>{cdata(key)}</key><locked>0</locked><lockedDefaultCurrent>{int(key == 'text')}"
        f"</lockedDefaultCurrent><default>{cdata(said)}</default><defaultPull>0</defaultPull></value>"
    )


def osc(message: Osc) -> str:
    triggers = "".join(
        f"<trigger><var>{cdata(var)}</var><condition>{when}</condition></trigger>" for var, when in message.triggers
    )
    path = partial(Part("CONSTANT", "STRING", message.address))
    return (
        f"<osc><enabled>1</enabled><send>1</send><receive>{int(message.receive)}</receive><feedback>0</feedback>"
        f"<connections>{CONNECTIONS}</connections><triggers>{triggers}</triggers><path>{path}</path>"
        f"<arguments>{''.join(partial(part) for part in message.parts)}</arguments></osc>"
    )


def partial(part: Part) -> str:
    return (
        f"<partial><type>{part.source}</type><conversion>{part.conversion}</conversion><value>{cdata(part.value)}</value>"
        f"<scaleMin>{number(part.low)}</scaleMin><scaleMax>{number(part.high)}</scaleMax></partial>"
    )


def number(given: float) -> str:
    """As TouchOSC writes numbers: no trailing zeros."""
    return f"{given:.6f}".rstrip("0").rstrip(".")


def cdata(text: str) -> str:
    """``text`` in CDATA; characters that XML does not have are left out."""
    kept = "".join(c for c in text if c >= " " or c in "\t\n")
    return "<![CDATA[" + kept.replace("]]>", "]]]]><![CDATA[>") + "]]>"
