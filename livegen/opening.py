"""What is settled before a stage opens: which patch, which key, which addresses."""

import argparse
import contextlib
import difflib
import secrets
import socket
from pathlib import Path

from . import places
from .errors import PatchError
from .patch import patches

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def find(name: str) -> Path:
    """The patch file that ``name`` means: a file, or one of the shipped patches by its name."""
    shipped = patches(places.shipped("patches"))
    if name in shipped:
        return shipped[name]
    path = Path(name)
    if path.is_file() or name.endswith(".toml"):
        return path
    near = difflib.get_close_matches(name, shipped, 1)
    hint = f"did you mean {near[0]}?" if near else f"give a .toml file or one of {', '.join(shipped)}"
    raise PatchError(f"there is no patch {name[:80]!r}", hint=hint)


def key(arguments: argparse.Namespace) -> str:
    """The token that clients must know: none on loopback, made up beyond it unless given."""
    if arguments.token or arguments.host in LOOPBACK:
        return str(arguments.token)
    return secrets.token_urlsafe(12)


def lan_address() -> str:
    """This machine's address in its network, as well as can be told without sending anything."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # a documentation address: connecting UDP only picks a route
        return str(probe.getsockname()[0])
    return "127.0.0.1"


def target(text: str) -> tuple[str, int]:
    """``host:port`` of somebody who gets feedback, as an address. Raises PatchError for an unknown host."""
    host, _, port = text.rpartition(":")
    try:
        return str(socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_DGRAM)[0][4][0]), int(
            port
        )
    except (OSError, ValueError):
        raise PatchError(f"osc.feedback names {text!r}", hint="write it as 192.168.1.20:9211") from None
