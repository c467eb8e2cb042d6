"""livegen: a live server for generative art that is played like an instrument."""

__version__ = "0.1.0"
