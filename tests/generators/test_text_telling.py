"""A telling: its tail stays short and says what was cut."""

from text_rig import step_of

from livegen.generators.text.telling import GIVEN, LONGEST_TAIL
from livegen.generators.text.writer import Writer


def telling():
    writer = Writer(step_of("\n abc"))
    return writer.begin(1, writer.voice(""), None)


def test_the_tail_is_cut_where_a_paragraph_ends():
    """So that the page that remains is set as before."""
    told = telling()
    for i in range(200):
        told.add(f"line {i} of a text that goes on and on\n", 3)
    assert len(told.tail) <= LONGEST_TAIL
    assert len(told.tail) == len(told.surprises)
    assert told.tail.startswith("line ")
    assert sum(len(f"line {i} of a text that goes on and on\n") for i in range(200)) == told.begins + len(told.tail)


def test_a_text_without_a_break_is_cut_too():
    """One endless word must not grow for ever."""
    told = telling()
    for _ in range(5):
        told.add("x" * 1000, GIVEN)
    assert len(told.tail) <= LONGEST_TAIL


def test_a_copy_leaves_the_first_alone():
    """What a request brought is not changed by answering it."""
    told = telling()
    copy = told.copy()
    copy.add("new", 0)
    copy.drawn += 1
    assert ("", 0) == (told.tail, told.drawn)
