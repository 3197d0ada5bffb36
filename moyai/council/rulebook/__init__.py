"""協議会の規則 — the rules of this package in the rulebook; each module registers its own."""

from moyai.council.rulebook import burdens, joining, meetings, settlements, terms, trials

__all__ = ["burdens", "joining", "meetings", "settlements", "terms", "trials"]
