"""What every test shares: nothing of the person's own machine is read or written."""

import os

import pytest


@pytest.fixture(autouse=True)
def own_state_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """State goes to a folder of the test's own, so that a show on this machine stays as it is."""
    own = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("XDG_STATE_HOME", str(own))
    monkeypatch.setenv("LIVEGEN_MODELS", str(own / "models"))
    os.environ.pop("LIVEGEN_TOKEN", None)
