"""What every refusal of the house is made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class Refusal(Exception):
    """A foreseen "no": the user reads `message`, nothing is stored.

    Each subclass stands beside the action that raises it and fixes `code` (stable, for the API),
    `status` (HTTP, 4xx) and `message`. `fields` names the inputs that caused it, by path.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    message: str = "この操作はできません。"

    def __init__(self, message: str | None = None, *, fields: Mapping[str, str] | None = None) -> None:
        if message is not None:
            self.message = message
        self.fields: dict[str, str] = dict(fields or {})
        super().__init__(str(self.message))
