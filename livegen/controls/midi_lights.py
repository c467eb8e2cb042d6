"""Lights: what lamps and motor faders are told, so that they show what they move. No ports here.

A control is told of every change but its own; never while a hand is on it; the newest value and at most so often; and
what it answers to what it was told is no news.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from ..board import Board
from ..errors import LivegenError
from ..mapping.curve import CURVES, spread
from ..mapping.path import Path, Route, path_for
from ..params import COMMAND, TRIGGER
from ..wire.midi import Rules, written

TOUCHED = 0.4
"""Seconds after its last word for which a hand is thought to be on a control."""
ECHO = 0.3
"""Seconds within which the very value that was sent comes back from the control itself."""
EVERY = 1 / 30
"""Seconds between two values for the same control."""
AT_ONCE = 32
"""Messages for one device at a time: a DIN cable carries a thousand a second."""
SAME = 1.2 / 127
ROOT = "/midi/"


@dataclass
class Control:
    """One control of one device."""

    at: float | None = None
    """Where it stands, as far as it is known: what it said or was told last."""
    told: float | None = None
    heard_at: float = -1e9
    told_at: float = -1e9


@dataclass
class Lights:
    """What the controls of all devices show."""

    board: Board
    routes: Callable[[], Sequence[Route]]
    """Everything that is bound, in the patch and by touching."""
    rules: Rules = field(default_factory=Rules)
    _controls: dict[tuple[str, str], Control] = field(default_factory=dict)
    _known: tuple[tuple[Route, ...], int, tuple[str, ...]] = ((), -1, ())
    _paths: list[tuple[str, str, Path, str]] = field(default_factory=list)

    def heard(self, device: str, name: str, value: float, now: float) -> bool:
        """A control said something. False when it only answers what it was told: that is no news."""
        control = self._controls.setdefault((device, name.removesuffix("/turn")), Control())
        if (
            control.told is not None
            and now - control.told_at < ECHO
            and abs(control.told - value) < SAME / 2
            and not name.endswith("/turn")
        ):
            return False
        if not name.endswith("/turn"):
            control.at = value
        control.told, control.heard_at = None, now
        return True

    def due(self, now: float, devices: Sequence[str]) -> list[tuple[str, bytes]]:
        """(device, bytes) that should leave now; ``devices`` are those that can be told."""
        self._look(tuple(devices))
        found: list[tuple[str, bytes]] = []
        counts: dict[str, int] = {}
        for device, name, path, watched in self._paths:
            wanted = shown(path, self.board.value(watched))
            control = self._controls.setdefault((device, name), Control())
            quiet = now - control.heard_at >= TOUCHED and now - control.told_at >= EVERY
            if (
                wanted is None
                or not quiet
                or (control.at is not None and abs(control.at - wanted) < SAME / 4)
            ):
                continue
            data = written(name, wanted, self.rules)
            if data is None or counts.get(device, 0) >= AT_ONCE:
                continue
            counts[device] = counts.get(device, 0) + 1
            control.at = control.told = wanted
            control.told_at = now
            found.append((device, data))
        return found

    def stand(self) -> dict[str, float]:
        """Control, such as ``1/cc/7`` → where it has to stand now: for devices that others hold, a browser's."""
        self._look(("",))
        stands = ((name, shown(path, self.board.value(watched))) for _, name, path, watched in self._paths)
        return {name: round(value, 5) for name, value in stands if value is not None}

    def forget(self, device: str) -> None:
        """A device is gone: when it comes back it shows nothing."""
        for key in [key for key in self._controls if key[0] == device]:
            del self._controls[key]

    def again(self, device: str) -> None:
        """Tell a device everything once more."""
        for key, control in self._controls.items():
            if key[0] == device:
                control.at = None

    def _look(self, devices: tuple[str, ...]) -> None:
        """Which control shows what, whenever that is another than before."""
        routes = tuple(self.routes())
        if (routes, self.board.revision, devices) == self._known:
            return
        self._known = (routes, self.board.revision, devices)
        self._paths = []
        params, aliases = self.board.params, self.board.aliases
        for route in routes:
            if not route.source.startswith(ROOT):
                continue
            try:
                path = path_for(route, params, aliases)
            except LivegenError:
                continue
            watched = watching(path)
            if watched:
                self._paths += [
                    (device, name, path, watched) for device, name in places(route.source, devices)
                ]


def places(source: str, devices: Iterable[str]) -> list[tuple[str, str]]:
    """(device, name) that an address such as ``/midi/1/cc/7`` or ``/midi/box/1/cc/7`` means."""
    first, _, rest = source.removeprefix(ROOT).partition("/")
    name = source.removeprefix(ROOT).removesuffix("/turn")
    if first.isdecimal():
        return [(device, name) for device in devices]
    return [(first, rest.removesuffix("/turn"))] if first in devices else []


def watching(path: Path) -> str:
    """The address whose value a control shows; empty: it has nothing to show."""
    to = path.route.to
    if path.param.type == COMMAND:
        return to.removesuffix("load") + "current" if to.endswith("/presets/load") and path.route.send else ""
    return "" if path.param.type == TRIGGER or path.size != 1 else to


def shown(path: Path, held: object) -> float | None:
    """Where a control has to stand to say what its target holds: the way of a route, backwards."""
    if path.param.type == COMMAND:
        return float(held == path.route.send[0])
    if not isinstance(held, (bool, int, float)) and path.param.type != "enum":
        return None
    share = path.back(held)
    if path.route.step:
        return float(share > 0.0)
    if path.route.turns:
        return share
    share = unbent(share, path.route.curve)
    return spread(1.0 - share if path.route.invert else share, path.route.low_in, path.route.high_in)


def unbent(share: float, curve: str) -> float:
    """The share that a curve takes to ``share``: no curve turns back, so that halving finds it."""
    if curve == "linear":
        return share
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if CURVES[curve](middle) < share else (low, middle)
    return (low + high) / 2
