"""登録簿 — what rooms above bring: the rates a held report printed for a service whose systems are not kept here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class PrintedRate:
    """記載の稼働率 — of a whole fiscal year: for what (入札情報サービスシステム（受注者側）), and per cent as decimal text."""

    name: str
    rate: str


Source = Callable[[int], Mapping[str, Sequence[PrintedRate]]]


@dataclass(slots=True)
class PrintedRates:
    """記載の稼働率の登録簿 — filled at start-up; each source says a fiscal year's rates by the code of their service."""

    sources: dict[str, Source] = field(default_factory=dict)

    def register(self, key: str, source: Source) -> None:
        """Offer rates under a name. The same name again replaces what stood there (a start-up runs twice)."""
        self.sources[key] = source

    def of(self, fiscal_year: int) -> dict[str, list[PrintedRate]]:
        found: dict[str, list[PrintedRate]] = {}
        for source in self.sources.values():
            for service, rates in source(fiscal_year).items():
                found.setdefault(service, []).extend(rates)
        return found


printed_rates_of_services: Final = PrintedRates()
