"""Sockets as OSC needs them, on all three systems."""

import errno
import socket
import sys

from ..errors import BadValue
from .networks import family_of, port_taken

SIO_UDP_CONNRESET = 0x9800000C
IN_USE = {errno.EADDRINUSE, 10048, 10013}
"""Taken; on Windows a port that another program holds for itself alone answers "not allowed"."""


def listening_udp(host: str, port: int, receive_buffer: int) -> socket.socket:
    """A bound, non-blocking UDP socket.

    Raises PortTaken, and BadValue for an address that this machine does not have.
    """
    sock = socket.socket(family_of(host), socket.SOCK_DGRAM)
    try:
        if sys.platform == "win32":
            # There SO_REUSEADDR would let any program share, and so silence, the port.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        hush_port_unreachable(sock)
        ask_for_buffer(sock, receive_buffer)
        sock.setblocking(False)
        sock.bind((host, port))
    except OSError as error:
        sock.close()
        raise why_not(error, host, port, "UDP") from error
    return sock


def why_not(error: OSError, host: str, port: int, kind: str) -> Exception:
    """A failed bind as a sentence."""
    if error.errno in IN_USE or getattr(error, "winerror", None) in IN_USE:
        return port_taken(host, port, kind)
    return BadValue(
        f"{kind} port {port} on {host} cannot be opened: {error.strerror or error}",
        hint="take 127.0.0.1, 0.0.0.0 or an address of this machine, and a port above 1023",
        code="cannot_bind",
    )


def ask_for_buffer(sock: socket.socket, size: int) -> None:
    """Ask for room for bursts; the system gives what it allows, some refuse a size outright."""
    while size >= 65536:
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, size)
            return
        except OSError:
            size //= 2


def hush_port_unreachable(sock: socket.socket) -> None:
    """On Windows: a target that is not there must not break the receiving side of its socket."""
    if sys.platform == "win32":
        import ctypes

        off, returned = ctypes.c_ulong(0), ctypes.c_ulong(0)
        ctypes.windll.ws2_32.WSAIoctl(
            ctypes.c_size_t(sock.fileno()), ctypes.c_ulong(SIO_UDP_CONNRESET), ctypes.byref(off),
            ctypes.c_ulong(4), None, ctypes.c_ulong(0), ctypes.byref(returned), None, None,
        )  # fmt: skip
