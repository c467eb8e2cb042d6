"""Who may speak to a port, and who holds one."""

import os
import socket
import sys

import pytest

from livegen.controls.networks import Networks, is_loopback, plain, port_taken, usual, who_holds
from livegen.errors import BadValue


@pytest.mark.parametrize(
    ("ip", "private"),
    [
        ("127.0.0.1", True), ("::1", True), ("192.168.1.20", True), ("10.0.0.4", True), ("fe80::1%eth0", True),
        ("::ffff:192.168.1.20", True), ("8.8.8.8", False), ("2001:db8::1", False), ("nonsense", False), ("", False),
    ],
)  # fmt: skip
def test_beyond_loopback_private_networks_may_speak(ip, private):
    """A tablet in the room yes, the internet no."""
    assert private == (ip in usual("0.0.0.0"))


@pytest.mark.parametrize(
    ("ip", "allowed"), [("127.0.0.1", True), ("127.1.2.3", True), ("192.168.1.20", False)]
)
def test_on_loopback_only_this_machine_may_speak(ip, allowed):
    """Whatever the system lets through."""
    assert allowed == (ip in usual("127.0.0.1"))


def test_a_list_of_networks_says_who_else_may_not():
    """Single addresses and networks, mixed."""
    networks = Networks(("192.168.1.0/24", "10.0.0.7"))
    assert [True, True, False] == [ip in networks for ip in ("192.168.1.9", "10.0.0.7", "10.0.0.8")]


def test_a_network_that_is_none_is_refused_in_words():
    """At the start, not at the first packet."""
    with pytest.raises(BadValue, match=r"192\.168\.1\.0/24"):
        Networks(("the kitchen",))


def test_what_is_remembered_of_sources_is_bounded():
    """A spoofed source per datagram must not grow anything."""
    networks = usual("0.0.0.0")
    for n in range(5000):
        assert f"10.1.{n // 256}.{n % 256}" in networks
    assert len(networks._known) <= 1024


@pytest.mark.parametrize(
    ("host", "loopback"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("192.168.1.2", False)],
)
def test_loopback_is_recognized(host, loopback):
    """It decides who may speak when nobody said."""
    assert loopback == is_loopback(host)


@pytest.mark.parametrize(
    ("said", "ip"), [("fe80::1%eth0", "fe80::1"), ("::ffff:10.0.0.1", "10.0.0.1"), ("::1", "::1")]
)
def test_addresses_have_one_name(said, ip):
    """A peer is the same peer through either family."""
    assert ip == plain(said)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not say")
def test_the_holder_of_a_port_is_named():
    """The sentence that saves ten minutes before a show."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
        assert who_holds(port, "UDP").endswith(f"(pid {os.getpid()})")
        assert str(port) in str(port_taken("127.0.0.1", port, "UDP"))
    assert "" == who_holds(port, "UDP")
