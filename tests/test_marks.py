"""Marks: what a generator of text or strokes leaves behind."""

import dataclasses
import pickle

import pytest

from livegen.marks import DOWN, END, PENS, UP, Stroke, Token


def test_pens_have_names():
    """In the order of the stroke-5 format."""
    assert ["down", "up", "end"] == [PENS[pen] for pen in (DOWN, UP, END)]


def test_marks_travel_between_processes_and_never_change():
    """They are plain values."""
    for mark in (Token(text="ä", index=3, probability=0.5), Stroke(dx=0.1, dy=-0.2, pen=UP, index=7)):
        assert mark == pickle.loads(pickle.dumps(mark))
        with pytest.raises(dataclasses.FrozenInstanceError):
            mark.index = 1
