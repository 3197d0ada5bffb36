"""Upward news: packages above register here in AppConfig.ready() to hear what became of their papers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Generic, TypeVar

from moyai.documents.models import Letter, Upload

T = TypeVar("T")


class News(Generic[T]):
    """One kind of news, told to whoever registered for the kind of thing it is about."""

    def __init__(self) -> None:
        self._ears: dict[str, Callable[[T, datetime], None]] = {}

    def register(self, kind: str, hear: Callable[[T, datetime], None]) -> None:
        if kind in self._ears and self._ears[kind] is not hear:
            raise ValueError(f"somebody listens for {kind} already")
        self._ears[kind] = hear

    def tell(self, kind: str, about: T, *, now: datetime) -> None:
        hear = self._ears.get(kind)
        if hear is not None:
            hear(about, now)


upload_settled: News[Upload] = News()  # by the claiming thing's label: "applications.application"
letter_ready: News[Letter] = News()  # by the letter's kind: "applications.decision"
