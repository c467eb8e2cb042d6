"""The board as an OSCQuery tree: what other people's clients read."""

import json

import pytest

from livegen.board import Alias, Board
from livegen.errors import UnknownParam
from livegen.message import Message
from livegen.params import READ, WRITE, Param
from livegen.wire import osc, oscquery

MAIN = "/livegen/main"
ROWS = (
    Param(address=f"{MAIN}/params/hue", low=0.0, high=2.0, default=0.5, unit="turns", description="Colour", group="Look"),
    Param(address=f"{MAIN}/params/speed", high=4.0, curve="square", slew=0.5, rate=True, live=False),
    Param(address=f"{MAIN}/params/count", type="int", low=1, high=9, default=3),
    Param(address=f"{MAIN}/params/fade", type="bool", default=True),
    Param(address=f"{MAIN}/params/look", type="enum", choices=("soft", "hard"), default="hard", blend=True),
    Param(address=f"{MAIN}/params/title", type="string", default="hello"),
    Param(address=f"{MAIN}/z", type="vector", size=40, low=-4.0, high=4.0),
    Param(address=f"{MAIN}/xy", type="vector", size=2, default=(0.25, 0.75)),
    Param(address=f"{MAIN}/randomize", type="trigger", access=WRITE),
    Param(address=f"{MAIN}/presets/load", type="command", tags="sf", access=WRITE),
    Param(address="/livegen/status/fps", high=240.0, access=READ),
)  # fmt: skip


@pytest.fixture
def board():
    aliases = {
        "/livegen/0/params/hue": Alias(f"{MAIN}/params/hue"),
        "/livegen/0/z/20": Alias(f"{MAIN}/z", "element", 20),
    }
    return Board(ROWS, aliases)


def every(node):
    yield node
    for child in node.get("CONTENTS", {}).values():
        yield from every(child)


def test_the_tree_holds_every_parameter_under_its_full_path(board):
    """Nothing that can be played is missing, and JSON can carry it."""
    root = json.loads(json.dumps(oscquery.node(board, "/"), allow_nan=False))
    paths = {node["FULL_PATH"] for node in every(root) if "TYPE" in node}
    assert {row.address for row in ROWS} <= paths
    assert all("FULL_PATH" in node for node in every(root))
    assert all(("TYPE" in node) or ("CONTENTS" in node) for node in every(root))


def test_every_name_in_the_tree_is_where_its_path_says(board):
    """A client may ask for any node that it was shown."""
    for node in every(oscquery.node(board, "/")):
        assert node == oscquery.node(board, node["FULL_PATH"])


@pytest.mark.parametrize(
    ("name", "type_", "value", "ranges", "clip"),
    [
        ("hue", "f", [0.5], [{"MIN": 0.0, "MAX": 2.0}], ["both"]),
        ("count", "i", [3], [{"MIN": 1, "MAX": 9}], ["both"]),
        ("fade", "T", [True], None, None),
        ("look", "s", ["hard"], [{"VALS": ["soft", "hard"]}], ["none"]),
        ("title", "s", ["hello"], None, None),
    ],
)
def test_each_type_has_its_attributes(board, name, type_, value, ranges, clip):
    """As the proposal types them; numbers always with a range."""
    node = oscquery.node(board, f"{MAIN}/params/{name}")
    assert (type_, value, ranges, clip, value) == (
        node["TYPE"], node["VALUE"], node.get("RANGE"), node.get("CLIPMODE"), node["DEFAULT_VALUE"],
    )  # fmt: skip
    assert 3 == node["ACCESS"]


def test_words_about_a_parameter_are_in_its_node(board):
    """Description, unit, heading, and what livegen's own pages need."""
    hue, speed = (oscquery.node(board, f"{MAIN}/params/{name}") for name in ("hue", "speed"))
    assert ("Colour", ["turns"], ["Look"]) == (hue["DESCRIPTION"], hue["UNIT"], hue["TAGS"])
    own = {"kind": "float", "group": "", "live": False, "curve": "square", "slew": 0.5, "rate": True}
    assert own == speed["LIVEGEN"]


