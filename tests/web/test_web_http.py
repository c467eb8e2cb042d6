"""What HTTP answers, and that it changes nothing."""

import io
import json

import numpy as np
import pytest
from door_rig import ask, get, open_door
from PIL import Image

from livegen.web.http import policy

TREE = {"FULL_PATH": "/", "CONTENTS": {"livegen": {"FULL_PATH": "/livegen"}}}


def tree(path):
    return TREE if path == "/" else {"FULL_PATH": path} if path == "/livegen" else None


def attribute(path, name):
    if path != "/livegen":
        return 404, None
    return {"VALUE": (200, {"VALUE": [0.5]}), "RANGE": (204, None)}.get(name, (400, None))


async def test_a_program_gets_the_tree_and_a_browser_the_studio(tmp_path):
    """One address for both: what is asked for decides."""
    (tmp_path / "index.html").write_text("<title>studio</title>")
    async with open_door(tree=tree, files={"/studio/": tmp_path}) as rig:
        for accept in ("application/json", "*/*", ""):
            status, headers, body = await get(rig.port, "/", Accept=accept)
            assert (200, "application/json", TREE) == (status, headers["content-type"], json.loads(body))
        status, headers, body = await get(rig.port, "/", Accept="text/html,application/xhtml+xml,*/*;q=0.8")
        assert (200, True) == (status, b"studio" in body)
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("status", "target"),
    [(200, "/livegen"), (200, "/livegen?VALUE"), (204, "/livegen?RANGE"), (400, "/livegen?NONSENSE"), (404, "/nothing"),
     (404, "/nothing?VALUE"), (200, "/?HOST_INFO"), (200, "/any/path?HOST_INFO")],
)  # fmt: skip
async def test_oscquery_answers_with_the_right_status(status, target):
    """200, 204 for a query that makes no sense there, 400 for an unknown attribute, 404 for no node."""
    async with open_door(tree=tree, attribute=attribute, host_info=lambda: {"NAME": "livegen"}) as rig:
        assert status == (await get(rig.port, target))[0]


async def test_health_is_what_the_stage_says():
    """JSON, never stored, with numbers only."""
    async with open_door(health=lambda: {"state": "running", "fps": float("nan")}) as rig:
        status, headers, body = await get(rig.port, "/health")
        assert (200, "no-store", {"state": "running", "fps": None}) == (
            status,
            headers["cache-control"],
            json.loads(body),
        )


async def test_the_newest_frame_is_a_jpeg():
    """For whoever has no client: an image element, curl, a Movie File In."""
    async with open_door() as rig:
        assert 503 == (await get(rig.port, "/frame.jpg"))[0]
        rig.paint(np.full((32, 48, 4), 200, np.uint8))
        status, headers, body = await get(rig.port, "/frame.jpg?stream=main")
        assert (200, "image/jpeg", "1") == (status, headers["content-type"], headers["x-livegen-seq"])
        shown = Image.open(io.BytesIO(body))
        assert ((48, 32), 200) == (shown.size, pytest.approx(shown.getpixel((5, 5))[0], abs=2))
        assert (24, 16) == Image.open(io.BytesIO((await get(rig.port, "/frame.jpg?maxSize=24"))[2])).size
        assert 404 == (await get(rig.port, "/frame.jpg?stream=nobody"))[0]


async def test_odd_sizes_are_ignored():
    """What is no number of pixels means as painted."""
    async with open_door() as rig:
        rig.paint()
        for size in ("-1", "1e9", "99999999", "\u0661", "", "0", "x" * 999):
            status, _, body = await get(rig.port, f"/frame.jpg?maxSize={size}".encode().decode("latin1"))
            assert status in (0, 200) and (status == 0 or (48, 32) == Image.open(io.BytesIO(body)).size)


