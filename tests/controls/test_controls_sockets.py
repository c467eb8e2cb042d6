"""Sockets as OSC needs them."""

import socket

import pytest

from livegen.controls.sockets import ask_for_buffer, listening_udp
from livegen.errors import BadValue, PortTaken


def test_a_listening_socket_waits_for_nobody_and_shares_its_port_with_nobody():
    """Non-blocking, and a second one is refused."""
    with listening_udp("127.0.0.1", 0, 1 << 20) as sock:
        assert 0.0 == sock.gettimeout()
        assert 0 == sock.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR)
        with pytest.raises(PortTaken):
            listening_udp("127.0.0.1", sock.getsockname()[1], 1 << 20)


def test_more_room_for_bursts_is_asked_for():
    """The system may give less than was asked, never less than it had."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        before = sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        ask_for_buffer(sock, 4 << 20)
        assert before <= sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)


def test_an_address_of_another_machine_is_refused_in_words():
    """With the addresses that would do."""
    with pytest.raises(BadValue, match=r"127\.0\.0\.1"):
        listening_udp("192.0.2.1", 0, 1 << 20)
