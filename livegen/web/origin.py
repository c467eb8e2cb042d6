"""Who may come in: the Host and Origin headers and the token, decided by pure functions.

Any web page can open a WebSocket to this machine, and can have a name of its own point here. So a
Host that is not this stage's address is refused (421), and so is an Origin that is not its own page
(403). Programs send no Origin; from beyond this machine they need the token (401).
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from ..wire.session import same_token
from .asked import Asked

_PORT = re.compile(r"[0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer instead of an entry."""

    status: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What this stage answers to."""

    port: int
    hosts: frozenset[str] = frozenset()
    """Names, in lower case, by which it may be called besides localhost and IP addresses; with a
    port (``stage.local:8080``) where something forwards that one."""
    origins: frozenset[str] = frozenset()
    """Foreign pages that may talk to it, such as ``https://editor.p5js.org``."""
    token: str = ""
    """Needed by whoever is not on this machine."""


def refuse_host(host: str | None, house: House) -> Refusal | None:
    """Why this Host header is not ours, or None. No Host at all cannot come from a browser."""
    if host is None or known_host(host, house):
        return None
    return Refusal(
        421, f"This stage does not answer to {host[:80]!r}. Use http://127.0.0.1:{house.port}/, the machine's "
        "IP address, or start livegen with --allow-host NAME.",
    )  # fmt: skip


def known_host(host: str, house: House) -> bool:
    if host.lower() in house.hosts:
        return True
    name, port = split_host(host)
    if name is None or port != house.port:
        return False
    return name == "localhost" or name in house.hosts or is_address(name)


def split_host(host: str) -> tuple[str | None, int]:
    """``name:port`` taken apart, the name in lower case and without an IPv6 address's brackets;
    (None, 0) when it is not of that form. No port means 80."""
    if host.startswith("["):
        name, closed, rest = host[1:].partition("]")
        if not closed or ":" not in name or (rest and not rest.startswith(":")):
            return None, 0
        port = rest[1:] if rest else "80"
    else:
        name, colon, port = host.partition(":")
        port = port if colon else "80"
    if not name or not _PORT.fullmatch(port):
        return None, 0
    return name.lower(), int(port)


def is_address(name: str) -> bool:
    """Whether ``name`` is a whole, plainly written IP address of one machine."""
    if "%" in name:
        return False
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return not (address.is_unspecified or address.is_multicast)


def refuse_origin(origins: Iterable[str], host: str | None, house: House) -> Refusal | None:
    """Why a page from there may not talk to this stage, or None. ``origins``: every Origin header."""
    given = list(origins)
    if not given:
        return None
    if len(given) == 1 and known_origin(given[0], host, house):
        return None
    return Refusal(
        403, f"Pages from {given[0][:80]!r} may not talk to this stage. Open the sketch from "
        f"http://localhost:{house.port}/p5/, or start livegen with --allow-origin {given[0][:80]}.",
    )  # fmt: skip


def known_origin(origin: str, host: str | None, house: House) -> bool:
    if origin in house.origins:
        return True
    scheme, separator, rest = origin.partition("://")
    if scheme not in ("http", "https") or not separator:
        return False
    name, port = split_host(rest if _has_port(rest) else f"{rest}:{443 if scheme == 'https' else 80}")
    if name in ("localhost", "127.0.0.1", "::1") and port == house.port:
        return True
    # The page came from this stage under the name it is being called by now.
    return name is not None and host is not None and (name, port) == split_host(host) and known_host(host, house)


def _has_port(host: str) -> bool:
    return ":" in host.rpartition("]")[2]


def is_loopback(peer: str) -> bool:
    """Whether ``peer`` (an IP address) is on this machine."""
    try:
        address = ipaddress.ip_address(peer.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def has_token(query: str, authorization: str | None, house: House) -> bool:
    """Whether ``?token=`` or ``Authorization: Bearer`` carries this stage's token."""
    given = [value for name, value in parse_qsl(query, max_num_fields=32) if name == "token"]
    scheme, _, bearer = (authorization or "").partition(" ")
    if scheme.lower() == "bearer":
        given.append(bearer.strip())
    return bool(house.token) and any([same_token(each, house.token) for each in given])


def trusted(peer: str, asked: Asked, house: House) -> bool:
    """Whether this request needs no (further) token: it comes from this machine, or it carries it.

    From this machine means by this machine's own name too: a tunnel ends here, but its guests do not
    begin here.
    """
    if not house.token or has_token(asked.query, asked.headers.get("authorization"), house):
        return True
    name, _ = split_host(asked.headers.get("host", "localhost"))
    return is_loopback(peer) and name is not None and (name == "localhost" or is_loopback(name))
