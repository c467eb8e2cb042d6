"""livegen.touchosc: the layout of a patch, read back as a tablet would read it."""

import zlib
from xml.etree import ElementTree

import pytest

from livegen.params import BOOL, COMMAND, ENUM, INT, READ, TRIGGER, VECTOR, Param
from livegen.touchosc import layout

MAIN = "/livegen/main"
PARAMS = (
    Param(address=f"{MAIN}/params/hue", low=-0.5, high=0.5, default=0.25, group="colour"),
    Param(address=f"{MAIN}/params/zoom", low=0.25, high=4.0, default=1.0, curve="exp", group="look"),
    Param(address=f"{MAIN}/params/layers", type=INT, low=1, high=9, default=5, group="look"),
    Param(address=f"{MAIN}/params/look", type=ENUM, choices=("ink", "neon"), default="ink", group="look"),
    Param(address=f"{MAIN}/params/palette", type=ENUM, choices=tuple(f"p{i}" for i in range(20)), default="p0"),
    Param(address=f"{MAIN}/params/mirror", type=BOOL, default=False),
    Param(address=f"{MAIN}/z", type=VECTOR, size=64),
    Param(address=f"{MAIN}/xy", type=VECTOR, size=2, default=(0.5, 0.5)),
    Param(address=f"{MAIN}/randomize", type=TRIGGER),
    Param(address=f"{MAIN}/presets/load", type=COMMAND, tags="sf"),
    Param(address="/livegen/panic/black", type=BOOL, default=False),
    Param(address="/livegen/panic/safe", type=TRIGGER),
    Param(address="/livegen/status/fps", access=READ),
)
CUES = ("dusk", "dawn", "]]> & <b>")


@pytest.fixture(scope="module")
def root():
    return ElementTree.fromstring(zlib.decompress(layout(PARAMS, cues=CUES)))


def controls(root, kind):
    return {setting(found, "name"): found for found in root.iter("node") if found.get("type") == kind}


def setting(control, key):
    for found in control.find("properties"):
        if found.findtext("key") == key:
            given = found.find("value")
            return tuple(float(x.text) for x in given) if len(given) else given.text
    raise KeyError(key)


def sent(control):
    """(address, trigger conditions, [(kind, conversion, value, low, high)]) of a control's only message."""
    (message,) = control.find("messages")
    parts = [
        (p.findtext("type"), p.findtext("conversion"), p.findtext("value"), float(p.findtext("scaleMin")), float(p.findtext("scaleMax")))
        for p in message.find("arguments")
    ]  # fmt: skip
    address = "".join(p.findtext("value") for p in message.find("path"))
    return address, [t.findtext("condition") for t in message.iter("trigger")], parts


def starts(control):
    return {value.findtext("key"): value.findtext("default") for value in control.find("values")}


def test_the_file_is_what_touchosc_opens(root):
    """zlib, lexml 4, one group that holds everything, and no identity twice."""
    assert ("lexml", "4") == (root.tag, root.get("version"))
    assert ["GROUP"] == [child.get("type") for child in root]
    identities = [found.get("ID") for found in root.iter("node")]
    assert len(set(identities)) == len(identities)


def test_a_fader_plays_its_parameters_range(root):
    """Linear: the real address with the real range, starting where the parameter starts."""
    hue = controls(root, "FADER")["hue"]
    assert (f"{MAIN}/params/hue", ["ANY"], [("VALUE", "FLOAT", "x", -0.5, 0.5)]) == sent(hue)
    assert 0.75 == float(starts(hue)["x"])
    layers = controls(root, "FADER")["layers"]
    assert [("VALUE", "INTEGER", "x", 1.0, 9.0)] == sent(layers)[2]


def test_a_curve_is_kept_by_the_normalized_address(root):
    """What is not linear over its range goes by 0..1, and the stage bends it."""
    zoom = controls(root, "FADER")["zoom"]
    assert (f"{MAIN}/params/zoom/normalized", [("VALUE", "FLOAT", "x", 0.0, 1.0)]) == (sent(zoom)[0], sent(zoom)[2])
    assert pytest.approx(0.5) == float(starts(zoom)["x"])
    assert f"{MAIN}/params/palette/normalized" == sent(controls(root, "FADER")["palette"])[0]


