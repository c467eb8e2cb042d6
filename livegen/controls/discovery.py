"""Being found: zeroconf announces the stage as OSCQuery (``_oscjson._tcp``) and as OSC (``_osc._udp``).

A stage on loopback is announced on the loopback interface alone, with the loopback address: tools on
this machine find it, the network does not hear of it. Whatever goes wrong here, the show starts.
"""

import asyncio
import ipaddress
import socket
from dataclasses import dataclass

from zeroconf import IPVersion, ServiceInfo
from zeroconf.asyncio import AsyncZeroconf

from .networks import is_loopback

OSCQUERY, OSC = "_oscjson._tcp.local.", "_osc._udp.local."
LONGEST_START = 5.0
"""Seconds after which a network that does not answer is left alone."""


@dataclass(frozen=True, slots=True)
class DiscoveryStatistics:
    """Whether others can find the stage by itself."""

    announced: tuple[str, ...]
    """Full service names."""
    problem: str
    """Why not, in words."""


class Discovery:
    """Announces one stage until it is closed."""

    def __init__(self, name: str, host: str, port: int) -> None:
        """``name``: how the stage is listed; ``host``: what it is bound to; ``port``: both ports."""
        self._name = name.replace(".", " ")[:40] or "livegen"
        self._host, self._port = host, port
        self._zeroconf: AsyncZeroconf | None = None
        self._announced: tuple[str, ...] = ()
        self._problem = ""
        self._announcing: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to announce, beside everything else: asking whether the name is free takes seconds.

        Never raises: ``statistics().problem`` says what went wrong.
        """
        self._announcing = asyncio.create_task(self._try(), name="zeroconf")

    async def settled(self) -> None:
        """Return when the announcement is out, or has failed."""
        if self._announcing is not None:
            await asyncio.wait((self._announcing,))

    async def _try(self) -> None:
        try:
            async with asyncio.timeout(LONGEST_START):
                await self._announce()
        except Exception as error:  # an edge: no network, no multicast, a firewall, a name that is taken
            self._problem = f"nobody can find the stage by itself ({type(error).__name__}: {error})"
            await self._goodbye()

    async def close(self) -> None:
        """Say goodbye; safe to call twice, and never raises."""
        if self._announcing is not None:
            self._announcing.cancel()
            await self.settled()
            self._announcing = None
        await self._goodbye()

    async def _goodbye(self) -> None:
        zeroconf, self._zeroconf, self._announced = self._zeroconf, None, ()
        if zeroconf is not None:
            try:
                async with asyncio.timeout(LONGEST_START):
                    await zeroconf.async_close()
            except Exception as error:  # an edge: the network may be gone by now
                self._problem = f"the network could not be told goodbye ({error})"

    def statistics(self) -> DiscoveryStatistics:
        return DiscoveryStatistics(self._announced, self._problem)

    async def _announce(self) -> None:
        addresses = [address_of(self._host)]
        version = IPVersion.V6Only if ":" in addresses[0] else IPVersion.V4Only
        self._zeroconf = AsyncZeroconf(interfaces=addresses, ip_version=version)
        self._announced = tuple(
            await asyncio.gather(
                *(self._register(self._zeroconf, kind, addresses) for kind in (OSCQUERY, OSC))
            )
        )

    async def _register(self, zeroconf: AsyncZeroconf, kind: str, addresses: list[str]) -> str:
        machine = "".join(
            sign for sign in socket.gethostname().partition(".")[0] if sign.isalnum() or sign == "-"
        )
        service = ServiceInfo(
            kind,
            f"{self._name}.{kind}",
            port=self._port,
            parsed_addresses=addresses,
            properties={"txtvers": "1"},
            server=f"{machine}-livegen-{self._port}.local.",
        )
        # The first await asks whether the name is free, the second waits until the news went out.
        await (await zeroconf.async_register_service(service, allow_name_change=True))
        return service.name


def address_of(host: str) -> str:
    """The address that others on the same side can reach: loopback, the one asked for, or this
    machine's address in its network. Raises OSError where there is no network."""
    if is_loopback(host):
        return "::1" if host == "::1" else "127.0.0.1"
    try:
        if not ipaddress.ip_address(host).is_unspecified:
            return host
    except ValueError:
        return socket.gethostbyname(host)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        # Nothing is sent: a route is looked up, and its near end is ours.
        sock.connect(("192.0.2.1", 9))
        return str(sock.getsockname()[0])
