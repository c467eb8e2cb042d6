"""The arguments of the verbs around models."""

import pytest

from livegen import cli


@pytest.mark.parametrize("minutes", ["0", "-3", "nan", "inf", "soon"])
def test_minutes_are_a_length_of_time(minutes, capsys):
    """Nothing else is."""
    with pytest.raises(SystemExit) as ended:
        cli.parser().parse_args(["train", "vae", "data", "--minutes", minutes])
    assert cli.USAGE == ended.value.code


def test_a_line_of_everything_is_understood():
    """As the README writes it."""
    line = "train gan data -o run --size 96x128 --minutes 3 --budget medium --from dresses --freeze a --freeze b --flip --set rate=1"
    found = cli.parser().parse_args(line.split())
    assert ("gan", "data", "96x128", 3.0, "dresses", ["a", "b"], True) == (
        found.family, found.data, found.size, found.minutes, found.origin, found.freeze, found.flip
    )  # fmt: skip