def test_short_menus_cues_and_panic_are_buttons(root):
    """A choice and a cue send their name once; a switch latches; a trigger says when it falls, too."""
    buttons = controls(root, "BUTTON")
    assert (f"{MAIN}/params/look", ["RISE"], [("CONSTANT", "STRING", "neon", 0.0, 1.0)]) == sent(buttons["neon"])
    assert (f"{MAIN}/presets/load", ["RISE"]) == sent(buttons["dusk"])[:2]
    assert ["dusk", "2"] == [part[2] for part in sent(buttons["dusk"])[2]]
    assert (f"{MAIN}/randomize", ["ANY"]) == sent(buttons["randomize"])[:2]
    assert ("2", "0") == (setting(buttons["mirror"], "buttonType"), setting(buttons["randomize"], "buttonType"))
    assert ("/livegen/panic/black", "/livegen/panic/safe") == (sent(buttons["black"])[0], sent(buttons["safe"])[0])
    assert ("/livegen/subscribe", [("CONSTANT", "INTEGER", "9211", 0.0, 1.0)]) == (
        sent(buttons["feedback"])[0], sent(buttons["feedback"])[2],
    )  # fmt: skip


def test_strange_names_survive(root):
    """A cue whose name looks like markup is still one name."""
    assert "]]> & <b>" in controls(root, "BUTTON")


def test_the_pad_sends_both_coordinates(root):
    """One message with two numbers, whenever either moves."""
    address, when, parts = sent(controls(root, "XY")["xy"])
    assert (f"{MAIN}/xy", ["ANY", "ANY"], ["x", "y"]) == (address, when, [part[2] for part in parts])


def test_everything_lies_on_the_page_and_nothing_on_something_else(root):
    """No control reaches over its parent's edge; touchable ones never overlap."""
    for page in root.iter("node"):
        _, _, w, h = setting(page, "frame")
        children = page.find("children")
        inside = [] if children is None else children
        frames = [setting(child, "frame") for child in inside if setting(child, "interactive") == "1"]
        for index, (fx, fy, fw, fh) in enumerate(frames):
            assert fx >= 0 and fy >= 0 and fx + fw <= w + 0.01 and fy + fh <= h + 0.01
            for gx, gy, gw, gh in frames[:index]:
                assert fx >= gx + gw or gx >= fx + fw or fy >= gy + gh or gy >= fy + fh


@pytest.mark.parametrize("many", [1, 10, 11, 20, 47])
def test_any_number_of_faders_finds_room(many):
    """More than two rows go to further pages, and every parameter is there exactly once."""
    rows = [Param(address=f"{MAIN}/params/p{i}") for i in range(many)]
    root = ElementTree.fromstring(zlib.decompress(layout(rows)))
    assert {f"p{i}" for i in range(many)} == set(controls(root, "FADER"))
    assert -(-many // 20) == sum(name.startswith("main") for name in controls(root, "GROUP"))


def test_each_generator_has_its_page():
    """Two generators: two tabs, each with its own addresses."""
    rows = [Param(address=f"/livegen/{name}/params/hue") for name in ("faces", "sea")]
    root = ElementTree.fromstring(zlib.decompress(layout(rows)))
    (pager,) = controls(root, "PAGER").values()
    pages = list(pager.find("children"))
    assert ["faces", "sea"] == [setting(page, "tabLabel") for page in pages]
    assert ["/livegen/faces/params/hue", "/livegen/sea/params/hue"] == [
        sent(controls(page, "FADER")["hue"])[0] for page in pages
    ]


def test_cues_stand_on_the_page_of_their_generator():
    """Given with an instance, the other generator's page has none of them; a board's mapping is taken too."""
    rows = [Param(address=f"/livegen/{name}/presets/load", type=COMMAND, tags="sf") for name in ("faces", "sea")]
    data = layout({row.address: row for row in rows}, cues=["dusk"], instance="sea")
    (dusk,) = [n for n in ElementTree.fromstring(zlib.decompress(data)).iter("node") if setting(n, "name") == "dusk"]
    assert "/livegen/sea/presets/load" == sent(dusk)[0]


def test_the_same_patch_gives_the_same_file():
    """Exports can be compared and kept under version control."""
    assert layout(PARAMS, cues=CUES) == layout(PARAMS, cues=CUES)


def test_another_reader_agrees(tmp_path):
    """py2tosc, written against files of TouchOSC's own editor, opens the layout and finds nothing wrong."""
    py2tosc = pytest.importorskip("py2tosc")
    path = tmp_path / "hello.tosc"
    path.write_bytes(layout(PARAMS, cues=CUES))
    assert [] == [str(issue) for issue in py2tosc.load(path).validate()]
