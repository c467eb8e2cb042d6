"""The client's logic and types: Node's test runner and the TypeScript compiler, run from here."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CLIENT = HERE.parents[2] / "clients" / "p5js"
COMPILER = CLIENT / "node_modules" / "typescript" / "bin" / "tsc"


def node(*args: str) -> subprocess.CompletedProcess[str]:
    found = shutil.which("node")
    if found is None:
        pytest.skip("needs Node.js")
    return subprocess.run([found, *args], cwd=HERE, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("file", ["client.test.mjs", "ml5.test.mjs"])
def test_the_logic_holds_under_node(file):
    """Every claim of the file, on stand-ins of p5 1.x and 2.x, of a stage, and on the golden bytes."""
    done = node("--test", "--test-reporter=tap", file)
    assert 0 == done.returncode, done.stdout[-4000:]
    assert "# pass 0" not in done.stdout and "# fail 0" in done.stdout


@pytest.mark.parametrize("major", [1, 2])
def test_a_typed_sketch_compiles_with_this_p5(major):
    """A TypeScript sketch that uses the whole surface fits the types of p5 1.x and of p5 2.x."""
    if not COMPILER.is_file():
        pytest.skip("needs: npm ci --prefix clients/p5js")
    done = node(str(COMPILER), "-p", f"types/p5-{major}.json")
    assert "" == done.stdout
    assert 0 == done.returncode


def test_the_lock_file_names_no_registry():
    """It pins versions and digests; where they are fetched from is the user's own setting."""
    lock = json.loads((CLIENT / "package-lock.json").read_text())
    assert set() == {name for name, entry in lock["packages"].items() if "resolved" in entry}
    assert all("integrity" in entry for name, entry in lock["packages"].items() if name)
    assert "registry" not in (CLIENT / "package-lock.json").read_text()


def test_the_lock_file_pins_both_major_versions_of_p5():
    """1.11 and 2.3, under the names that the stage looks for."""
    packages = json.loads((CLIENT / "package-lock.json").read_text())["packages"]
    found = {name: packages[f"node_modules/{name}"]["version"].rsplit(".", 1)[0] for name in ("p5v1", "p5v2")}
    assert {"p5v1": "1.11", "p5v2": "2.3"} == found


def test_one_version_everywhere():
    """The package, the client's own constant and livegen say the same."""
    import livegen

    package = json.loads((CLIENT / "package.json").read_text())["version"]
    assert livegen.__version__ == package
    assert f"version: '{package}'" in (CLIENT / "p5.livegen.js").read_text()
    assert f"version: 'livegen {package}'" in (CLIENT / "livegen.js").read_text()
