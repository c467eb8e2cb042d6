"""Taking the port, or saying who has it."""

import errno
import os
import socket
from contextlib import suppress
from pathlib import Path

from ..errors import LivegenError, PortTaken

TAKEN = {errno.EADDRINUSE, errno.EACCES, getattr(errno, "WSAEADDRINUSE", -1), getattr(errno, "WSAEACCES", -1)}


def bind(host: str, port: int) -> socket.socket:
    """A listening socket on ``host`` (one address or name) and ``port`` (0: any free one).

    Raises PortTaken, or LivegenError for an address that is not this machine's.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except OSError as error:
        raise LivegenError(f"there is no address {host!r} to listen on ({error})", code="bad_host") from None
    # With its protocol named: asyncio turns Nagle off only where it reads TCP there, and a status line would
    # hold back the next frame by 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        share(listener)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
        listener.listen(256)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        if error.errno in TAKEN:
            raise taken(host, port) from None
        raise LivegenError(f"cannot listen on {host}:{port} ({error.strerror})", code="bad_host") from None
    return listener


def share(listener: socket.socket) -> None:
    """Restart at once after a stop, but never share the port with another program."""
    if os.name == "nt":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)  # type: ignore[attr-defined]
    else:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)


def taken(host: str, port: int) -> PortTaken:
    """The sentence for a port that somebody else holds."""
    who = holder(host, port)
    return PortTaken(
        f"TCP port {port} is held by {who}",
        hint=f"stop it, or choose another port with --port {port + 10 if port < 65000 else 9310}",
    )


def holder(host: str, port: int) -> str:
    """Who holds the port, as well as can be told from here."""
    if is_livegen(host, port):
        return "another livegen that is already running"
    name = process_name(port)
    if name:
        return name
    look = f"netstat -ano | findstr :{port}" if os.name == "nt" else f"lsof -i :{port}"
    return f"another program ({look} says which)"


def is_livegen(host: str, port: int) -> bool:
    """Whether a livegen answers there."""
    here = "127.0.0.1" if host in ("", "0.0.0.0", "localhost") else "::1" if host == "::" else host
    named = f"[{here}]" if ":" in here else here
    with suppress(OSError), socket.create_connection((here, port), timeout=0.5) as line:
        line.settimeout(0.5)
        line.sendall(f"GET /?HOST_INFO HTTP/1.1\r\nHost: {named}:{port}\r\nAccept: application/json\r\n\r\n".encode())
        said = b""
        while len(said) < 4096 and (more := line.recv(4096)):
            said += more
        return b"livegen" in said.lower()
    return False


def process_name(port: int) -> str:
    """The program's name and number where the system lets us look (Linux), else nothing."""
    wanted = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with suppress(OSError):
            for row in Path(table).read_text().splitlines()[1:]:
                cells = row.split()
                if cells[3] == "0A" and int(cells[1].rpartition(":")[2], 16) == port:
                    wanted.add(f"socket:[{cells[9]}]")
    if not wanted:
        return ""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if any(os.readlink(link) in wanted for link in (folder / "fd").iterdir()):
                return f"{(folder / 'comm').read_text().strip()} (process {folder.name})"
    return ""
