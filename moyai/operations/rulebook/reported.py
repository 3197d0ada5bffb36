"""報告された率によるサービスレベルの判定 (C24) as a published rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from moyai.operations.rulebook.levels import SOURCE, VERDICTS_SAID
from moyai.operations.rules.availability import VERDICT_WORDS, percent
from moyai.operations.rules.reported import UNREPORTED, printed_rates, verdict_of, weighed
from moyai.rulebook.public import (
    BadCase,
    Example,
    Step,
    Terms,
    Version,
    Worked,
    case_of,
    choice,
    list_of,
    rule,
    whole,
)

_PART = case_of(
    days=whole("日数", "Days", 1, 3_660),
    hundredths=whole(
        "印刷された率（0.01％を1とする）", "Rate as printed, in hundredths of a per cent", 0, 10_000
    ),
)


def _year(result: str, note: str, *parts: tuple[int, int], unreported: int = 0, level: int = 997) -> Example:
    return Example(
        {
            "parts": [{"days": days, "hundredths": hundredths} for days, hundredths in parts],
            "unreported_days": unreported,
            "numerator": level,
            "denominator": 1_000,
        },
        result,
        note=note,
    )


@rule(
    "service-level-reported",
    title=("報告された稼働率によるサービスレベルの判定", "Whether a service level is met, by reported rates"),
    source=SOURCE,
    input=case_of(
        parts=list_of("報告", "Reports", _PART, 400, default=[]),
        unreported_days=whole("報告のない日数", "Days without a report", 0, 3_660, default=0),
        numerator=whole("約束する割合の分子", "Level, numerator", 0, 1_000_000),
        denominator=whole("約束する割合の分母", "Level, denominator", 1, 1_000_000),
    ),
    output=choice("判定", "Verdict", VERDICTS_SAID),
    versions=[
        Version(from_on=date(2000, 4, 1), source="サービスレベル合意書。率は四捨五入した値として読む。")
    ],
    examples=[
        _year("met", "99.97％と印刷された1年は、99.965％以上", (365, 9_997)),
        _year("unproven", "99.70％と印刷された1年は、99.695％かもしれない", (365, 9_970)),
        _year("met", "99.71％と印刷されれば、99.705％以上", (365, 9_971)),
        _year("missed", "99.69％と印刷されれば、99.695％に届かない", (365, 9_969)),
        _year("met", "どの月も100％", (30, 10_000), (31, 10_000), (30, 10_000)),
        _year("met", "低い月があっても、期間全体で判定する", (30, 9_960), (335, 9_990)),
        _year("unproven", "報告のない30日は、稼働とも停止ともいえない", (335, 10_000), unreported=30),
        _year("met", "報告のない1日がすべて停止でも、99.7％に届く", (364, 10_000), unreported=1),
        _year("missed", "報告のない日がすべて稼働でも届かない", (335, 9_900), unreported=30),
        _year("unproven", "報告がない", unreported=365),
        _year("unproven", "100％の約束は、丸めた100.00％では示せない", (365, 10_000), level=1_000),
    ],
)
def service_level_reported(case: Mapping[str, Any], terms: Terms) -> Worked:
    """印刷された率は小数第2位に四捨五入した値として読み、そう印刷される分数のすべてが約束に届くときに達成とする。"""
    if case["numerator"] > case["denominator"]:
        raise BadCase({"numerator": "割合は1以下にしてください。"})
    level = Fraction(case["numerator"], case["denominator"])
    parts = [
        (row["days"], printed_rates(f"{row['hundredths'] // 100}.{row['hundredths'] % 100:02d}"))
        for row in case["parts"]
    ]
    rates = weighed([*parts, (case["unreported_days"], UNREPORTED)])
    found = verdict_of(rates, level)
    return found.value, [
        Step("報告のある日数", sum(days for days, _rates in parts), unit="日"),
        Step("報告のない日数", case["unreported_days"], formula="稼働とも停止とも数えない", unit="日"),
        Step("低くても", percent(rates.least, 4), formula="日数で重み付け"),
        Step("高くても", percent(rates.most, 4), formula="日数で重み付け"),
        Step("判定", VERDICT_WORDS[found], formula=f"約束 {level} と比べる"),
    ]
