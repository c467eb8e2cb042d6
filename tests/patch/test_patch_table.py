"""A table under examination."""

import pytest

from livegen.errors import PatchError
from livegen.patch.table import Source, Table, near

SOURCE = Source("x.toml", {("a",): (3, 5), ("t",): (7, 1)})


def test_what_nobody_asked_for_is_refused_where_it_stands():
    table = Table(SOURCE, (), {"a": 1})
    with pytest.raises(PatchError, match=r"x\.toml:3:5: there is no setting 'a' here; one of b"):
        table.any("b", None)
        table.done()


def test_a_key_that_must_be_there_is_asked_for_at_its_table():
    with pytest.raises(PatchError, match=r"x\.toml:7:1: \[t\] has no name; write name = …"):
        Table(SOURCE, ("t",), {}).text("name")


@pytest.mark.parametrize(
    "getter, value",
    [
        (lambda t: t.flag("a", False), 1),
        (lambda t: t.whole("a", low=0, high=9), True),
        (lambda t: t.text("a"), 3),
        (lambda t: t.number("a"), "3"),
        (lambda t: t.numbers("a"), 3),
        (lambda t: t.texts("a"), [3]),
        (lambda t: t.table("a"), []),
        (lambda t: list(t.rows("a")), {}),
        (lambda t: t.whole("a", low=0, high=9), 3.0),
        (lambda t: t.numbers("a"), [True]),
    ],
)
def test_a_wrong_type_is_refused_where_it_stands(getter, value):
    with pytest.raises(PatchError) as caught:
        getter(Table(SOURCE, (), {"a": value}))
    assert (3, 5) == (caught.value.line, caught.value.column)


def test_a_nearly_right_word_is_recognised():
    assert ("did you mean fps?", "one of fps, size") == (
        near("fsp", ["fps", "size"]),
        near("xxxxx", ["fps", "size"]),
    )