async def test_the_docs_page_and_thumbnails_come_from_the_stage():
    """And 404 where there are none."""
    async with open_door(
        docs=lambda: "<h1>addresses</h1>",
        thumbs=lambda cue, stream: {"dusk": b"jpeg", "new": b""}.get(cue + stream),
    ) as rig:
        assert b"addresses" in (await get(rig.port, "/docs/osc"))[2]
        assert (200, b"jpeg") == (await get(rig.port, "/thumbs/dusk.jpg"))[::2]
        assert 204 == (await get(rig.port, "/thumbs/new.jpg"))[0], "it is there, and not painted yet"
        assert 404 == (await get(rig.port, "/thumbs/dusk.jpg?stream=sea"))[0]
        assert [404] * 3 == [(await get(rig.port, f"/thumbs/{name}"))[0] for name in ("dawn.jpg", "dusk", "")]


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "get", "BREW"]
)
@pytest.mark.parametrize("origin", [True, False])
async def test_nothing_changes_by_http(method, origin):
    """A form on a web page is refused with a sentence, and the board is as it was."""
    async with open_door() as rig:
        body = b'{"type":"set","values":{"/livegen/main/params/hue":0.9}}'
        head = f"{method} /livegen/main/params/hue HTTP/1.1\r\nHost: 127.0.0.1:{rig.port}\r\nContent-Type: text/plain\r\n"
        head += f"Origin: http://localhost:{rig.port}\r\n" if origin else ""
        status, _, said = await ask(
            rig.port, head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body
        )
        assert (403, True, 0.5) == (
            status,
            b"Only GET and HEAD" in said,
            rig.board.value("/livegen/main/params/hue"),
        )


async def test_head_is_get_without_a_body():
    """The length is told, the bytes are not sent."""
    async with open_door(health=lambda: {"state": "running"}) as rig:
        request = f"HEAD /health HTTP/1.1\r\nHost: 127.0.0.1:{rig.port}\r\n\r\n".encode()
        status, headers, body = await ask(rig.port, request)
        assert (200, "19", b"") == (status, headers["content-length"], body)


async def test_a_fault_of_the_stage_is_not_told_to_strangers(caplog):
    """The request ends with 500 and nothing private; the door stays open."""

    def broken():
        raise RuntimeError("the password is 12345")

    async with open_door(health=broken) as rig:
        status, _, body = await get(rig.port, "/health")
        assert (500, False) == (status, b"12345" in body)
        assert 404 == (await get(rig.port, "/"))[0]
        assert 1 == rig.door.statistics().faults


def test_sketches_may_a_little_more_than_the_studio():
    """p5 writes styles and opens blobs; nothing may load code from elsewhere."""
    strict, loose = policy("localhost:9210"), policy("localhost:9210", loose=True)
    assert "ws://localhost:9210" in strict and "blob:" in loose and "'unsafe-inline'" in loose
    for rules in (strict, loose):
        assert "script-src" not in rules and "'unsafe-eval'" not in rules and "object-src 'none'" in rules


async def test_a_folder_without_its_slash_is_pointed_on(tmp_path):
    """/p5 means /p5/."""
    (tmp_path / "index.html").write_text("sketches")
    async with open_door(files={"/p5/": tmp_path}) as rig:
        status, headers, _ = await get(rig.port, "/p5")
        assert (301, "/p5/") == (status, headers["location"])


async def test_models_and_their_pictures_are_told_by_instance_and_name():
    """The card of what plays, and pictures by the names that it holds; a name is never a path."""
    held = {("main", "direction/light"): b"\xff\xd8light"}
    words = {"models": lambda: {"main": {"kind": "image"}}, "pictures": lambda *key: held.get(key)}
    async with open_door(**words) as rig:
        status, headers, body = await get(rig.port, "/models")
        assert (200, "application/json", {"main": {"kind": "image"}}) == (status, headers["content-type"], json.loads(body))
        status, headers, body = await get(rig.port, "/thumbs/main/direction/light.jpg")
        assert (200, "image/jpeg", b"\xff\xd8light") == (status, headers["content-type"], body)
        for path in ("/thumbs/main/direction/dark.jpg", "/thumbs/main/direction/light", "/thumbs/../main/x.jpg"):
            assert 404 == (await get(rig.port, path))[0]
