"""What plans of nets have in common: plain values there and back, and a sentence for what makes no sense."""

from dataclasses import dataclass

import pytest

from livegen.errors import ModelRefused
from livegen.generators.built import Built, check_number


@dataclass(frozen=True, kw_only=True)
class Small(Built):
    LISTS = ("table", "marks")
    MAY_LACK = ("marks",)

    width: int = 8
    soft: bool = False
    table: tuple[int, ...]
    marks: tuple[int, ...] = ()

    def __post_init__(self):
        self.check_wholes((("width", 4, 16),))
        self.check_switches("soft")


def test_plain_values_there_and_back():
    """Lists are lists in a file; what nobody knows is left out."""
    plan = Small(table=(1, 2), soft=True)
    assert {"width": 8, "soft": True, "table": [1, 2], "marks": []} == plan.as_dict()
    assert plan == Small.from_dict({**plan.as_dict(), "colour": "blue"})
    assert plan == Small.from_dict({"table": [1, 2], "soft": True})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"width": 4}, "says no table"),
        ({"table": "12"}, "says no table"),
        ({"table": b"12"}, "says no table"),
        ({"table": [1], "marks": 3}, "says no marks"),
        ({"table": [1], "width": 17}, "width = 17; a whole number, 4 to 16"),
        ({"table": [1], "width": True}, "width = True"),
        ({"table": [1], "width": 8.0}, "width = 8.0"),
        ({"table": [1], "soft": 1}, "soft = 1; true or false"),
    ],
)
def test_nonsense_is_refused_with_its_name(given, said):
    """And with what it could have been."""
    with pytest.raises(ModelRefused, match=said):
        Small.from_dict(given)


def test_a_number_that_is_none():
    """Not a number is in no range."""
    check_number("clamp", 1, 0.0, 2.0)
    for wrong in (float("nan"), 3.0, True, "1"):
        with pytest.raises(ModelRefused, match="clamp"):
            check_number("clamp", wrong, 0.0, 2.0)