def test_a_short_vector_has_one_range_per_component(board):
    """Clients that find one entry for two numbers draw a wrong pad."""
    xy = oscquery.node(board, f"{MAIN}/xy")
    assert ("ff", [0.25, 0.75], 2, 2, 3) == (
        xy["TYPE"],
        xy["VALUE"],
        len(xy["RANGE"]),
        len(xy["CLIPMODE"]),
        xy["ACCESS"],
    )
    assert ["position.cartesian.x", "position.cartesian.y"] == xy["EXTENDED_TYPE"]
    assert "CONTENTS" not in xy


def test_a_long_vector_is_written_whole_and_shown_in_part(board):
    """Five hundred ranges in every answer would bury the tree, five hundred sliders a page."""
    z = oscquery.node(board, f"{MAIN}/z")
    assert ("f" * 40, 2) == (z["TYPE"], z["ACCESS"])
    assert not {"VALUE", "RANGE", "DEFAULT_VALUE"} & set(z)
    assert [str(n) for n in range(16)] == list(z["CONTENTS"])
    assert ("f", [{"MIN": -4.0, "MAX": 4.0}]) == (z["CONTENTS"]["3"]["TYPE"], z["CONTENTS"]["3"]["RANGE"])


def test_what_happens_without_holding_a_value_says_so(board):
    """Triggers and commands: write only, no value, better sent where nothing is lost."""
    bang, load = oscquery.node(board, f"{MAIN}/randomize"), oscquery.node(board, f"{MAIN}/presets/load")
    assert ("I", "sf") == (bang["TYPE"], load["TYPE"])
    for node in (bang, load):
        assert (2, True, False) == (node["ACCESS"], node["CRITICAL"], "VALUE" in node)


def test_ranges_have_a_normalized_node(board):
    """For MIDI and faders; a text has none."""
    board.apply(Message(f"{MAIN}/params/hue", 1.0, origin="test"))
    node = oscquery.node(board, f"{MAIN}/params/hue/normalized")
    assert ([0.5], [{"MIN": 0.0, "MAX": 1.0}]) == (node["VALUE"], node["RANGE"])
    assert "CONTENTS" not in oscquery.node(board, f"{MAIN}/params/title")
    assert "CONTENTS" not in oscquery.node(board, "/livegen/status/fps")


def test_other_names_answer_without_standing_in_the_tree(board):
    """A page shows each knob once; whoever counts instances is answered too."""
    assert "0" not in oscquery.node(board, "/livegen")["CONTENTS"]
    assert ("/livegen/0/params/hue", [0.5]) == tuple(
        oscquery.node(board, "/livegen/0/params/hue")[name] for name in ("FULL_PATH", "VALUE")
    )
    assert "f" == oscquery.node(board, "/livegen/0/z/20")["TYPE"]
    assert "f" == oscquery.node(board, f"{MAIN}/z/39")["TYPE"]
    assert ("if", 2) == tuple(oscquery.node(board, f"{MAIN}/z/from")[name] for name in ("TYPE", "ACCESS"))


@pytest.mark.parametrize(
    "path", ["/nobody", "/livegen/main/z/40", "/livegen/main/params/hue/x", "/livegen/mai", "/livegen/0"]
)
def test_nothing_is_at_other_paths(board, path):
    """Nothing, rather than something near."""
    assert None is oscquery.node(board, path)


@pytest.mark.parametrize("path", ["", "/", "//"])
def test_the_root_has_several_spellings(board, path):
    """All are the root."""
    assert "/" == oscquery.node(board, path)["FULL_PATH"]


