"""The page of every address."""

import ast
import html
import re

from livegen.board import Board
from livegen.namespace import stage_rows
from livegen.params import BOOL, COMMAND, ENUM, INT, STRING, TRIGGER, VECTOR, WRITE, Param
from livegen.web.docs import example, page, spoken

MAIN = "/livegen/main"
HUE = Param(
    address=f"{MAIN}/params/hue", default=0.25, unit="turns", group="look", description="Where on the wheel"
)
ROWS = (
    *stage_rows(),
    HUE,
    Param(address=f"{MAIN}/params/look", type=ENUM, choices=("ink", "silk"), default="ink"),
    Param(address=f"{MAIN}/params/layers", type=INT, low=1, high=8, default=3),
    Param(address=f"{MAIN}/params/word", type=STRING, default=""),
    Param(
        address=f"{MAIN}/params/zoom",
        low=0.25,
        high=4.0,
        default=1.0,
        curve="exp",
        slew=0.5,
        rate=True,
        live=False,
    ),
    Param(address=f"{MAIN}/z", type=VECTOR, size=16, low=-4.0, high=4.0),
    Param(address=f"{MAIN}/freeze", type=BOOL, default=False),
    Param(address=f"{MAIN}/randomize", type=TRIGGER, access=WRITE),
    Param(address=f"{MAIN}/presets/load", type=COMMAND, tags="sf", access=WRITE),
)


def shown(*rows, host="192.168.1.20", port=9210):
    return page(Board(rows or ROWS), host, port, "main")


def test_every_address_stands_on_the_page():
    """Nothing that the board takes is left out."""
    text = shown()
    assert [] == [row.address for row in ROWS if f"<code>{row.address}</code>" not in text]


def test_what_can_be_played_stands_before_what_is_only_read():
    """An artist looks for knobs first."""
    text = shown()
    assert text.index(f"<code>{HUE.address}<") < text.index("<code>/livegen/status/fps<")


def test_the_lines_to_copy_name_the_stage_as_it_is_reached():
    """Host, port and a real address, for all four programs."""
    text = html.unescape(shown())
    for line in (
        f"""op('oscout1').sendOSC("{HUE.address}", [0.7])""", f'gen.set("{HUE.address}", 0.7);',
        f'client.send_message("{HUE.address}", 0.7)', f"{HUE.address} 0.7",
        'SimpleUDPClient("192.168.1.20", 9210)', "[udpsend 192.168.1.20 9210]",
    ):  # fmt: skip
        assert line in text


def test_every_example_is_taken_by_its_own_parameter():
    """What the page tells people to send, the gate lets in; the Python lines are Python."""
    for row in ROWS:
        if row.holds:
            row.gate(tuple(example(row)))
        for program, line in spoken(row):
            if program in ("Python", "TouchDesigner"):
                ast.parse(line)


def test_ranges_units_defaults_and_motion_are_told():
    """What a row says, in words."""
    text = shown()
    for words in ("float, 0 to 1 turns", "one of ink, silk", "int, 1 to 8", "16 floats, -4 to 4", "true or false",
                  "a trigger", "arguments sf", "never makes the picture jump", "when the patch is loaded again",
                  f"{HUE.address}/normalized", f"{MAIN}/z/0 … /15"):  # fmt: skip
        assert words in text, words


def test_markup_in_a_patch_stays_text():
    """Names, descriptions, units, choices and the host are escaped wherever they stand."""
    evil = '"><script>robbed()</script>'
    row = Param(
        address=f"{MAIN}/params/{evil}",
        type=ENUM,
        choices=(evil, "b"),
        default="b",
        unit=evil,
        description=evil,
    )
    text = page(Board([row, Param(address=f"/{evil}/x")]), evil, 9210, evil)
    assert "<script" not in text
    assert [] == re.findall(r'href="(?!#[\w-]*"|/)', text)


def test_a_board_without_anything_to_play_still_has_a_page():
    """Only figures to read, or nothing at all."""
    assert "every address" in shown(*stage_rows())
    assert "every address" in page(Board([]), "127.0.0.1", 9210, "main")
