"""Where things lie: what ships with livegen, in a checkout or in an installed wheel, and the state folder."""

import os
from pathlib import Path

HOUSE = Path(__file__).parent
ROOT = HOUSE.parent


def shipped(name: str) -> Path:
    """A shipped folder such as ``patches`` or ``clients/p5js``: beside a checkout's package, else in the wheel."""
    beside = ROOT / name
    return beside if (ROOT / "pyproject.toml").is_file() and beside.is_dir() else HOUSE / "shipped" / name


def state_folder() -> Path:
    """Where the stage keeps its state: platformdirs' choice, ``XDG_STATE_HOME`` respected."""
    import platformdirs

    return Path(platformdirs.user_state_dir("livegen", appauthor=False))


def beside(patch: Path, suffix: str) -> Path:
    """Where a file that belongs to a patch lies: beside it, or in the state folder for a patch that came with livegen."""
    if patch.resolve().parent == shipped("patches").resolve():
        return state_folder() / "links" / f"{patch.stem}{suffix}"
    return patch.with_name(f"{patch.stem}{suffix}")


def models_folder() -> Path:
    """Where an artist's own models are looked for by name: ``LIVEGEN_MODELS``, else platformdirs' choice."""
    import platformdirs

    chosen = os.environ.get("LIVEGEN_MODELS")
    return Path(chosen) if chosen else Path(platformdirs.user_data_dir("livegen", appauthor=False)) / "models"
