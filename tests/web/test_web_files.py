"""Static files: names are keys of what was found at the start, whatever they look like."""

import json
import os
from pathlib import Path
from urllib.parse import quote

import pytest
from door_rig import get, open_door

from livegen.web.files import Shelf

NAMES = json.loads((Path(__file__).parents[1] / "hostile" / "names.json").read_text(encoding="utf8"))
SECRET = "SECRET-THAT-MUST-STAY"


@pytest.fixture
def folder(tmp_path):
    """A served folder with one real file, surrounded by what must not be reached."""
    served = tmp_path / "served"
    (served / "sub").mkdir(parents=True)
    (tmp_path / "secret.js").write_text(SECRET)
    (served / "real.js").write_text("real")
    (served / ".hidden.js").write_text(SECRET)
    (served / "notes.py").write_text(SECRET)
    if os.name == "posix":
        (served / "link.js").symlink_to(tmp_path / "secret.js")
        (served / "linked").symlink_to(tmp_path)
        os.mkfifo(served / "pipe.js")
    return served


def forms(name):
    """A hostile name as clients can send it: percent-encoded once, twice, and in Windows' slashes."""
    for each in {name, name.replace("/", "\\"), name.replace("\\", "/")}:
        once = quote(each, safe="")
        yield from (once, quote(once, safe=""), quote(each, safe="/.:\\;*?"))


async def test_no_hostile_name_reaches_a_file(folder):
    """Each name in each form under each prefix: the one real file or nothing, and never a hang."""
    targets = {f"{prefix}{form}" for name in NAMES for form in forms(name) for prefix in ("/studio/", "/thumbs/")}
    targets |= {f"/thumbs/{form}.jpg" for name in NAMES for form in forms(name)}
    targets = {target for target in targets if " " not in target and target.isascii()}
    asked_for = []

    def thumbs(name, stream):
        asked_for.append(name)

    async with open_door(files={"/studio/": folder}, thumbs=thumbs) as rig:
        for target in sorted(targets):
            status, headers, body = await get(rig.port, target.replace("\r", "%0D").replace("\n", "%0A"))
            assert SECRET not in body.decode("latin1"), target
            assert status in (200, 400, 403, 404), target
            assert status != 200 or b"real" == body, target
            assert "x-injected" not in headers
    assert len(targets) >= 42 * 4
    assert [] == [name for name in asked_for if set(name) & set("/\\\0:")]


async def test_the_real_file_is_served(folder):
    """With its type, and again without its bytes when it has not changed."""
    async with open_door(files={"/studio/": folder}) as rig:
        status, headers, body = await get(rig.port, "/studio/real.js")
        assert (200, "text/javascript; charset=utf-8", b"real") == (status, headers["content-type"], body)
        status, _, body = await get(rig.port, "/studio/real.js", If_None_Match=headers["etag"])
        assert (304, b"") == (status, body)


async def test_an_edited_file_is_served_as_edited(folder):
    """An artist edits a sketch during the show."""
    async with open_door(files={"/studio/": folder}) as rig:
        await get(rig.port, "/studio/real.js")
        (folder / "real.js").write_text("edited")
        assert b"edited" == (await get(rig.port, "/studio/real.js"))[2]


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
async def test_a_file_that_became_a_link_is_gone(folder):
    """What is replaced after the scan is looked at again."""
    async with open_door(files={"/studio/": folder}) as rig:
        (folder / "real.js").unlink()
        (folder / "real.js").symlink_to(folder.parent / "secret.js")
        status, _, body = await get(rig.port, "/studio/real.js")
        assert (404, False) == (status, SECRET.encode() in body)


def test_only_known_types_and_plain_names_are_found(folder):
    """No links, pipes, hidden files or sources."""
    (folder / "sub" / "page.html").write_text("x")
    (folder / "a name.js").write_text("x")
    shelf = Shelf({"/s/": folder, "/one.js": folder / "real.js", "/none/": folder / "missing"})
    known = ("/s/real.js", "/s/sub/page.html", "/one.js")
    unknown = ("/s/link.js", "/s/pipe.js", "/s/linked/secret.js", "/s/.hidden.js", "/s/notes.py", "/s/a name.js", "/none/x.js")
    assert (3, True, False) == (len(shelf), all(url in shelf for url in known), any(url in shelf for url in unknown))


def test_a_folder_is_its_index(folder):
    """As browsers expect."""
    (folder / "index.html").write_text("hello")
    shelf = Shelf({"/p5/": folder})
    assert b"hello" == shelf.find("/p5/").body
