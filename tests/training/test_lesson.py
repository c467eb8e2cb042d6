"""What every lesson shares: settings from words, files from readers."""

from dataclasses import dataclass

import pytest

from livegen.errors import BadValue
from livegen.training.lesson import altered, entries_of, sentences
from livegen.training.manifest import DataRefused


@dataclass(frozen=True, kw_only=True)
class Settings:
    batch: int = 8
    rate: float = 0.1
    loss: str = "pairing"
    flip: bool = False
    plan: tuple = ()


def test_settings_keep_their_types():
    """Words become what the setting is."""
    found = altered(Settings(), {"batch": "4", "flip": "yes", "loss": "plain", "rate": "1e-4"})
    assert Settings(batch=4, flip=True, loss="plain", rate=1e-4) == found
    assert not altered(Settings(flip=True), {"flip": "no"}).flip


def test_only_plain_settings_can_be_given():
    """What is built from other values is not for the command line."""
    with pytest.raises(BadValue, match=r"no setting 'plan'; one of batch, rate, loss, flip"):
        altered(Settings(), {"plan": "x"})
    with pytest.raises(BadValue, match="batch is 'many'; write a int"):
        altered(Settings(), {"batch": "many"})


def test_readers_that_say_sentences_are_understood():
    """A name, a reason."""
    [found] = sentences(["a.svg: no path in it"])
    assert ("a.svg", "no path in it") == (found.name, found.why)


def test_a_file_that_went_away_is_a_sentence(tmp_path):
    """Between reading and hashing."""
    with pytest.raises(DataRefused, match="went away"):
        entries_of([tmp_path / "a.svg"], tmp_path)
