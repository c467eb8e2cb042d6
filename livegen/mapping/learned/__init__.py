"""Learned maps: gestures and the looks that belong to them, and what lies between.

Numpy and the standard library alone: from examples to a model, and from a model's columns to what the board is told.
"""

from .examples import Example, Sheet
from .fitting import Cancelled, fit
from .judging import AUTO, KINDS
from .model import Model, read
from .targets import Target, target

__all__ = ["AUTO", "KINDS", "Cancelled", "Example", "Model", "Sheet", "Target", "fit", "read", "target"]
