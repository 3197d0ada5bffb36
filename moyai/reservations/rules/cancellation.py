"""取消しと変更の決まり — what is given back when a use is given up, whole or in part, and what a change costs. Pure.

Until when one may change or cancel stands in the periods policy, the release of what was cancelled in the lottery policy.

Source: each body's 条例・規則 (使用料の不還付と還付の特例; 地方自治法 第225条) is the data: tiers by reason and by days before the use.

**Nothing is ever given back twice.** What was given up so far is kept as yen by rate, and each refund is the refund of all of
it less what was given back before. So any sequence of partial cancellations comes to what the whole would have come
to at the same rates, roundings included, and never to more than the fee.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from moyai.reservations.rules.fees.use import NO_TIER, CannotWorkOut
from moyai.reservations.rules.shapes import obj, one_of, rows, text, whole, yen
from moyai.reservations.rules.working import ROUNDING_WORDS, Step, round_yen, rounding_words, yen_words

Row = Mapping[str, Any]
OWN, WEATHER, FACILITY = "own", "weather", "facility"
WHY_WORDS: Final = {OWN: "利用者の都合", WEATHER: "天候・災害", FACILITY: "施設の都合"}
LONGEST_DAYS: Final = 400  # a use lies at most so many days ahead or back

SCHEMA: Final = obj(
    "取消しと還付",
    "Cancellation",
    {
        "tiers": rows(
            "還付の率",
            "Refund rates",
            obj(
                "還付の率",
                "Refund rate",
                {
                    "why": one_of("理由", "Reason", WHY_WORDS),
                    "days_before": whole("利用日の何日前まで", "Days before use", -LONGEST_DAYS, LONGEST_DAYS),
                    "percent": whole("還付の率（%）", "Percent", 0, 100),
                },
                needs=("why", "days_before", "percent"),
            ),
            100,
        ),
        "rounding": one_of("還付額の端数処理", "Rounding", ROUNDING_WORDS),
        "rounding_yen": {
            "title": "端数の単位（円）", "x-title-en": "Rounding unit", "type": "integer", "enum": [1, 10, 100]
        },
        "unpaid": one_of(
            "納付の前の取消し",
            "Cancelled before payment",
            {"free": "使用料を求めない", "owed": "納付のあとと同じ"},
        ),
        "lower_change": one_of(
            "変更で安くなった分",
            "What a change makes cheaper",
            {"tier": "取消しと同じ率で還付", "full": "全額還付", "none": "還付しない"},
        ),
        "free_changes": whole("無料の変更の回数", "Free changes", 0, 99),
        "change_yen": yen("それを超える変更の手数料", "Fee of a further change"),
        "source": text("根拠", "Source", 200),
    },
    needs=("tiers", "rounding", "rounding_yen", "unpaid", "lower_change"),
)  # fmt: skip


def faults(document: Row) -> list[tuple[str, str]]:
    """What is wrong with a policy that fits the schema: (path, sentence). Each reason has a rate up to the day of use."""
    found = []
    places = [(row["why"], row["days_before"]) for row in document["tiers"]]
    if len(set(places)) != len(places):
        found.append(("tiers", "同じ理由と日数の行が2つあります。"))
    for why, words in WHY_WORDS.items():
        days = [before for reason, before in places if reason == why]
        if not days or min(days) > 0:
            found.append(("tiers", f"「{words}」の、利用日当日（0日前）までの率を入力してください。"))
    return found


@dataclass(frozen=True, slots=True)
class GivenUp:
    """取り消した分 — yen of the fee that were given up at one rate, summed over the life of a booking."""

    percent: int
    yen: int

    def as_json(self) -> dict[str, int]:
        return {"percent": self.percent, "yen": self.yen}


@dataclass(frozen=True, slots=True)
class Refund:
    """還付 — `yen` come off what the booking owes (paid: given back), `kept_yen` stay owed though the use is given up.

    `given_up` is what to keep for the next time; `rest_yen` the fee of what remains, never above the fee before.
    """

    yen: int
    kept_yen: int
    rest_yen: int
    given_up: tuple[GivenUp, ...]
    steps: tuple[Step, ...]


def percent_of(document: Row, *, why: str, days_before: int) -> int:
    """還付の率 — of the tier with the most days that the cancellation still keeps. Raises CannotWorkOut."""
    kept = [row for row in document["tiers"] if row["why"] == why and row["days_before"] <= days_before]
    if not kept:
        raise CannotWorkOut(
            NO_TIER,
            f"「{WHY_WORDS[why]}」による{_days_words(days_before)}の取消しの還付は、定めにありません。",
        )
    return int(max(kept, key=lambda row: row["days_before"])["percent"])


def refund(
    document: Row,
    *,
    fee_yen: int,
    rest_yen: int = 0,
    days_before: int,
    why: str = OWN,
    paid: bool = True,
    earlier: Sequence[GivenUp] = (),
) -> Refund:
    """還付額を計算する — `fee_yen` is the fee as it stands, `rest_yen` that of what is not cancelled (0: the whole).

    `days_before` the use, negative after it; `paid`: whether anything was paid of it. Raises CannotWorkOut.
    """
    rest = min(rest_yen, fee_yen)  # a 通し料金 that falls apart never makes the rest dearer
    given = fee_yen - rest
    if not paid and document["unpaid"] == "free":
        percent, words = 100, "納付の前の取消し"
    else:
        percent = percent_of(document, why=why, days_before=days_before)
        words = f"{WHY_WORDS[why]}、{_days_words(days_before)}"
    sums = {one.percent: one.yen for one in earlier}
    before = sum(sums.values()) and _back(document, sums)
    sums[percent] = sums.get(percent, 0) + given
    back = _back(document, sums) - before
    rounding = rounding_words(document["rounding"], document["rounding_yen"])
    steps = [
        Step("取り消す分の使用料", given, formula=f"{fee_yen:,} − {rest:,}"),
        Step("還付の率", percent, formula=words, unit="%"),
    ]
    if before:
        all_of = " ＋ ".join(f"{yen_:,} × {rate}%" for rate, yen_ in sorted(sums.items(), reverse=True))
        formula = f"{all_of}（それぞれ{rounding}） − 還付済み {before:,}"
    else:
        formula = f"{given:,} × {percent}%（{rounding}）"
    steps.append(Step("還付額", back, formula=formula))
    return Refund(
        yen=back,
        kept_yen=given - back,
        rest_yen=rest,
        given_up=tuple(GivenUp(rate, yen_) for rate, yen_ in sorted(sums.items())),
        steps=tuple(steps),
    )


def _back(document: Row, sums: Mapping[int, int]) -> int:
    """What is given back of yen given up at each rate: rounded for each rate, never above the yen themselves."""
    return sum(_part(document, percent, given) for percent, given in sums.items())


def _part(document: Row, percent: int, given: int) -> int:
    if percent == 100:  # 全額還付 is not rounded
        return given
    exact = Fraction(given * percent, 100)
    return min(given, round_yen(exact, way=document["rounding"], unit_yen=document["rounding_yen"]))


def change_fee(document: Row, *, changes_before: int) -> tuple[int, Step]:
    """変更手数料 — of one more change after so many."""
    free = document.get("free_changes", 99)
    charged = document.get("change_yen", 0)
    if changes_before < free or not charged:
        return 0, Step("変更手数料", 0, formula=f"{changes_before + 1}回目の変更（{free}回まで無料）")
    return charged, Step(
        "変更手数料", charged, formula=f"{changes_before + 1}回目の変更 {yen_words(charged)}"
    )


@dataclass(frozen=True, slots=True)
class Changed:
    """変更の差額 — `owed_yen` is the new fee together with what is kept of the old one; the difference is charged or refunded."""

    fee_yen: int
    kept_yen: int
    change_yen: int
    given_up: tuple[GivenUp, ...]
    steps: tuple[Step, ...]


def changed(
    document: Row,
    *,
    fee_yen: int,
    new_yen: int,
    days_before: int,
    changes_before: int,
    paid: bool = True,
    earlier: Sequence[GivenUp] = (),
) -> Changed:
    """変更 — a dearer use owes the difference; a cheaper one gets back what the policy says (`lower_change`).

    `kept_yen` is what stays owed of the yen that became too many. Raises CannotWorkOut.
    """
    fee, step = change_fee(document, changes_before=changes_before)
    if new_yen >= fee_yen:
        more = Step("差額", new_yen - fee_yen, formula=f"{new_yen:,} − {fee_yen:,}")
        return Changed(new_yen, 0, fee, tuple(earlier), (more, step))
    less = fee_yen - new_yen
    way = document["lower_change"]
    if way == "tier" or (not paid and document["unpaid"] == "free"):
        back = refund(
            document,
            fee_yen=fee_yen,
            rest_yen=new_yen,
            days_before=days_before,
            paid=paid,
            earlier=earlier,
        )
        return Changed(new_yen, back.kept_yen, fee, back.given_up, (*back.steps, step))
    given = Step("安くなる分", less, formula=f"{fee_yen:,} − {new_yen:,}")
    kept = 0 if way == "full" else less
    words = "全額還付" if way == "full" else "還付しない"
    return Changed(
        new_yen, kept, fee, tuple(earlier), (given, Step("還付額", less - kept, formula=words), step)
    )


def _days_words(days: int) -> str:
    if days > 0:
        return f"利用日の{days}日前"
    return "利用日の当日" if days == 0 else f"利用日の{-days}日後"
