"""The file of links: read at the start, written when something is learned, followed when it is edited."""

import asyncio
import os

import pytest

from livegen import places
from livegen.board import Write
from livegen.ensemble import Ensemble
from livegen.linkfile import EVERY, LinkFile, place
from livegen.message import Message
from livegen.patch import load
from livegen.state import exchange

PATCH = '# Mine.\n[generators.main]\nkind = "cppn"  # a net\n'
LINK = '[[routes]]\nfrom = "/f"\nto = "main/params/hue"\n'
HUE = "/livegen/main/params/hue"


class Desk:
    """A show whose links have a file."""

    def __init__(self, folder):
        self.patch = folder / "show.toml"
        if not self.patch.exists():
            self.patch.write_text(PATCH, encoding="utf8")
        self.show, self.now = Ensemble(load(self.patch)), 1.0
        self.touch = next(each for each in self.show.sections if each.name == "touch")
        self.file = LinkFile(self.patch, self.touch, self.show.apply, lambda: self.now)

    def say(self, address, *args):
        self.show.apply(Message(address, args, self.now, "osc"))
        self.tick()

    def tick(self):
        self.now += 0.04
        self.show.before(self.now)
        self.show.board.latch(self.now)

    def learn(self, address, control):
        self.say("/livegen/learn/start", address)
        self.say(control, 0.2)
        self.say(control, 0.9)


async def following(desk, *acts):
    """Follow the file while ``acts`` happen one after the other, with time to be seen."""
    task = asyncio.create_task(desk.file.follow())
    try:
        for act in acts:
            act()
            await asyncio.sleep(3.5 * EVERY)
            desk.tick()
    finally:
        task.cancel()


async def test_what_is_learned_is_there_at_the_next_start(tmp_path):
    """As a text with a head that says what it is."""
    desk = Desk(tmp_path)
    desk.file.begin()
    desk.tick()
    await following(desk, lambda: desk.learn(HUE, "/f"))
    text = (tmp_path / "show.links.toml").read_text(encoding="utf8")
    assert text.startswith("# What was learned") and text.endswith(LINK)
    assert ["show.links.toml", "show.toml"] == sorted(os.listdir(tmp_path))
    again = Desk(tmp_path)
    again.file.begin()
    again.tick()
    assert desk.touch.links == again.touch.links
    again.say("/f", 0.3)
    assert pytest.approx(0.3) == again.show.board.value(f"{HUE}/normalized")


async def test_an_edited_file_plays_and_keeps_its_own_words(tmp_path):
    """A faulty edit is refused with its line, and what was bound goes on."""
    desk, path = Desk(tmp_path), tmp_path / "show.links.toml"
    path.write_text(f"# my own words\n{LINK}")
    desk.file.begin()
    desk.tick()
    assert 1 == len(desk.touch.links)
    await following(
        desk, lambda: path.write_text(f"# my own words\n{LINK}\n{LINK.replace('/f', '/g').replace('hue', 'zoom')}"),
        lambda: path.write_text("[[routes]]\nfrom = 7\n"),
    )  # fmt: skip
    assert ["/f", "/g"] == [link.source for link in desk.touch.links]
    assert "show.links.toml:2" in desk.file.problem
    assert "[[routes]]\nfrom = 7\n" == path.read_text()
    await following(desk, lambda: path.write_text(f"# mine\n{LINK}"))
    assert (["/f"], "") == ([link.source for link in desk.touch.links], desk.file.problem)
    assert path.read_text().startswith("# mine")


async def test_kept_links_become_the_patchs_last_lines(tmp_path):
    """Nothing else of it changes; once the stage plays the edited patch, they are its own routes."""
    desk = Desk(tmp_path)
    await following(desk, lambda: desk.learn(HUE, "/f"), lambda: desk.file.heed(Write("/livegen/learn/keep", (), 1, "osc", 0.0)))
    assert f"{PATCH}\n{LINK}" == desk.patch.read_text(encoding="utf8")
    await following(desk, lambda: desk.show.revised(load(desk.patch)).then())
    assert () == desk.touch.links and "/f" in desk.show.cast.router
    assert not (tmp_path / "show.links.toml").read_text().endswith(LINK)


async def test_a_patch_that_came_with_livegen_stays_as_it_is(tmp_path, monkeypatch):
    """Its links lie with the state; keeping them in it is refused with the way out."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    hello = places.shipped("patches") / "hello.toml"
    before = hello.read_bytes()
    assert places.state_folder() / "links" / "hello.links.toml" == place(hello)
    desk = Desk(tmp_path)
    desk.file = LinkFile(hello, desk.touch, desk.show.apply, lambda: desk.now)
    await following(desk, lambda: desk.learn(HUE, "/f"), lambda: desk.file.heed(Write("/livegen/learn/keep", (), 1, "osc", 0.0)))
    assert "copy it" in desk.file.problem and before == hello.read_bytes() and place(hello).is_file()


async def test_a_disk_that_refuses_is_said_once_and_the_links_play(tmp_path):
    """The show goes on with what was learned."""
    desk = Desk(tmp_path)
    desk.file.path = desk.patch / "no folder" / "show.links.toml"
    await following(desk, lambda: desk.learn(HUE, "/f"))
    assert "cannot be kept" in desk.file.problem and 1 == len(desk.touch.links)
    await desk.file.close()


def test_a_file_is_replaced_at_one_go(tmp_path):
    """Old or new, and nothing lies about."""
    path = tmp_path / "a.toml"
    path.write_text("old")
    exchange(path, b"new\n")
    assert ("new\n", ["a.toml"]) == (path.read_text(), os.listdir(tmp_path))
    with pytest.raises(OSError):
        exchange(tmp_path / "no" / "a.toml", b"x")
