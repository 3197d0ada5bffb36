"""運用の規則 — the rules of this package in the rulebook; each module registers its own."""

from moyai.operations.rulebook import desk, levels, reported

__all__ = ["desk", "levels", "reported"]
