"""The outside surface: what scripts, patches and other people's programs hold on to.

Adding is free. Taking away or renaming breaks somebody's show, so it has to be done here, on purpose.
"""

import argparse
import json
import pathlib

import pytest

from livegen import cli, client
from livegen.ensemble import Ensemble
from livegen.generators.base import TABLE
from livegen.patch import loads
from livegen.web.sketches import sketch_files

GOLDEN = pathlib.Path(__file__).parent / "golden" / "surface.json"
FROZEN = json.loads(GOLDEN.read_text(encoding="utf8"))
PLAIN = '[generators.main]\nkind = "cppn"\n'


def options(parser: argparse.ArgumentParser) -> list[str]:
    return sorted(name for action in parser._actions for name in action.option_strings)


def surface() -> dict[str, list[str]]:
    """Everything that others rely on, by name."""
    verbs = next(a for a in cli.parser()._actions if isinstance(a, argparse._SubParsersAction)).choices
    board = Ensemble(loads(PLAIN)).board
    return {
        "verbs": sorted(verbs),
        "run options": options(verbs["run"]),
        "addresses": sorted(
            [*board.params, *(a for a in board.aliases if a.count("/") < 6 and not a[-1].isdigit())]
        ),
        "generators": sorted(TABLE),
        "client": sorted(client.__all__),
        "pages": sorted(url for url in sketch_files() if url.endswith((".js", "/")) and "/lib/" not in url),
    }


@pytest.mark.parametrize("part", sorted(FROZEN))
def test_nothing_that_others_hold_on_to_has_gone(part):
    """Verbs, options, addresses, generators, the Python client's names, the sketches' pages."""
    assert [] == sorted(set(FROZEN[part]) - set(surface()[part]))


def test_exit_codes_stay_what_scripts_know():
    """0 well, 1 problem, 2 usage, 3 patch, 4 port, 130 keyboard."""
    assert (1, 2, 3, 4, 130) == (cli.PROBLEM, cli.USAGE, cli.BAD_PATCH, cli.PORT_IN_USE, cli.INTERRUPTED)
