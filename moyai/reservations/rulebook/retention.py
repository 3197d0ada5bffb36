"""保存期間 as published rules: until when who used a room, and who entered a lottery, can still be read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from moyai.reservations.rulebook.days import FROM
from moyai.reservations.rules.retention import entries_until, keep_until
from moyai.rulebook.public import Example, Step, Terms, Version, Worked, case_of, day, rule, whole

EXAMPLE = "団体の定め（例）"
VERSIONS = [Version(from_on=FROM, source=f"{EXAMPLE}：予約は5年、抽選の申込みは12か月")]


def _used(on: str, years: int, until: date, note: str = "") -> Example:
    return Example({"use_on": on, "years": years}, until, note=f"{EXAMPLE}{note}")


@rule(
    "reservation-keep-until",
    title=("予約の保存期間", "How long a booking says whose it was"),
    source="各団体の文書管理規則（翌年度の4月1日から数える）",
    input=case_of(
        use_on=day("利用日", "Day of use"),
        years=whole("保存年数", "Years kept", 1, 30, default=5),
    ),
    output=day("満了日", "Last day"),
    versions=VERSIONS,
    examples=[
        _used("2026-04-01", 5, date(2032, 3, 31)),
        _used("2027-03-31", 5, date(2032, 3, 31), "（年度の最初の日と最後の日は同じ）"),
        _used("2027-04-01", 5, date(2033, 3, 31), "（次の年度）"),
        _used("2026-06-10", 1, date(2028, 3, 31)),
        _used("2024-02-29", 3, date(2027, 3, 31), "（うるう日）"),
    ],
)  # fmt: skip
def reservation_keep_until(case: Mapping[str, Any], terms: Terms) -> Worked:
    """満了日の翌日の夜に、だれの予約だったかを消す。保留、未納・過納、未決の伺いがある間は残す。件数と金額は変わらない。"""
    last = keep_until(case["use_on"], years=case["years"])
    return last, [
        Step("利用日", case["use_on"]),
        Step("数え始め", last.replace(year=last.year - case["years"]) + timedelta(days=1), formula="利用した年度の次の年度の4月1日"),
        Step("満了日", last, formula=f"{case['years']}年"),
    ]  # fmt: skip


def _entered(until: str, months: int, last: date, note: str = "") -> Example:
    return Example({"for_until": until, "months": months}, last, note=f"{EXAMPLE}{note}")


@rule(
    "reservation-entry-keep-until",
    title=("抽選の申込みの保存期間", "How long an entry says whose it was"),
    source="各団体の定め（抽選の対象の最後の日から数える）／期間の計算は民法 第143条第2項",
    input=case_of(
        for_until=day("抽選の対象の最後の日", "Last day drawn for"),
        months=whole("保存月数", "Months kept", 0, 120, default=12),
    ),
    output=day("満了日", "Last day"),
    versions=VERSIONS,
    examples=[
        _entered("2027-02-28", 12, date(2028, 2, 27)),
        _entered("2026-06-30", 3, date(2026, 9, 29)),
        _entered("2026-05-31", 1, date(2026, 6, 30), "（応当日のない月は末日まで）"),
        _entered("2026-06-30", 0, date(2026, 6, 30), "（0か月は、対象の最後の日まで）"),
    ],
)  # fmt: skip
def reservation_entry_keep_until(case: Mapping[str, Any], terms: Terms) -> Worked:
    """満了日の翌日の夜に、だれの申込みだったかを消す。公開した名簿・順番・結果と、検証に要る値は残す。"""
    last = entries_until(case["for_until"], months=case["months"])
    return last, [
        Step("対象の最後の日", case["for_until"]),
        Step("満了日", last, formula=f"{case['months']}か月"),
    ]
