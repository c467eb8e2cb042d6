"""The sources as text, and the component that the builder makes of them, against the fakes."""

import ast
import sys

import pytest
from td_fakes import NAME_RULE, FakePage
from td_world import CLIENT, World

SOURCES = sorted(CLIENT.glob("*.py"))
GUESTS = {"numpy"} | {path.stem for path in SOURCES}
YEARS = (2022, 2023, 2025)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_sources_are_python_3_9(path):
    """The oldest TouchDesigner Python they are meant for can parse them."""
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_sources_need_nothing_that_touchdesigner_lacks(path):
    """Standard library and numpy only, and no annotation or dataclass that an older Python trips over."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            top = name.partition(".")[0]
            assert top in GUESTS or top in sys.stdlib_module_names, f"{path.name} imports {name}"
            assert top not in ("dataclasses", "typing"), f"{path.name} imports {name}"


@pytest.mark.parametrize("year", YEARS)
def test_the_component_is_built_on_every_line_of_builds(year):
    """Operators, wires and the extension are there, whatever the parameters are called that year."""
    comp = World(year).build()
    assert {"websocket1", "frame", "status", "text", "text_table", "in1", "out1", "out2", "out3"} <= set(comp.children)
    assert ["frame"] == [op.name for op in comp.op("out1").inputs]
    assert ["status"] == [op.name for op in comp.op("out2").inputs]
    assert ["text_table"] == [op.name for op in comp.op("out3").inputs]
    assert "offline" == comp.extension.link.state


def test_no_callbacks_that_nobody_asked_for_are_left():
    """The DATs that TouchDesigner docks by itself are replaced by ours."""
    comp = World().build()
    assert not [name for name in comp.children if name.endswith("_callbacks") and name not in (
        "ws_callbacks", "frame_callbacks", "status_callbacks",
    )]  # fmt: skip
    assert "ws_callbacks" == comp.op("websocket1").par.callbacks.eval()


def test_the_websocket_is_off_and_keeps_one_line():
    """Nothing connects before the callbacks are in place, and no table grows that nobody reads."""
    socket = World().build().op("websocket1")
    assert socket.par.active.eval() is False
    assert 1 == socket.par.maxlines.eval()


def test_pages_stand_in_the_order_of_the_guide():
    """Livegen · Latent · Text · Presets · Output · Callbacks · About."""
    comp = World().build()
    assert ["Livegen", "Latent", "Text", "Presets", "Output", "Callbacks", "About"] == [p.name for p in comp.customPages]
    assert all(NAME_RULE.fullmatch(par.name) for par in comp.customPars)


def test_the_status_cannot_be_typed_over():
    """State, rates and the last error are shown, not entered."""
    comp = World().build()
    shown = {par.name for par in comp.customPars if par.readOnly}
    assert {"Status", "Fps", "Latencyms", "Dropped", "Frame", "Modelname", "Lasterror", "Server"} <= shown


def test_building_again_keeps_what_was_typed_in():
    """An update of the component: address, port and generator stay, and nothing connects by itself."""
    world = World()
    first = world.build()
    first.par.Netaddress, first.par.Port, first.par.Active = "10.0.0.5", 9300, True
    second = world.build()
    assert ("10.0.0.5", 9300, False) == (
        second.par.Netaddress.eval(), second.par.Port.eval(), second.par.Active.eval(),
    )  # fmt: skip
    assert ["livegen"] == list(world.root.children)


def test_the_component_carries_its_own_copy_unless_told_otherwise():
    """A saved .tox needs no files; with live=True the operators follow the files."""
    world = World()
    assert "" == world.build().op("LivegenEXT").par.file.eval()
    assert str(CLIENT / "LivegenEXT.py").replace("\\", "/") == world.build(live=True).op("LivegenEXT").par.file.eval()


def test_the_fakes_refuse_what_touchdesigner_refuses():
    """The tests above would notice: a bad name and an unknown parameter are errors here too."""
    comp = World().build()
    with pytest.raises(AssertionError, match="refuses"):
        FakePage(comp, "X").appendFloat("walk_speed")
    with pytest.raises(AttributeError):
        comp.par.Nothing = 1
