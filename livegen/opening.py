"""What is settled before a stage opens: which patch, which key, which addresses, which pages."""

import argparse
import contextlib
import difflib
import secrets
import socket
from pathlib import Path

from . import places
from .errors import PatchError
from .patch import patches
from .web.sketches import own_sketches, sketch_files

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


def addresses() -> list[str]:
    """This machine's addresses on its networks, the one towards the rest of the world first."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line, contextlib.suppress(OSError):
        line.connect(("192.0.2.1", 9))  # names the way out; no packet is sent
        found.append(str(line.getsockname()[0]))
    with contextlib.suppress(OSError):
        found += [str(row[4][0]) for row in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return [address for address in dict.fromkeys(found) if not address.startswith(("127.", "0."))]


def reachable_at(host: str) -> str:
    """What others type to reach a stage that listens on ``host``."""
    if host in ("0.0.0.0", "::"):
        return next(iter(addresses()), "127.0.0.1")
    return "127.0.0.1" if host == "localhost" else host


def target(text: str) -> tuple[str, int]:
    """``host:port`` of somebody who gets feedback, as an address. Raises PatchError for an unknown host."""
    host, _, port = text.rpartition(":")
    try:
        return str(socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_DGRAM)[0][4][0]), int(
            port
        )
    except (OSError, ValueError):
        raise PatchError(f"osc.feedback names {text!r}", hint="write it as 192.168.1.20:9211") from None


def pages(own: Path | None = None) -> dict[str, Path]:
    """URL → file or folder of everything static; ``own``: a folder with the artist's sketches."""
    return {"/studio/": places.HOUSE / "web" / "studio", **sketch_files(), **(own_sketches(own) if own else {})}
