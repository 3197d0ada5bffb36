"""拒み — what a rule of the council cannot work out: where, and why in Japanese. Pure."""

from __future__ import annotations

from typing import Any


class Cannot(ValueError):
    """`where` is the fact that is wrong (a path such as `payers.3.population`); `text` a sentence with named places.

    `text % params` is the Japanese; whoever shows it to a reader translates `text` first.
    """

    def __init__(self, where: str, text: str, **params: Any) -> None:
        super().__init__(text % params if params else text)
        self.where, self.text, self.params = where, text, params

    @property
    def words(self) -> str:
        return str(self)
