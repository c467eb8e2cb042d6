"""The README's two commands work from a fresh clone: they are read out of it and really run."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from livegen.bench.stage import free_port

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf8")
COMMANDS = re.findall(r"```sh\n(.*?)\n```", README, re.DOTALL)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory) -> Path:
    """What a clone of this tree would hold: every file that git knows or would take, and nothing else."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    copy = tmp_path_factory.mktemp("fresh") / "livegen"
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    return copy


def outside() -> dict[str, str]:
    """The environment of somebody who has no virtual environment active."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")
    }
    own = str(Path(sys.prefix) / "bin")
    kept["PATH"] = os.pathsep.join(part for part in kept["PATH"].split(os.pathsep) if part != own)
    return kept


def health(port: int) -> dict:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as answer:
            return json.loads(answer.read())
    except OSError:
        return {}


def test_there_are_two_commands_and_ci_runs_the_second():
    """One starts the show, one sets up and passes all tests."""
    assert 2 == len(COMMANDS)
    assert COMMANDS[0].endswith(".venv/bin/livegen")
    assert COMMANDS[1] in (ROOT / ".ci" / "run").read_text()


@pytest.mark.skipif(
    os.name == "nt", reason="the README gives Windows its own line; this one is a POSIX shell's"
)
def test_command_one_starts_the_show_from_nothing(fresh, tmp_path):
    """A virtual environment, an install, a living picture. Only a free port and no browser are added."""
    port = free_port()
    log = tmp_path / "log"
    with open(log, "wb") as out:
        show = subprocess.Popen(
            ["sh", "-c", f"{COMMANDS[0]} --no-open --port {port}"], cwd=fresh, stdout=out, stderr=out,
            start_new_session=True, env={**outside(), "XDG_STATE_HOME": str(tmp_path)},
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 900
        while health(port).get("state") not in ("running", "degraded") and time.monotonic() < deadline:
            assert show.poll() is None, log.read_text(errors="replace")[-3000:]
            time.sleep(0.5)
        assert health(port).get("state") in ("running", "degraded"), log.read_text(errors="replace")[-3000:]
        for page in ("/", "/p5/", "/docs/osc", "/p5.livegen.js", "/frame.jpg"):
            request = urllib.request.Request(
                f"http://127.0.0.1:{port}{page}", headers={"Accept": "text/html"}
            )
            assert 200 == urllib.request.urlopen(request, timeout=10).status, page
    finally:
        os.killpg(show.pid, signal.SIGTERM)
        show.wait(20)


@pytest.mark.skipif(os.name == "nt", reason="as above")
def test_command_two_sets_up_in_a_fresh_clone(fresh):
    """The same line, asked only to find the tests: the environment, npm's packages and the browser are there."""
    done = subprocess.run(
        ["sh", "-c", f"{COMMANDS[1]} --collect-only -q"], cwd=fresh, capture_output=True, text=True, timeout=1200,
        check=False, env=outside(),
    )  # fmt: skip
    assert 0 == done.returncode, (done.stdout + done.stderr)[-3000:]
    assert "tests/test_readme.py" in done.stdout
    assert list((fresh / "clients/p5js/node_modules").glob("p5*"))


TYPED = [line for block in re.findall(r"```console\n(.*?)\n```", README, re.DOTALL) for line in block.splitlines()]


@pytest.mark.parametrize("line", [line for line in TYPED if line.startswith("livegen ")])
def test_every_line_to_type_is_understood(line):
    """Each verb and each option that the README shows is there."""
    from livegen import cli

    assert cli.parser().parse_args(line.split()[1:]).verb == line.split()[1]
