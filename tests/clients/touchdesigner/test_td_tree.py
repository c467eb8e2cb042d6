"""livegen_tree: from an OSCQuery tree to rows of custom parameters."""

import livegen_tree as tree
from td_fakes import NAME_RULE


def node(path, tags, **more):
    return {"FULL_PATH": path, "TYPE": tags, "ACCESS": 3, **more}


def folder(path, *children):
    return {"FULL_PATH": path, "CONTENTS": {child["FULL_PATH"].rsplit("/", 1)[1]: child for child in children}}


PARAMS = "/livegen/main/params/"
TREE = folder("/", folder(
    "/livegen",
    folder("/livegen/main", folder(
        "/livegen/main/params",
        node(PARAMS + "hue", "f", VALUE=[0.3], RANGE=[{"MIN": 0.0, "MAX": 1.0}], DESCRIPTION="Colour", UNIT=["turns"])
        | {"CONTENTS": {"normalized": node(PARAMS + "hue/normalized", "f", RANGE=[{"MIN": 0, "MAX": 1}])}},
        node(PARAMS + "walk_speed", "f", VALUE=[1.0], RANGE=[{"MIN": 0.0, "MAX": 4.0}]),
        node(PARAMS + "layers", "i", VALUE=[3], RANGE=[{"MIN": 1, "MAX": 8}]),
        node(PARAMS + "mirror", "T", VALUE=[True]),
        node(PARAMS + "palette", "s", VALUE=["ink"], RANGE=[{"VALS": ["ink", "neon"]}]),
        node(PARAMS + "bang", "I"),
        node(PARAMS + "centre", "ff", VALUE=[0.1, 0.2], RANGE=[{"MIN": -1, "MAX": 1}] * 2),
        node(PARAMS + "long", "f" * 64),
        node(PARAMS + "status", "f", VALUE=[0.0]),
        node(PARAMS + "seen", "f", ACCESS=1),
    ), node("/livegen/main/seed", "i")),
    folder("/livegen/other", folder("/livegen/other/params", node("/livegen/other/params/hue", "f"))),
))  # fmt: skip
"""One generator with every kind of parameter, and another whose parameters are not ours."""
TREE["CONTENTS"]["livegen"]["CONTENTS"]["main"]["CONTENTS"]["params"]["CONTENTS"]["seen"]["ACCESS"] = 1


def found():
    return {row.address.removeprefix(PARAMS): row for row in tree.rows(TREE, "main", {"Status"})}


def test_each_kind_of_node_becomes_its_kind_of_parameter():
    """Ranges, choices, several numbers and triggers; aliases, read-only nodes and long vectors are left out."""
    styles = {name: (row.style, row.size) for name, row in found().items()}
    assert {
        "hue": ("Float", 1), "walk_speed": ("Float", 1), "layers": ("Int", 1), "mirror": ("Toggle", 1),
        "palette": ("Menu", 1), "bang": ("Pulse", 1), "centre": ("Float", 2), "status": ("Float", 1),
    } == styles  # fmt: skip


def test_rows_carry_range_value_and_help():
    """What a slider needs, and the address to type into OSC Out."""
    hue = found()["hue"]
    assert ((0.3,), 0.0, 1.0) == (hue.value, hue.low, hue.high)
    assert "Colour (turns)  /livegen/main/params/hue" == hue.help


def test_names_are_ones_that_touchdesigner_takes():
    """A capital, then small letters and digits; never one that the component uses itself."""
    rows = found()
    assert "Walkspeed" == rows["walk_speed"].name
    assert "Pstatus" == rows["status"].name
    assert all(NAME_RULE.fullmatch(row.name) for row in rows.values())


def test_names_never_collide():
    """Names that only differ in an underscore, or begin with a digit, or have no letter at all."""
    taken = set()
    for word in ("a_b", "ab", "a-b", "2d", "__"):
        taken.add(tree.par_name(word, taken))
    assert 5 == len(taken)
    assert all(NAME_RULE.fullmatch(name) for name in taken)


def test_a_second_sync_keeps_what_stayed():
    """Same address, style and size: updated. Another style: made anew. No longer there: removed."""
    hue, palette = found()["hue"], found()["palette"]
    there = {"Hue": (hue.address, "Float", 1), "Palette": (palette.address, "Str", 1), "Gone": ("/x", "Float", 1)}
    assert {"Hue": "update", "Palette": "create", "Gone": "remove"} == {
        row.name: act for row, act in tree.changes([hue, palette], there)
    }
