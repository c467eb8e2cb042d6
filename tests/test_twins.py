"""Every file has its twin in the tests."""

import pathlib

ROOT = pathlib.Path(__file__).parents[1]
EXCUSED = {
    "__main__",  # two lines that call cli.main, started by every test of the command line
    "places",  # where things lie: every test that opens a shipped patch or the state folder asks it
    *(
        "card",
        "clock",
        "errors",
        "frame",
        "latent",
        "message",
    ),  # plain values, together in tests/test_words.py
    "casting",  # who an ensemble is made of, held by tests/test_ensemble.py
    "wings",  # who opens and closes the doors beside the loop, held by tests/test_app.py and the tests of each
    "front",  # what a whole running stage shows, held by tests/test_app.py
    "slot",  # the board's own other half, held by tests/test_board.py
}


def test_every_file_has_its_twin():
    """Who looks for the test of a file finds it by the file's name, or finds the test of its room."""
    tests = {path.stem.removeprefix("test_") for path in (ROOT / "tests").rglob("test_*.py")}
    missing = []
    for path in sorted((ROOT / "livegen").rglob("*.py")):
        room = path.parent.name
        names = {path.stem, f"{room}_{path.stem}", room}
        if path.stem != "__init__" and path.stem not in EXCUSED and not names & tests:
            missing.append(str(path.relative_to(ROOT)))
    assert [] == missing
