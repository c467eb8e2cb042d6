"""Who may come in. Pure rules here, the real door for HTTP and WebSocket below."""

import json
from pathlib import Path

import pytest
from door_rig import ask, get, handshake, hello, open_door, told

from livegen.errors import LivegenError
from livegen.web.asked import asked
from livegen.web.origin import House, is_loopback, known_host, known_origin, refuse_origin, trusted

HOSTILE = Path(__file__).parents[1] / "hostile"
HOSTS = json.loads((HOSTILE / "hosts.json").read_text(encoding="utf8"))
ORIGINS = json.loads((HOSTILE / "origins.json").read_text(encoding="utf8"))
PORT = 9210
HOUSE = House(
    port=PORT, hosts=frozenset({"stage.local", "desk.local:8080"}), origins=frozenset({"https://preview.p5js.org"})
)


def filled(text, port=PORT):
    return text.replace("{port}", str(port)).replace("{other}", "8000")


@pytest.mark.parametrize("host", HOSTS["refused"])
def test_a_host_that_is_not_ours_is_not_known(host):
    """A name that points here is not an address of ours."""
    hosts = House(port=PORT, hosts=frozenset({f"stage.local:{PORT}", "desk.local:8080"}))
    assert not known_host(filled(host), hosts)


@pytest.mark.parametrize("host", HOSTS["allowed"])
def test_our_own_hosts_are_known(host):
    """Localhost, addresses with the right port, and the names of the patch."""
    hosts = House(port=PORT, hosts=frozenset({f"stage.local:{PORT}", "desk.local:8080"}))
    assert known_host(filled(host), hosts)


@pytest.mark.parametrize("origin", ORIGINS["refused"])
def test_a_foreign_page_is_not_known(origin):
    """However much its name looks like ours."""
    assert not known_origin(filled(origin), f"127.0.0.1:{PORT}", HOUSE)


@pytest.mark.parametrize("origin", ORIGINS["allowed"])
def test_our_own_pages_are_known(origin):
    """The stage's own pages and the configured ones."""
    assert known_origin(filled(origin), f"127.0.0.1:{PORT}", HOUSE)


def test_a_page_from_the_address_it_talks_to_is_our_own():
    """A tablet that opened http://192.168.1.20:9210/ may talk to that stage, and no other page may."""
    assert known_origin(f"http://192.168.1.20:{PORT}", f"192.168.1.20:{PORT}", HOUSE)
    assert not known_origin(f"http://192.168.1.20:{PORT}", f"192.168.1.21:{PORT}", HOUSE)


def test_an_origin_equal_to_a_rebound_host_is_refused():
    """DNS rebinding: Host and Origin agree, and neither is ours."""
    assert not known_origin(f"http://evil.example:{PORT}", f"evil.example:{PORT}", HOUSE)


def test_programs_send_no_origin_and_two_are_none():
    """TouchDesigner has none; more than one is nobody's browser."""
    assert refuse_origin([], f"localhost:{PORT}", HOUSE) is None
    twice = [f"http://localhost:{PORT}"] * 2
    assert 403 == refuse_origin(twice, f"localhost:{PORT}", HOUSE).status


@pytest.mark.parametrize(
    ("expected", "peer"),
    [(True, "127.0.0.1"), (True, "127.9.9.9"), (True, "::1"), (True, "::ffff:127.0.0.1"), (False, "192.168.1.5"),
     (False, "::ffff:10.0.0.1"), (False, "fe80::1%eth0"), (False, ""), (False, "localhost")],
)  # fmt: skip
def test_loopback_is_this_machine_only(expected, peer):
    """By address, never by name."""
    assert expected == is_loopback(peer)


@pytest.mark.parametrize(
    ("expected", "peer", "target", "headers"),
    [
        (True, "127.0.0.1", "/", {"host": "localhost:9210"}), (True, "127.0.0.1", "/", {}),
        (False, "192.168.1.5", "/", {"host": "192.168.1.2:9210"}), (True, "192.168.1.5", "/?token=s3cret", {}),
        (False, "192.168.1.5", "/?token=s3cre", {}), (False, "192.168.1.5", "/?token=", {}),
        (True, "192.168.1.5", "/", {"authorization": "Bearer s3cret"}), (True, "192.168.1.5", "/", {"authorization": "bearer  s3cret"}),
        (False, "192.168.1.5", "/", {"authorization": "Basic s3cret"}), (False, "192.168.1.5", "/", {"authorization": "s3cret"}),
        (False, "127.0.0.1", "/", {"host": "tunnel.example"}), (True, "127.0.0.1", "/?token=s3cret", {"host": "tunnel.example"}),
    ],
)  # fmt: skip
def test_who_needs_the_token(expected, peer, target, headers):
    """Everybody beyond this machine, and whoever comes through a tunnel."""
    assert expected == trusted(peer, asked(target, headers), House(port=9210, token="s3cret"))


async def test_the_door_refuses_every_foreign_host_by_http_and_websocket():
    """421 for all of the list, in both."""
    async with open_door(hosts=("desk.local:8080",)) as rig:
        hosts = [filled(host, rig.port) for host in HOSTS["refused"]]
        by_http = {host: (await get(rig.port, "/health", Host=host))[0] for host in hosts}
        by_socket = {host: await handshake(rig.port, Host=host) for host in hosts}
        assert {} == {host: status for host, status in (by_http | by_socket).items() if status != 421}
        assert rig.door.statistics().refused["421"] == 2 * len(hosts)


