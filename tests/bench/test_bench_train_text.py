"""The bench of text training gives its figures."""

from text_rig import some_text

from livegen.bench import train_text


def test_both_nets_are_measured_on_the_same_text(tmp_path, monkeypatch):
    """A few seconds each on a text of one's own; the figures are there and finite."""
    path = tmp_path / "text.txt"
    path.write_bytes(some_text(12_000))
    monkeypatch.setenv(train_text.PLACE, str(path))
    found = train_text.scenario(2.0)
    assert 0 < found["livegen"]["bits"] < 10
    assert 0 < found["plain"]["bits"] < 10
    assert found["ratio"] > 0


def test_there_is_a_text_on_every_machine(monkeypatch):
    """The language reference that comes with Python, large enough to learn from."""
    monkeypatch.delenv(train_text.PLACE, raising=False)
    assert len(train_text.read().data) > 300_000
