"""Puts the clients, the shipped models and p5 itself into the wheel.

p5 is not our code: it comes from npm by the client's lock file. Without npm, or without a network,
the wheel is built all the same, and the stage's page under /p5/ says the one command.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

CLIENT = Path("clients/p5js")
SHIPS = (CLIENT, Path("clients/touchdesigner"), Path("models"))
BROUGHT = {"node_modules", "__pycache__"}
SHIPPED = "livegen/shipped"
BUILDS = {
    "p5v1/lib/p5.min.js": "p5-1.min.js",
    "p5v1/license.txt": "p5-1.license.txt",
    "p5v2/lib/p5.min.js": "p5-2.min.js",
    "p5v2/license.txt": "p5-2.license.txt",
}
PATIENCE = 180
"""Seconds that npm may take before the wheel goes on without p5."""


class P5BuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs once per wheel, also for an editable install."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        client = root / CLIENT
        if not client.is_dir():
            return
        modules = client / "node_modules"
        if not has_p5(modules):
            self.app.display_info(fetch_p5(client))
        if version == "editable":
            return  # the stage finds both in the checkout
        included = build_data["force_include"]
        for path in (path for folder in SHIPS for path in own_files(root / folder)):
            included[str(path)] = f"{SHIPPED}/{path.relative_to(root).as_posix()}"
        if has_p5(modules):
            for inside, name in BUILDS.items():
                included[str(modules / inside)] = f"{SHIPPED}/p5/{name}"


def own_files(folder: Path) -> list[Path]:
    """A folder's own files, without what npm and Python put beside them; none where there is no such folder."""
    return [
        path for path in sorted(folder.rglob("*"))
        if path.is_file() and not BROUGHT & set(path.relative_to(folder).parts)
    ]  # fmt: skip


def has_p5(modules: Path) -> bool:
    return all((modules / inside).is_file() for inside in BUILDS)


def fetch_p5(client: Path) -> str:
    """Run ``npm ci`` in the client's folder. Returns what to tell the user; never raises for npm's sake."""
    later = f"The p5.js pages will ask for: npm ci --prefix {CLIENT.as_posix()}"
    npm = shutil.which("npm")
    if npm is None or os.environ.get("LIVEGEN_NO_NPM"):
        return f"npm is not here, so this livegen comes without p5.js. {later}"
    command = [
        npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline",
        "--fetch-retries=1", "--fetch-retry-mintimeout=1000",
    ]  # fmt: skip
    try:
        done = subprocess.run(command, cwd=client, capture_output=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"npm did not finish ({error}), so this livegen comes without p5.js. {later}"
    if done.returncode or not has_p5(client / "node_modules"):
        return f"npm failed, so this livegen comes without p5.js. {later}"
    return "npm brought p5.js for the wheel."
