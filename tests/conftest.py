"""What every test shares: nothing of the person's own machine is read or written."""

import os

import pytest

LONG = (
    "test_readme", "test_p5js_sketches", "test_p5js_learned", "test_studio_past", "test_bringing", "test_studio_bring",
    "test_bench_import", "test_performance", "test_app", "test_studio_explore", "test_trainer", "test_process",
    "test_several", "test_vae_sharpen", "test_studio_sources", "test_studio", "test_taking", "test_past",
    "test_studio_maps", "test_advise",
)  # fmt: skip
"""Files that take longest, by their seconds: they begin first, so that at the end no worker waits for another."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    rank = {name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(LONG)))


@pytest.fixture(autouse=True)
def own_state_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """State goes to a folder of the test's own, so that a show on this machine stays as it is."""
    own = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("XDG_STATE_HOME", str(own))
    monkeypatch.setenv("LIVEGEN_MODELS", str(own / "models"))
    os.environ.pop("LIVEGEN_TOKEN", None)
