"""Taking a port, or saying who has it."""

import asyncio
import os
import socket

import pytest
from door_rig import open_door

from livegen.errors import LivegenError, PortTaken
from livegen.web import port
from livegen.web.server import Door


async def test_a_stage_says_that_another_stage_holds_the_port():
    """Starting twice fails with a sentence that says so, and the first plays on."""
    async with open_door(host_info=lambda: {"NAME": "livegen hello"}) as rig:
        with pytest.raises(PortTaken, match="another livegen") as refused:
            await asyncio.to_thread(port.bind, "127.0.0.1", rig.port)
        assert f"TCP port {rig.port}" in str(refused.value) and "--port" in refused.value.hint


async def test_a_door_does_not_move_to_another_port():
    """Half-deaf starts end in ten minutes of searching."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        async with open_door() as rig:
            with pytest.raises(PortTaken, match=str(number)):
                await Door(rig.door.stage, port=number).open()


@pytest.mark.skipif(not os.path.exists("/proc/net/tcp"), reason="only Linux lets us look")
def test_the_program_that_holds_the_port_is_named():
    """With its process number, where the system tells."""
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(PortTaken, match=f"process {os.getpid()}"):
        port.bind("127.0.0.1", taken.getsockname()[1])


@pytest.mark.parametrize("host", ["203.0.113.7", "no-such-name.invalid", "256.1.1.1"])
def test_an_address_that_is_not_here_is_refused(host):
    """A sentence with the address in it, no traceback."""
    with pytest.raises(LivegenError, match=host):
        port.bind(host, 0)


async def test_only_this_machine_is_listened_to():
    """The default opens one socket, on 127.0.0.1."""
    async with open_door(host="localhost") as rig:
        names = [each.getsockname()[0] for each in rig.door._server.sockets]
        assert ["127.0.0.1"] == names
