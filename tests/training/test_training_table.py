"""The table of families."""

import pytest

from livegen import cli
from livegen.errors import BadValue
from livegen.training import table
from livegen.training.lesson import Wish


def nothing(done, total):
    """Nobody watches."""


def test_the_command_line_knows_every_family():
    """A new row is a new word there."""
    verbs = cli.parser()._subparsers._group_actions[0].choices
    family = next(action for action in verbs["train"]._actions if action.dest == "family")
    assert set(table.FAMILIES) == set(family.choices)


@pytest.mark.parametrize("family", table.FAMILIES)
def test_every_row_leads_somewhere(family):
    """The place in the table can be called."""
    import importlib

    module, _, name = table.row(family).lesson.partition(":")
    assert callable(getattr(importlib.import_module(module), name))
    assert set(table.BUDGETS) == set(table.row(family).minutes)


def test_what_is_not_in_the_table_is_refused_with_what_is(folder, tiny):
    """Families, nets, budgets."""
    with pytest.raises(BadValue, match="there is no family 'gam'; one of gan"):
        table.lesson("gam", folder, Wish(), None, nothing)
    with pytest.raises(BadValue, match="has no net 'lstm'; one of linear"):
        table.lesson("vae", folder, Wish(net="lstm"), None, nothing)
    with pytest.raises(BadValue, match="no budget 'huge'; one of small, medium"):
        table.lesson("vae", folder, Wish(budget="huge"), None, nothing)
