"""後乗り — a body joins after k of n months: what it pays, whom that is credited to, who bears the months that follow (C13, I06). Pure.

Source: joint-operation reference, formula 後乗り: entry = C × (n − k) ÷ n × its part among all, itself included; the earlier members are
credited in proportion to what they paid; months are shared anew from the month of joining on, those before stay as they were;
its own migration and extraction are 実費.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from moyai.council.rules.cannot import Cannot
from moyai.council.rules.mixes import Mix, Payer, bases_of, figures, weights
from moyai.council.rules.sharing import Sharing, share_burden
from moyai.money.public import Share, credits_of, entry_yen, remaining_cost

ALREADY_IN = "%(newcomer)sは、すでに負担しています。"
NOBODY_PAID = "先に負担した団体がないため、充当できません。"
MONTHS_OVER = "共同利用は%(months)sか月です。過ぎた月数は0から%(last)sまでにしてください。"


@dataclass(frozen=True, slots=True)
class Joined:
    """加入時の負担 — `left` is what remains of the first cost, `part` the newcomer's of it; `credits` add up to `entry_yen`."""

    left: Fraction
    part: Fraction
    entry_yen: int
    own_yen: int
    credits: tuple[Share, ...]
    basis: Mapping[str, int | str]  # the newcomer's own figures

    @property
    def quota(self) -> Fraction:
        """The newcomer's exact part of what is left; its entry is this without the fraction of a yen (or unit)."""
        return self.left * self.part

    @property
    def pays_yen(self) -> int:
        return self.entry_yen + self.own_yen


def join(
    *,
    newcomer: str,
    payers: Mapping[str, Payer],
    paid: Mapping[str, int],
    mix: Mix,
    first_cost_yen: int,
    months: int,
    passed: int,
    own_yen: int = 0,
    unit_yen: int = 1,
) -> Joined:
    """加入金 — `payers` are all of them, the newcomer among them; `paid` is what the earlier ones have borne. Raises Cannot."""
    if newcomer in paid:
        raise Cannot("newcomer", ALREADY_IN, newcomer=newcomer)
    if not 0 <= passed < months:
        raise Cannot("passed", MONTHS_OVER, months=months, last=months - 1)
    left = remaining_cost(first_cost_yen, months=months, passed=passed)
    part = weights(first_cost_yen, mix, payers)[newcomer]
    entry = entry_yen(left, part, unit_yen=unit_yen)
    if entry and not any(paid.values()):
        raise Cannot("paid", NOBODY_PAID)
    basis = bases_of(mix, figures(mix, payers), [newcomer])[newcomer]
    return Joined(left, part, entry, own_yen, tuple(credits_of(entry, paid)), basis)


def monthly_after(
    monthly_yen: int, *, mix: Mix, payers: Mapping[str, Payer], newcomer: str
) -> tuple[Sharing, Sharing]:
    """月額の負担 — of all, before and from the month of joining on; neither changes a month that is over. Raises Cannot."""
    before = {code: payer for code, payer in payers.items() if code != newcomer}
    return share_burden(monthly_yen, mix, before), share_burden(monthly_yen, mix, payers)