async def test_the_door_opens_to_its_own_hosts():
    """The allowed ones of the list, in both."""
    async with open_door(hosts=("stage.local", "desk.local:8080")) as rig:
        hosts = [filled(host, rig.port) for host in HOSTS["allowed"]]
        # A configured name without a port stands for the stage's own.
        assert [200] * len(hosts) == [(await get(rig.port, "/health", Host=host))[0] for host in hosts]
        assert [101] * len(hosts) == [await handshake(rig.port, Host=host) for host in hosts]


async def test_the_door_refuses_every_foreign_origin_by_http_and_websocket():
    """403 for all of the list, in both; state stays as it was."""
    async with open_door(origins=("https://preview.p5js.org",)) as rig:
        origins = [filled(origin, rig.port) for origin in ORIGINS["refused"]]
        by_socket = {origin: await handshake(rig.port, Origin=origin) for origin in origins}
        by_http = {origin: (await get(rig.port, "/health", Origin=origin))[0] for origin in origins}
        assert {} == {origin: status for origin, status in (by_http | by_socket).items() if status != 403}


async def test_the_door_opens_to_its_own_origins():
    """And tells the browser so, for pages that fetch."""
    async with open_door(origins=("https://preview.p5js.org",)) as rig:
        for origin in (filled(origin, rig.port) for origin in ORIGINS["allowed"]):
            status, headers, _ = await get(rig.port, "/health", Origin=origin)
            assert (200, origin, "Origin") == (status, headers["access-control-allow-origin"], headers["vary"])
            assert 101 == await handshake(rig.port, Origin=origin)


async def test_no_header_but_the_needed_ones():
    """TouchDesigner's WebSocket DAT: no Origin, no sub-protocol; HTTP/1.1 programs without a Host."""
    async with open_door() as rig:
        status, headers, _ = await ask(rig.port, b"GET /health HTTP/1.1\r\n\r\n")
        assert (200, False) == (status, "access-control-allow-origin" in headers)
        assert 101 == await handshake(rig.port)


async def test_two_hosts_are_none():
    """What one part of a chain reads first, another reads last."""
    async with open_door() as rig:
        request = f"GET /health HTTP/1.1\r\nHost: 127.0.0.1:{rig.port}\r\nHost: evil.example\r\n\r\n"
        assert 400 == (await ask(rig.port, request.encode()))[0]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", ""])
async def test_beyond_this_machine_needs_a_token(host):
    """An open address without a token is not opened at all."""
    with pytest.raises(LivegenError, match="--token"):
        async with open_door(host=host):
            pass


@pytest.fixture
def from_afar(monkeypatch):
    """Connections of this test count as coming from another machine."""
    monkeypatch.setattr("livegen.web.origin.is_loopback", lambda peer: False)


async def test_without_the_token_only_files_are_given(from_afar, tmp_path):
    """Pages ship with livegen and hold no secret; everything else does."""
    (tmp_path / "index.html").write_text("<title>studio</title>")
    async with open_door(token="s3cret", files={"/studio/": tmp_path}) as rig:
        assert 200 == (await get(rig.port, "/", Accept="text/html"))[0]
        assert 200 == (await get(rig.port, "/studio/index.html"))[0]
        for target in ("/health", "/", "/frame.jpg", "/stream.mjpg", "/docs/osc", "/thumbs/a.jpg", "/livegen?VALUE"):
            assert 401 == (await get(rig.port, target))[0], target
        assert 200 == (await get(rig.port, "/health?token=s3cret"))[0]
        assert 200 == (await get(rig.port, "/health", Authorization="Bearer s3cret"))[0]


async def test_a_socket_without_the_token_hears_and_does_nothing(from_afar):
    """It may say hello with the token, and nothing else."""
    async with open_door(token="s3cret") as rig:
        async with rig.ws() as ws:
            await ws.send('{"type":"set","values":{"/livegen/main/params/hue":0.9}}')
            assert "token" == (await told(ws, "error"))["code"]
            await ws.wait_closed()
            assert 1008 == ws.close_code
        assert 0.5 == rig.board.value("/livegen/main/params/hue")
        async with rig.ws() as ws:
            assert "welcome" == (await hello(ws, token="s3cret"))["type"]
        async with rig.ws("/?token=s3cret") as ws:
            assert "welcome" == (await hello(ws))["type"]


async def test_the_token_is_never_logged(from_afar, caplog):
    """Right or wrong, in the address, in a header or in hello, at the most talkative level."""
    caplog.set_level("DEBUG")
    async with open_door(token="s3cret") as rig:
        await get(rig.port, "/health?token=s3cret")
        await get(rig.port, "/health?token=s3cret-wrong")
        await get(rig.port, "/nothing?token=s3cret", Authorization="Bearer s3cret")
        async with rig.ws("/?token=s3cret") as ws:
            await hello(ws, token="s3cret")
            await ws.send('{"type":"hello","token":"s3cret","maxFps":-1}')
            assert "s3cret" not in json.dumps(await told(ws, "error"))
    logged = [record.getMessage() for record in caplog.records if not record.name.startswith("websockets.client")]
    assert [] == [line for line in logged if "s3cret" in line]
