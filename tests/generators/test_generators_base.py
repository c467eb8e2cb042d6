"""The table of generators, and how one is reached without waking torch."""

import subprocess
import sys

import pytest

from livegen.errors import ModelRefused
from livegen.generators import base


@pytest.mark.parametrize("name", sorted(base.TABLE))
def test_every_row_introduces_itself_with_a_card(name):
    """Whose work is in it is said before it plays."""
    info = base.describe(name, {})
    assert name == info.name
    assert info.card.title and info.card.licence
    assert info.latent > 0


def test_an_unknown_generator_is_answered_with_those_there_are():
    """Names are keys of a table and nothing else."""
    for ask in (base.describe, base.build_fallback):
        with pytest.raises(ModelRefused, match="cppn"):
            ask("os:system", {})


def test_describing_and_falling_back_need_no_torch():
    """The server does both."""
    code = (
        "import sys; from livegen.generators import base; base.describe('cppn', {}); base.build_fallback('cppn', {});"
        "sys.exit('torch' in sys.modules)"
    )
    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode


def test_a_generator_without_a_shader_says_so():
    """The ability is a row's, not a guess."""
    with pytest.raises(ModelRefused, match="still"):
        base.export_glsl("still", {}, None, "p5")
