"""Verbs of the package, by noun."""
