"""統計表 — tables of figures of the council, by noun. Each file may give `FIGURES` for `moyai report figures NAME`."""

from moyai.council.figures import books, uses

FIGURES = {**uses.FIGURES, **books.FIGURES}
