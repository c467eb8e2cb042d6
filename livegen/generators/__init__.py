"""Generators: each turns a request into a picture. torch lives on this floor and only here."""
