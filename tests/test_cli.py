"""The command line: verbs, exit codes, sentences."""

import importlib
import os
import subprocess
import sys

import pytest

from livegen import cli, opening


def livegen(*words: str, **kw) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "livegen", *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **kw,
    )


def test_every_verb_leads_somewhere():
    """The table's rows are found where they say."""
    for verb in cli.VERBS.values():
        module, _, function = verb.place.partition(":")
        assert callable(getattr(importlib.import_module(module), function))


def test_an_unknown_verb_is_answered_with_those_there_are():
    """Exit code 2, and the list."""
    done = livegen("paly")
    assert 2 == done.returncode
    assert "run" in done.stderr and "doctor" in done.stderr


def test_a_missing_patch_is_one_sentence_and_code_three():
    """No traceback on stage."""
    done = livegen("run", "nothere.toml", "--no-open")
    assert cli.BAD_PATCH == done.returncode
    assert done.stderr.startswith("livegen: ") and "nothere.toml" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_patch_is_named_with_line_and_column(tmp_path):
    """The place where it stops making sense, and what was probably meant."""
    patch = tmp_path / "a.toml"
    patch.write_text('title = "a"\nfsp = 30\n[generators.main]\nkind = "cppn"\n')
    done = livegen("check", str(patch))
    assert cli.BAD_PATCH == done.returncode
    assert "a.toml:2:1" in done.stderr and "fps" in done.stderr


def test_check_says_what_a_patch_would_do():
    """Cues, routes and addresses at a glance, without a generator being built."""
    done = livegen("check", "hello")
    assert (0, "") == (done.returncode, done.stderr)
    assert "cppn" in done.stdout and "512" in done.stdout


def test_osc_prints_every_address_with_its_range():
    """What to type into a fader box."""
    done = livegen("osc", "hello")
    assert 0 == done.returncode
    for word in ("/livegen/main/z/0", "/livegen/main/xy", "/livegen/main/randomize", "/livegen/panic/black"):
        assert word in done.stdout


def test_an_old_code_page_costs_characters_and_not_the_show():
    """A Windows pipe that knows no arrow."""
    done = livegen("check", "faders", env={**os.environ, "PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"})
    assert (0, "") == (done.returncode, done.stderr)
    assert "/fader/1" in done.stdout


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_beyond_loopback_a_token_is_made_up_and_shown(host):
    """An open door always has a key."""
    arguments = cli.parser().parse_args(["run", "--host", host])
    assert len(opening.key(arguments)) >= 12
    arguments.token = "mine"
    assert "mine" == opening.key(arguments)


def test_on_loopback_no_token_is_needed():
    """A class starts without typing one."""
    assert "" == opening.key(cli.parser().parse_args(["run"]))
