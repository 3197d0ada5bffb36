"""予定時間 and サービスレベルの判定 (C24) as published rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from moyai.calendars.public import OfficeCalendar
from moyai.operations.rules.availability import (
    HOLIDAY,
    VERDICT_WORDS,
    Hours,
    Stops,
    Verdict,
    measure,
    most_minutes,
    planned_spans,
    printed,
    verdict,
)
from moyai.operations.rules.intervals import Span, length
from moyai.rulebook.public import (
    BadCase,
    Example,
    Step,
    Terms,
    Version,
    Worked,
    case_of,
    choice,
    day,
    list_of,
    rule,
    whole,
    yes_no,
)

SOURCE = "サービスレベル合意書（稼働率＝（予定時間－緊急停止時間）÷予定時間）"
VERSIONS = [
    Version(from_on=date(2000, 4, 1), source="サービスレベル合意書。約束する割合は合意ごとに決める。")
]
YEAR = 525_600
_MOST = 60_000_000
VERDICTS_SAID = {
    "met": (VERDICT_WORDS[Verdict.MET], "met"),
    "missed": (VERDICT_WORDS[Verdict.MISSED], "missed"),
    "unproven": (VERDICT_WORDS[Verdict.UNPROVEN], "cannot be proven"),
    "nothing_planned": (VERDICT_WORDS[Verdict.NOTHING_PLANNED], "nothing planned"),
}
_SPAN = case_of(
    begins=whole("始まり（分）", "Begins, minute", 0, _MOST),
    ends=whole("終わり（分、その分を含まない）", "Ends", 0, _MOST),
)
_BEFORE = 10_000  # a stop of an example begins at this minute


def _spans(case: Mapping[str, Any], name: str) -> tuple[Span, ...]:
    found = []
    for place, row in enumerate(case[name]):
        if row["ends"] <= row["begins"]:
            raise BadCase({f"{name}.{place}.ends": "終わりを始まりより後にしてください。"})
        found.append(Span(row["begins"], row["ends"]))
    return tuple(found)


def _stop(minutes: int, at: int = _BEFORE) -> dict[str, int]:
    return {"begins": at, "ends": at + minutes}


def _level(
    result: str, note: str, *, minutes: int = YEAR, part: tuple[int, int] = (997, 1_000), **stops: Any
) -> Example:
    case = {"minutes": minutes, "numerator": part[0], "denominator": part[1]}
    return Example({**case, **stops}, result, note=note)


@rule(
    "service-level",
    title=("稼働率とサービスレベルの判定", "Availability, and whether a service level is met"),
    source=SOURCE,
    input=case_of(
        minutes=whole("期間の運用時間（分）", "Minutes of the period", 0, _MOST),
        planned=list_of("計画停止", "Planned stops", _SPAN, 500, default=[]),
        outages=list_of("緊急停止", "Outages", _SPAN, 500, default=[]),
        unknown=list_of("不明の時間", "Unmeasured time", _SPAN, 500, default=[]),
        numerator=whole("約束する割合の分子", "Level, numerator", 0, 1_000_000),
        denominator=whole("約束する割合の分母", "Level, denominator", 1, 1_000_000),
    ),
    output=choice("判定", "Verdict", VERDICTS_SAID),
    versions=VERSIONS,
    examples=[
        _level("met", "停止1,576分は99.70％と表示し、99.7％を達成", outages=[_stop(1_576)]),
        _level("missed", "停止1,577分も99.70％と表示するが、99.7％に届かない", outages=[_stop(1_577)]),
        _level("met", "停止がない"),
        _level("met", "132分から183分の停止は99.97％と表示（ちば電子調達の5つのシステムの率）", outages=[_stop(183)]),
        _level("met", "重なる停止は1回だけ数える", outages=[_stop(1_576), _stop(1_000, 10_100)]),
        _level("missed", "続けて起きた停止は足す", outages=[_stop(1_576), _stop(1, 20_000)]),
        _level("met", "計画停止の中の停止は数えない", planned=[_stop(2_000)], outages=[_stop(1_999)]),
        _level("missed", "計画停止は予定時間からも除く。523,600分に対する1,571分", planned=[_stop(2_000, 0)], outages=[_stop(1_571)]),
        _level("met", "同じく1,570分", planned=[_stop(2_000, 0)], outages=[_stop(1_570)]),
        _level("unproven", "不明の100分が稼働していたかで決まる", outages=[_stop(1_500)], unknown=[_stop(100, 50_000)]),
        _level("met", "不明の76分がすべて停止でも達成", outages=[_stop(1_500)], unknown=[_stop(76, 50_000)]),
        _level("missed", "不明の時間がすべて稼働でも届かない", outages=[_stop(1_577)], unknown=[_stop(100, 50_000)]),
        _level("nothing_planned", "期間のすべてが計画停止", minutes=100, planned=[_stop(100, 0)]),
        _level("met", "99.2％の約束、30日", minutes=43_200, part=(992, 1_000), outages=[_stop(345)]),
        _level("missed", "同じく1分多い", minutes=43_200, part=(992, 1_000), outages=[_stop(346)]),
    ],
)  # fmt: skip
def service_level(case: Mapping[str, Any], terms: Terms) -> Worked:
    """予定時間から緊急停止の時間を引いた割合を、丸める前の分数で約束と比べる。不明の時間は稼働と数えず、それで決まるときは判定しない。"""
    stops = Stops(_spans(case, "planned"), _spans(case, "outages"), _spans(case, "unknown"))
    measured = measure([Span(0, case["minutes"])], stops)
    if case["numerator"] > case["denominator"]:
        raise BadCase({"numerator": "割合は1以下にしてください。"})
    level = Fraction(case["numerator"], case["denominator"])
    found = verdict(measured, level)
    return found.value, [
        Step("予定時間", measured.planned, SOURCE, "運用時間 − 計画停止", "分"),
        Step("緊急停止時間", measured.stopped, formula="重なりは1回", unit="分"),
        Step("不明の時間", measured.unknown, unit="分"),
        Step("稼働率（表示）", printed(measured), formula="小数第3位を四捨五入"),
        Step("許される停止", most_minutes(measured.planned, level), formula=f"予定時間 × (1 − {level})、切捨て", unit="分"),
        Step("判定", VERDICT_WORDS[found], formula="丸める前の分数で判定"),
    ]  # fmt: skip


_DAYS = ("月", "火", "水", "木", "金", "土", "日")
_ENGLISH = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_HOURS = case_of(
    weekdays=choice(
        "曜日",
        "Days",
        {
            **{str(n): (f"{word}曜日", _ENGLISH[n]) for n, word in enumerate(_DAYS)},
            HOLIDAY: ("祝日", "public holidays"),
            "weekdays": ("月曜日から金曜日まで", "Monday to Friday"),
            "all": ("すべての日", "every day"),
        },
    ),
    begins=whole("始まり（0時からの分）", "Begins, minute of the day", 0, 1_439),
    ends=whole("終わり（0時からの分）", "Ends, minute of the day", 1, 1_440),
)
_WHOLE_WEEK: frozenset[int | str] = frozenset({0, 1, 2, 3, 4, 5, 6, HOLIDAY})
_HOLIDAYS: frozenset[int | str] = frozenset({HOLIDAY})


def _hours(first: str, last: str, result: int, note: str, *rows: tuple[str, int, int]) -> Example:
    hours = [{"weekdays": days, "begins": begins, "ends": ends} for days, begins, ends in rows]
    return Example({"first_on": first, "last_on": last, "hours": hours}, result, note=note)


@rule(
    "planned-minutes",
    title=("予定時間（運用時間のカレンダー）", "Minutes a system is to run"),
    source=SOURCE,
    input=case_of(
        first_on=day("初日", "First day"),
        last_on=day("末日", "Last day"),
        hours=list_of("運用時間", "Hours", _HOURS, 20, minItems=1),
        with_holidays=yes_no("祝日を曜日と分けて扱う", "Public holidays are days of their own", default=True),
    ),
    output=whole("予定時間（分）", "Planned minutes", 0, _MOST),
    versions=VERSIONS,
    examples=[
        _hours("2017-04-01", "2018-03-31", YEAR, "24時間365日", ("all", 0, 1440)),
        _hours("2019-04-01", "2020-03-31", 527_040, "うるう年の366日", ("all", 0, 1440)),
        _hours("2017-05-01", "2017-05-07", 1_440, "連休の週。平日の8時から20時までは2日だけ", ("weekdays", 480, 1200)),
        _hours(
            "2017-05-01", "2017-05-07", 3_240, "祝日の3日は10時から20時まで", ("weekdays", 480, 1200), (HOLIDAY, 600, 1200)
        ),
        _hours("2017-05-08", "2017-05-12", 3_600, "祝日のない週", ("weekdays", 480, 1200)),
        _hours(
            "2017-05-08", "2017-05-08", 720, "重なる時間は1回だけ数える", ("weekdays", 480, 1200), ("0", 540, 600)
        ),
        Example(
            {
                "first_on": "2017-05-01",
                "last_on": "2017-05-07",
                "hours": [{"weekdays": "weekdays", "begins": 480, "ends": 1200}],
                "with_holidays": False,
            },
            3_600,
            note="祝日も曜日で数える",
        ),
    ],
)  # fmt: skip
def planned_minutes(case: Mapping[str, Any], terms: Terms) -> Worked:
    """運用時間を日ごとに数える。祝日は曜日とは別の日として扱い、祝日の運用時間がなければその日は数えない。"""
    first, last = case["first_on"], case["last_on"]
    if last < first:
        raise BadCase({"last_on": "末日は初日以降の日付にしてください。"})
    if (last - first).days > 3_660:
        raise BadCase({"last_on": "期間は10年以内にしてください。"})
    named: dict[str, frozenset[int | str]] = {
        "weekdays": frozenset(range(5)),
        "all": _WHOLE_WEEK,
        HOLIDAY: _HOLIDAYS,
    }
    rows = []
    for place, row in enumerate(case["hours"]):
        if row["ends"] <= row["begins"]:
            raise BadCase({f"hours.{place}.ends": "終わりを始まりより後にしてください。"})
        days = named.get(row["weekdays"]) or frozenset({int(row["weekdays"])})
        rows.append(Hours(days, row["begins"], row["ends"], first))
    calendar = OfficeCalendar()
    apart = case["with_holidays"]
    spans = planned_spans(rows, first, last, lambda on: apart and bool(calendar.holiday_name(on)))
    found = length(spans)
    return found, [
        Step("日数", (last - first).days + 1, unit="日"),
        Step("運用時間の区間", len(spans), formula="続く区間は1つに数える"),
        Step("予定時間", found, unit="分"),
    ]
