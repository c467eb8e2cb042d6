"""The build hook, by real wheels of a small copy of the house and a stand-in for npm."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
P5 = {"livegen/shipped/p5/p5-1.min.js", "livegen/shipped/p5/p5-1.license.txt",
      "livegen/shipped/p5/p5-2.min.js", "livegen/shipped/p5/p5-2.license.txt"}  # fmt: skip
BRINGS = """#!/bin/sh
[ "$1" = ci ] || exit 2
for v in 1 2; do
  mkdir -p node_modules/p5v$v/lib && echo p5 > node_modules/p5v$v/lib/p5.min.js && echo LGPL > node_modules/p5v$v/license.txt
done
mkdir -p node_modules/typescript && echo big > node_modules/typescript/tsc.js
"""
FAILS = "#!/bin/sh\necho no network >&2\nexit 1\n"


@pytest.fixture
def house(tmp_path):
    """Enough of the checkout to make a wheel of, without what npm brings."""
    house = tmp_path / "house"
    for name in ("pyproject.toml", "hatch_build.py", "LICENSE", ".gitignore", "livegen/__init__.py"):
        (house / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, house / name)
    (house / "README.md").write_text("# livegen\n")
    shutil.copytree(ROOT / "clients" / "p5js", house / "clients" / "p5js", ignore=shutil.ignore_patterns("node_modules"))
    for name in ("patches", "clients/touchdesigner", "models"):
        (house / name).mkdir()
        (house / name / "README.md").write_text("here\n")
    return house


def wheel(house: Path, npm: str | None) -> tuple[set[str], str]:
    """Names in the wheel, and what was printed. ``npm``: the stand-in's script, or None for no npm."""
    pytest.importorskip("hatchling")
    if os.name == "nt":
        pytest.skip("the stand-in for npm is a shell script")
    tools = house.parent / "tools"
    tools.mkdir()
    for tool in ("mkdir", "sh", "git"):
        if found := shutil.which(tool):
            (tools / tool).symlink_to(found)
    if npm is not None:
        (tools / "npm").write_text(npm)
        (tools / "npm").chmod(0o755)
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(house.parent / "out")],
        cwd=house, env={**os.environ, "PATH": str(tools)}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert 0 == done.returncode, done.stderr
    [made] = (house.parent / "out").glob("*.whl")
    with zipfile.ZipFile(made) as archive:
        return set(archive.namelist()), done.stdout + done.stderr


def test_where_npm_is_at_hand_the_wheel_holds_both_p5(house):
    """The builds and their licences come in; the tools that npm brought besides do not."""
    names, _ = wheel(house, BRINGS)
    assert P5 <= names
    assert "livegen/shipped/clients/p5js/sketches/hello/sketch.js" in names
    assert "livegen/shipped/clients/p5js/p5.livegen.js" in names
    assert {"livegen/shipped/patches/README.md", "livegen/shipped/models/README.md"} <= names
    assert [] == [name for name in names if "node_modules" in name or "typescript" in name]


@pytest.mark.parametrize("npm", [FAILS, None], ids=["npm fails", "no npm"])
def test_without_p5_the_wheel_is_built_all_the_same(house, npm):
    """An install without network or npm works, and says what to run later."""
    names, said = wheel(house, npm)
    assert set() == P5 & names
    assert "livegen/shipped/clients/p5js/package-lock.json" in names
    assert "npm ci --prefix clients/p5js" in said
