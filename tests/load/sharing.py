"""Sharing a cost among all 1,788 bodies of the country, in milliseconds of one process."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

BODIES = 1_788  # 47 prefectures, 1,741 municipalities
YEN = 47_924_000
RUNS = 7


@dataclass(frozen=True)
class Sharing:
    what: str
    bodies: int
    ms: float
    adds_up: bool


def measure(bodies: int = BODIES) -> list[Sharing]:
    """The three ways members ask for, and as the baseline the same sum in floats, which does not add up by itself."""
    import django

    django.setup()
    from moyai.council.rules.mixes import Basis, MixPart, Payer, decreasing
    from moyai.council.rules.sharing import share_burden

    choose = random.Random(1)
    payers = {
        f"{place:06d}": Payer(
            population=choose.randrange(300, 3_800_000), use={"cases": choose.randrange(1, 90_000)}
        )
        for place in range(bodies)
    }
    for payer in payers.values():
        decreasing(payer.population or 0)  # kept per process: a population's weight is worked out once
    one, tenth = Fraction(1), Fraction(1, 10)
    mixes = {
        "equally": [MixPart(Basis.EQUAL, one)],
        "three tenths equally, seven by population": [
            MixPart(Basis.EQUAL, 3 * tenth), MixPart(Basis.POPULATION, 7 * tenth)
        ],
        "equally, by population, by use, by decreasing population": [
            MixPart(Basis.EQUAL, tenth), MixPart(Basis.POPULATION, 4 * tenth), MixPart(Basis.USE, 3 * tenth, "cases"),
            MixPart(Basis.DECREASING, 2 * tenth),
        ],
    }  # fmt: skip
    found = [_floats(payers)]
    for what, mix in mixes.items():
        shared: Any = share_burden(YEN, mix, payers)
        total = sum(part.amount_yen for part in shared.parts)
        found.append(Sharing(what, bodies, _ms(lambda mix=mix: share_burden(YEN, mix, payers)), total == YEN))
    return found


def _floats(payers: dict[str, Any]) -> Sharing:
    def shared() -> dict[str, int]:
        people = sum(payer.population for payer in payers.values())
        return {
            code: round(YEN * (0.3 / len(payers) + 0.7 * payer.population / people))
            for code, payer in payers.items()
        }

    return Sharing(
        "baseline: two bases in floats, rounded", len(payers), _ms(shared), sum(shared().values()) == YEN
    )


def _ms(act: Callable[[], Any]) -> float:
    """CPU-ms of one call: the least of a few."""
    act()
    times = []
    for _ in range(RUNS):
        started = time.process_time()
        act()
        times.append((time.process_time() - started) * 1000)
    return min(times)


def written(found: list[Sharing]) -> list[str]:
    """The figures as a part of the page."""
    lines = [
        "",
        "## A cost shared among every body of the country",
        "",
        f"{found[0].bodies:,} bodies, {YEN:,} yen, exact fractions, all that explains a share included; CPU-ms of one process.",
        "Aim: 10 ms.",
        "",
        "| shared | CPU-ms | × baseline | adds up to the yen |",
        "|---|---:|---:|---|",
    ]
    for one in found:
        lines.append(
            f"| {one.what} | {one.ms:.1f} | {one.ms / found[0].ms:.0f} | {'yes' if one.adds_up else 'no'} |"
        )
    return lines
