"""負担の試算 — mixes that may be tried on the payers of a cost line, side by side (Y18, Y24)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from django.utils.translation import gettext as _

from moyai.council.models import CostLine
from moyai.council.queries.burdens import figures_of, payers_on
from moyai.council.rules.bills import mix_in_words
from moyai.council.rules.mixes import Basis, Mix, MixPart, mix_from, mix_rows, mix_words
from moyai.council.rules.savings import Trial, bases_for_search, best_mix, side_by_side
from moyai.tenants.public import Body

ONE = Fraction(1)
LINES, SEARCHED = "line", "best"
BASES_SEARCHED = 3  # in steps of a tenth: 66 mixes
NAMED: Mapping[str, Mix] = {
    "equal": [MixPart(Basis.EQUAL, ONE)],
    "population": [MixPart(Basis.POPULATION, ONE)],
    "decreasing": [MixPart(Basis.DECREASING, ONE)],
    "mixed": [MixPart(Basis.EQUAL, Fraction(3, 10)), MixPart(Basis.POPULATION, Fraction(7, 10))],
    "actual": [MixPart(Basis.ACTUAL, ONE)],
}


def tried_mixes(
    cost_line: CostLine,
    *,
    on: date,
    yen: int,
    now: Mapping[str, int],
    target: Fraction,
    asked: Sequence[str],
) -> tuple[list[Trial], dict[str, Body]]:
    """The mixes asked for, on the payers of a day, each with its savings; the one found by search last.

    実費 counts what each pays now. Raises Cannot.
    """
    bodies = payers_on(cost_line, on)
    year = on.year - (on.month < 4)
    payers = figures_of(
        bodies, population_on=on, service=cost_line.service, use_year=year - 1,
        actual={body.code: now.get(body.code, 0) for body in bodies},
    )  # fmt: skip
    mixes: dict[str, Mix] = {}
    for name in asked:
        if name == LINES:
            mixes[_("いまの分け方（%(mix)s）") % {"mix": mix_in_words(cost_line.mix)}] = mix_from(
                cost_line.mix
            )
        elif name in NAMED:
            mixes[_words(NAMED[name])] = NAMED[name]
    found = side_by_side(yen, mixes, payers, now, target)
    if SEARCHED in asked:
        bases = bases_for_search(payers)[:BASES_SEARCHED]
        best = best_mix(yen, bases, payers, now, target)
        rows = mix_in_words(mix_rows(best.mix))
        found.append(
            Trial(
                _("探した分け方（%(mix)s）") % {"mix": rows}, best.mix, best.sharing, best.savings, best.below
            )
        )
    return found, {body.code: body for body in bodies}


def _words(mix: Mix) -> str:
    return mix_words(mix).removesuffix(" 1/1")
