"""Who may speak to a port: source networks, and who holds a port that is taken."""

import ipaddress
import socket
import sys
from collections.abc import Iterable
from pathlib import Path

from ..errors import BadValue, PortTaken

LOOPBACK = ("127.0.0.0/8", "::1/128")
PRIVATE = (
    *LOOPBACK, "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16",
    "100.64.0.0/10", "fc00::/7", "fe80::/10",
)  # fmt: skip
KNOWN_ADDRESSES = 1024


def plain(ip: str) -> str:
    """An address without its interface, and an IPv4 address that wears IPv6 as plain IPv4."""
    bare = ip.partition("%")[0]
    return bare.removeprefix("::ffff:") if "." in bare else bare


def is_loopback(host: str) -> bool:
    """Whether a port bound to ``host`` can be reached from this machine only."""
    try:
        return ipaddress.ip_address(plain(host)).is_loopback
    except ValueError:
        return host == "localhost"


class Networks:
    """A list of source networks; everybody else is turned away before a byte of theirs is read."""

    def __init__(self, allowed: Iterable[str]) -> None:
        """``allowed``: networks or addresses such as ``192.168.1.0/24``. Raises BadValue."""
        self._known: dict[str, bool] = {}
        try:
            self._networks = [ipaddress.ip_network(text, strict=False) for text in allowed]
        except ValueError as error:
            raise BadValue(
                f"a list of networks holds {error}", hint="write 192.168.1.0/24 or 192.168.1.7"
            ) from None

    def __contains__(self, ip: str) -> bool:
        if ip not in self._known:
            if len(self._known) >= KNOWN_ADDRESSES:
                self._known.clear()
            self._known[ip] = self._judge(ip)
        return self._known[ip]

    def _judge(self, ip: str) -> bool:
        try:
            address = ipaddress.ip_address(plain(ip))
        except ValueError:
            return False
        return any(address in network for network in self._networks)


def usual(host: str) -> Networks:
    """Who may speak to a port on ``host`` when nobody said: this machine, or the private networks."""
    return Networks(LOOPBACK if is_loopback(host) else PRIVATE)


def family_of(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def port_taken(host: str, port: int, kind: str) -> PortTaken:
    """The error that says who may hold ``kind`` ("UDP" or "TCP") port ``port``."""
    holder = who_holds(port, kind)
    by = f" by {holder}" if holder else ""
    hint = f"end that program, or start livegen with another --port; {_look_yourself(port, kind)}"
    return PortTaken(f"{kind} port {port} on {host} is already taken{by}", hint=hint)


def who_holds(port: int, kind: str) -> str:
    """The program that holds a port, as ``name (pid 123)``; empty where the system does not say.

    Read from /proc, so Linux only, and only for one's own programs.
    """
    inodes = _inodes(port, kind.lower())
    if not inodes:
        return ""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if any(str(link.readlink()) in inodes for link in (folder / "fd").iterdir()):
                name = (folder / "comm").read_text(encoding="utf8", errors="replace").strip()
                return f"{name} (pid {folder.name})"
        except OSError:
            continue  # it ended meanwhile, or is another user's
    return ""


def _inodes(port: int, kind: str) -> set[str]:
    found = set()
    for table in (f"/proc/net/{kind}", f"/proc/net/{kind}6"):
        try:
            lines = Path(table).read_text(encoding="ascii").splitlines()[1:]
        except (OSError, UnicodeDecodeError):
            continue
        for columns in map(str.split, lines):
            listening = kind == "udp" or columns[3] == "0A"
            if listening and int(columns[1].rpartition(":")[2], 16) == port:
                found.add(f"socket:[{columns[9]}]")
    return found


def _look_yourself(port: int, kind: str) -> str:
    if sys.platform == "win32":
        return f"'netstat -ano | findstr :{port}' shows who it is"
    if sys.platform == "darwin":
        return f"'lsof -nP -i{kind}:{port}' shows who it is"
    return f"'ss -ap | grep :{port}' shows who it is"
