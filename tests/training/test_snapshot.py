"""The pickles that the bench of imports reads are real ones."""

from livegen.importing import doors
from livegen.training import snapshot


def test_it_is_read_as_a_stylegan2(tmp_path):
    """With every tensor that such a net has."""
    snapshot.write(tmp_path / "a.pkl", 32, 128, 8)
    found = doors.read(tmp_path / "a.pkl")
    assert ("stylegan2-ada", 32, [8, 8, 8, 4]) == (found.origin["format"], found.config["width"], list(found.config["table"]))
