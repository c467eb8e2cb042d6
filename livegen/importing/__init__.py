"""Readers of other people's model files. They look at bytes; no code of theirs ever runs."""
