"""Being found, with real multicast on loopback; the show starts whatever happens."""

import socket

import pytest
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from livegen.controls import discovery
from livegen.controls.discovery import OSC, OSCQUERY, Discovery, address_of


def multicast_works() -> bool:
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            membership = socket.inet_aton("224.0.0.251") + socket.inet_aton("127.0.0.1")
            sock.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
        return True
    except OSError:
        return False


@pytest.mark.skipif(not multicast_works(), reason="this machine has no multicast on loopback")
async def test_a_local_tool_finds_the_stage():
    """Both services, with the port and the loopback address, and a name that says who it is."""
    stage = Discovery("livegen hello", "127.0.0.1", 9210)
    stage.start()
    await stage.settled()
    said = stage.statistics()
    assert ("", 2) == (said.problem, len(said.announced))
    seeker = AsyncZeroconf(interfaces=["127.0.0.1"])
    for kind, name in zip((OSCQUERY, OSC), said.announced, strict=True):
        found = AsyncServiceInfo(kind, name)
        assert await found.async_request(seeker.zeroconf, 3000)
        assert (["127.0.0.1"], 9210) == (found.parsed_addresses(), found.port)
        assert name.startswith("livegen hello")
    await seeker.async_close()
    await stage.close()
    assert () == stage.statistics().announced


async def test_without_a_network_the_show_starts_and_says_so(monkeypatch):
    """A laptop in a field is a stage too."""

    def no_network(*args, **more):
        raise OSError("network is unreachable")

    monkeypatch.setattr(discovery, "AsyncZeroconf", no_network)
    stage = Discovery("livegen hello", "127.0.0.1", 9210)
    stage.start()
    await stage.settled()
    assert "network is unreachable" in stage.statistics().problem
    assert () == stage.statistics().announced
    await stage.close()


async def test_closing_early_waits_for_nobody():
    """Ending the show in its first second leaves nothing behind."""
    stage = Discovery("livegen hello", "127.0.0.1", 9210)
    stage.start()
    await stage.close()
    await stage.close()
    assert () == stage.statistics().announced


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "127.0.0.1"), ("localhost", "127.0.0.1"), ("::1", "::1"), ("192.168.7.7", "192.168.7.7")],
)
def test_the_address_is_the_one_that_others_can_reach(host, address):
    """A stage on loopback must not send the network to a port that does not answer there."""
    assert address == address_of(host)