@pytest.mark.parametrize(
    ("path", "name", "status", "json_"),
    [
        (f"{MAIN}/params/hue", "VALUE", 200, {"VALUE": [0.5]}),
        (f"{MAIN}/params/hue/", "TYPE", 200, {"TYPE": "f"}),
        (f"{MAIN}/params/hue", "UNIT", 200, {"UNIT": ["turns"]}),
        (f"{MAIN}/randomize", "VALUE", 204, None),
        (f"{MAIN}/z", "VALUE", 204, None),
        (f"{MAIN}/params", "VALUE", 204, None),
        (f"{MAIN}/params/title", "RANGE", 204, None),
        (f"{MAIN}/params/hue", "NONSENSE", 400, None),
        (f"{MAIN}/params/hue", "value", 400, None),
        ("/nobody", "VALUE", 404, None),
    ],
)
def test_single_attributes_answer_with_the_proposals_status(board, path, name, status, json_):
    """200, 204 for what is not there to ask, 400 for what is no attribute, 404 for no node."""
    assert (status, json_) == oscquery.attribute(board, path, name)


def test_host_info_names_one_port_for_everything():
    """Some clients ignore OSC_PORT, others WS_PORT."""
    info = oscquery.host_info("livegen hello", "127.0.0.1", 9210)
    assert (9210, 9210, "UDP") == (info["OSC_PORT"], info["WS_PORT"], info["OSC_TRANSPORT"])
    assert {"ACCESS", "VALUE", "RANGE", "LISTEN", "PATH_CHANGED", "LIVEGEN"} <= set(info["EXTENSIONS"])


def test_a_reload_is_told_as_paths_that_came_went_and_changed():
    """Whole containers once; what is as it was is not mentioned."""
    before = {row.address: row for row in ROWS}
    after = {
        a: row
        for a, row in before.items()
        if not a.startswith(f"{MAIN}/presets") and not a.endswith("/title")
    }
    after[f"{MAIN}/params/hue"] = Param(address=f"{MAIN}/params/hue", high=9.0)
    after["/livegen/second/params/hue"] = Param(address="/livegen/second/params/hue")
    after["/livegen/second/z"] = Param(address="/livegen/second/z", type="vector", size=2)
    assert [
        ("PATH_REMOVED", f"{MAIN}/params/title"),
        ("PATH_REMOVED", f"{MAIN}/presets"),
        ("PATH_ADDED", "/livegen/second"),
        ("PATH_CHANGED", f"{MAIN}/params/hue"),
    ] == sorted(
        oscquery.differences(before, after),
        key=lambda told: (told[0] != "PATH_REMOVED", told[0] == "PATH_CHANGED", told[1]),
    )
    assert [] == oscquery.differences(before, before)


def test_listeners_hear_every_name_of_what_changed(board):
    """Whoever listens to a range, a component or a numbered name hears it too."""
    paths = [
        f"{MAIN}/params/hue",
        f"{MAIN}/params/hue/normalized",
        "/livegen/0/params/hue",
        f"{MAIN}/z/3",
        "/nobody",
    ]
    assert paths[:3] == oscquery.heard_at(board, f"{MAIN}/params/hue", paths)
    assert paths[3:4] == oscquery.heard_at(board, f"{MAIN}/z", paths)


def test_values_travel_as_osc_packets(board):
    """What LISTEN sends can be read by any OSC decoder."""
    for row in ROWS:
        if row.holds:
            (message,) = osc.decode(oscquery.packet(row.address, board.value(row.address)))
            assert row.address == message.address
            board_value = board.value(row.address)
            assert (board_value if isinstance(board_value, tuple) else (board_value,)) == message.args


def test_a_board_that_lost_its_rows_meanwhile_answers_nothing(board):
    """A reload between two questions is no fault."""
    board.replace((), {})
    assert {} == oscquery.node(board, "/")["CONTENTS"]
    with pytest.raises(UnknownParam):
        board.value(f"{MAIN}/z")


def test_what_a_generator_says_can_be_listened_to_and_not_written():
    """An outlet holds nothing: readable, without a value."""
    made = oscquery.method(Param(address="/livegen/poem/text/out/token", type="command", tags="is", access=READ))
    assert ("is", READ, False) == (made["TYPE"], made["ACCESS"], "VALUE" in made)
