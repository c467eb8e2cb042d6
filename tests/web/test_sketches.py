"""What the stage serves under /p5/."""

import importlib.util
import re
from pathlib import Path

import pytest

from livegen import places
from livegen.errors import LivegenError
from livegen.web import sketches

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "clients" / "p5js" / "sketches"
NAMES = sorted(path.parent.name for path in PAGES.glob("*/sketch.js"))


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A checkout whose client folder has pages but no p5, and nothing shipped in a wheel."""
    client = tmp_path / "clients" / "p5js"
    (client / "sketches" / "hello").mkdir(parents=True)
    for name in ("index.html", "missing.html", "missing.js", "hello/index.html", "hello/sketch.js"):
        (client / "sketches" / name).write_text(name)
    (client / "p5.livegen.js").write_text("client")
    monkeypatch.setattr(places, "shipped", lambda name: tmp_path / name)
    monkeypatch.setattr(places, "HOUSE", tmp_path / "livegen")
    return client


def install(modules):
    for inside in sketches.BUILDS.values():
        (modules / inside).parent.mkdir(parents=True, exist_ok=True)
        (modules / inside).write_text(inside)


def test_without_p5_every_way_in_says_the_one_command(house):
    """The list is replaced by the page with the command, and p5's own address leads there."""
    files = sketches.sketch_files()
    assert house / "sketches" / "missing.html" == files["/p5/index.html"]
    assert house / "sketches" / "missing.js" == files["/p5/lib/p5-1.min.js"] == files["/p5/lib/p5-2.min.js"]
    assert f'npm ci --prefix "{house}"' == sketches.missing_p5()


def test_p5_beside_the_client_is_served_with_its_licence(house):
    """After npm ci the list is there, and so are both versions."""
    install(house / "node_modules")
    files = sketches.sketch_files()
    assert house / "sketches" / "index.html" == files["/p5/index.html"]
    assert house / "node_modules" / "p5v1" / "license.txt" == files["/p5/lib/p5-1.license.txt"]
    assert "p5v2/lib/p5.min.js" == files["/p5/lib/p5-2.min.js"].read_text()
    assert "" == sketches.missing_p5()


def test_p5_from_the_wheel_comes_first(house, tmp_path):
    """An installed livegen needs no npm."""
    shipped = tmp_path / "livegen" / "shipped" / "p5"
    shipped.mkdir(parents=True)
    for name in sketches.BUILDS:
        (shipped / name).write_text("from the wheel")
    install(house / "node_modules")
    assert shipped / "p5-2.min.js" == sketches.sketch_files()["/p5/lib/p5-2.min.js"]


def test_half_a_p5_counts_as_none(house):
    """One version without the other would break the switch between them."""
    install(house / "node_modules")
    (house / "node_modules" / "p5v2" / "lib" / "p5.min.js").unlink()
    assert house / "sketches" / "missing.html" == sketches.sketch_files()["/p5/index.html"]


def test_the_wheel_holds_what_the_stage_looks_for():
    """The build hook and the stage agree on names and places."""
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    pytest.importorskip("hatchling")
    hook = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(hook)
    assert sketches.BUILDS == {name: inside for inside, name in hook.BUILDS.items()}
    assert "livegen/shipped" == hook.SHIPPED


@pytest.mark.parametrize("name", NAMES)
def test_every_sketch_is_listed_with_its_picture(name):
    """A folder with a sketch has a card on the index page and a thumbnail."""
    page = (PAGES / "index.html").read_text()
    assert f'href="/p5/{name}/"' in page
    assert f"/p5/thumbs/{name}.jpg" in sketches.sketch_files()


def test_no_page_needs_a_looser_policy():
    """No inline script or style, nothing from another host."""
    for path in PAGES.rglob("*.html"):
        text = path.read_text()
        assert [] == re.findall(r"<script>|<script [^>]*>[^<]|<style|\sstyle=|\son[a-z]+=|(?:src|href)=\"(?:https?:)?//", text)


def test_what_is_served_exists_and_is_ours():
    """Every address leads to a file inside the client's folder."""
    home = places.shipped("clients/p5js")
    for url, path in sketches.sketch_files().items():
        assert path.is_file(), url
        assert path.is_relative_to(home), url


def test_an_artist_s_own_sketches_get_a_page_each(tmp_path):
    """sketch.js alone is enough; whoever brings a page keeps it."""
    for name in ("wave/sketch.js", "tide/sketch.js", "tide/index.html", "notes/read.txt", "wave/palette.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    files = sketches.own_sketches(tmp_path)
    assert {"/my/wave/", "/my/wave/index.html", "/my/tide/"} == set(files)
    assert PAGES / "hello" / "index.html" == files["/my/wave/index.html"]


def test_a_folder_without_sketches_is_answered_with_how_to_lay_one(tmp_path):
    """The way out is in the sentence."""
    with pytest.raises(LivegenError, match=r"my-sketch/sketch\.js"):
        sketches.own_sketches(tmp_path / "nothing")
