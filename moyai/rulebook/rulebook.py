"""日付の規則 — ages and deadlines as published rules; the first entries of the book.

They stand here and not in `calendars`, because calendars lies below the rulebook and knows nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from moyai.calendars.public import (
    Law,
    OfficeCalendar,
    Stop,
    age_on,
    age_reached_on,
    days_end_on,
    due_on,
    period_of_months_end_on,
    processing_due_on,
    weekday,
)
from moyai.rulebook.fields import case_of, choice, day, list_of, whole, yes_no
from moyai.rulebook.registry import rule
from moyai.rulebook.rules import BadCase, Example, Step, Terms, Version, Worked

OWN_DAYS = {
    "closed": list_of("団体だけの閉庁日", "Days the office itself closes", day("日", "Day"), 60, default=[]),
    "opened": list_of("団体だけの開庁日", "Holidays the office works", day("日", "Day"), 60, default=[]),
}


def calendar_of(case: Mapping[str, Any]) -> OfficeCalendar:
    """The calendar of the case: the law's, with the office's own days as far as the case names them."""
    closed = dict.fromkeys(case["closed"], (False, "団体の定めた閉庁日"))
    return OfficeCalendar(overrides=closed | dict.fromkeys(case["opened"], (True, "団体の定めた開庁日")))


@rule(
    "age",
    title=("満年齢", "Age"),
    source="年齢計算ニ関する法律（明治35年法律第50号）、民法143条",
    input=case_of(born_on=day("生年月日", "Date of birth"), as_of=day("いつの年齢か", "As of")),
    output=whole("満年齢", "Age", 0, 200),
    versions=[Version(from_on=date(1902, 12, 22), source="明治35年法律第50号")],
    examples=[
        Example(
            {"born_on": "2008-04-02", "as_of": "2026-04-01"}, 17, note="誕生日の前日の終わりに18歳になる"
        ),
        Example({"born_on": "2008-04-02", "as_of": "2026-04-02"}, 18),
        Example({"born_on": "2008-02-29", "as_of": "2026-02-28"}, 17, note="うるう日生まれ、平年"),
        Example({"born_on": "2008-02-29", "as_of": "2026-03-01"}, 18),
        Example({"born_on": "2008-02-29", "as_of": "2028-02-29"}, 20, note="うるう日生まれ、うるう年"),
        Example({"born_on": "2026-11-21", "as_of": "2026-11-21"}, 0),
    ],
)
def age(case: Mapping[str, Any], terms: Terms) -> Worked:
    """年齢は出生の日から数え、誕生日の前日の終わりに1つ増える。"""
    born_on, as_of = case["born_on"], case["as_of"]
    if as_of < born_on:
        raise BadCase({"as_of": "いつの年齢かは、生年月日以降の日付にしてください。"})
    years = age_on(born_on, as_of)
    if years > 200:
        raise BadCase({"as_of": "いつの年齢かは、生年月日から200年以内の日付にしてください。"})
    reached = (
        [Step(f"{years}歳に達した日", age_reached_on(born_on, years), "民法143条", "誕生日の前日")]
        if years
        else []
    )
    return years, [
        Step("出生の日（1日目に数える）", born_on, "年齢計算ニ関する法律1項"),
        *reached,
        Step("満年齢", years, "年齢計算ニ関する法律2項", unit="歳"),
    ]


UNITS = {
    "days": ("日", "days"),
    "weeks": ("週", "weeks"),
    "months": ("月", "months"),
    "years": ("年", "years"),
}
LAWS = {
    "civil": ("民法・地方自治法（申請、届出など）", "Civil Code (applications, notifications)"),
    "local_tax": ("地方税法（納期限など）", "Local Tax Act (due dates of taxes)"),
    "none": ("休日でも延びない", "Not moved by holidays"),
}
MOVED_BY = {
    "civil": "民法142条、地方自治法4条の2第4項",
    "local_tax": "地方税法20条の5第2項、同法施行令6条の18",
}


@rule(
    "period-end",
    title=("期間の満了日", "End of a period"),
    source="民法138条から143条まで、地方自治法4条の2第4項、地方税法20条の5",
    input=case_of(
        event_on=day("起こった日", "Day of the event"),
        number=whole("期間の長さ", "Length", 1, 400),
        unit=choice("単位", "Unit", UNITS),
        law=choice("休日の扱い", "Law for holidays", LAWS, default="civil"),
        first_day_counts=yes_no("初日を数える", "The first day counts", default=False),
        **OWN_DAYS,
    ),
    output=day("満了日", "Last day"),
    # From a day on which every Saturday had become a holiday of the bodies; earlier periods need their own version.
    versions=[Version(from_on=date(1994, 10, 1), source="民法（明治29年法律第89号）、地方自治法4条の2")],
    examples=[
        Example(
            {"event_on": "2026-04-01", "number": 30, "unit": "days"}, "2026-05-01", note="初日は数えない"
        ),
        Example(
            {"event_on": "2026-04-02", "number": 30, "unit": "days"},
            "2026-05-07",
            note="末日が土曜日、連休の後",
        ),
        Example(
            {"event_on": "2026-01-31", "number": 1, "unit": "months"}, "2026-03-02", note="2月28日は土曜日"
        ),
        Example({"event_on": "2026-01-31", "number": 1, "unit": "months", "law": "none"}, "2026-02-28"),
        Example({"event_on": "2026-11-30", "number": 1, "unit": "months", "law": "local_tax"}, "2027-01-04"),
        Example(
            {"event_on": "2024-02-28", "number": 1, "unit": "years"}, "2025-02-28", note="うるう日が起算日"
        ),
        Example(
            {"event_on": "2026-06-01", "number": 1, "unit": "weeks", "closed": ["2026-06-08"]}, "2026-06-09"
        ),
    ],
)
def period_end(case: Mapping[str, Any], terms: Terms) -> Worked:
    """期間の初日は数えない。月と年は暦で数え、末日が休日のときは、その翌日に満了する。"""
    event_on, unit, law, calendar = case["event_on"], case["unit"], Law(case["law"]), calendar_of(case)
    counts = case["first_day_counts"]
    first_on = event_on if counts else event_on + timedelta(days=1)
    if unit in ("days", "weeks"):
        days = case["number"] * (7 if unit == "weeks" else 1)
        last_on = days_end_on(event_on, days, first_day_counts=counts)
    else:
        months = case["number"] * (12 if unit == "years" else 1)
        last_on = period_of_months_end_on(event_on, months, first_day_counts=counts)
    end_on = due_on(event_on, law=law, first_day_counts=counts, calendar=calendar, **{unit: case["number"]})
    length = (
        f"{case['number']}{'か月' if unit == 'months' else UNITS[unit][0]}{'間' if unit == 'weeks' else ''}"
    )
    steps = [
        Step("起算日", first_on, "民法140条ただし書" if counts else "民法140条"),
        Step("期間の末日", last_on, "民法141条" if unit == "days" else "民法143条", f"起算日から{length}"),
    ]
    if end_on != last_on:
        why = calendar.why_closed(last_on) or calendar.holiday_name(last_on) or f"{weekday(last_on)}曜日"
        steps.append(Step("末日の休日", why, MOVED_BY[law.value]))
    return end_on, [*steps, Step("満了日", end_on, MOVED_BY.get(law.value, ""), "休日でない最初の日")]


@rule(
    "standard-processing-due",
    title=("標準処理期間の満了日", "End of the standard processing period"),
    source="行政手続法6条、7条、民法138条から142条まで",
    input=case_of(
        received_on=day("到達した日", "Day of receipt"),
        days=whole("標準処理期間の日数", "Days", 1, 400),
        in_office_days=yes_no("開庁日だけを数える", "Count working days only", default=True),
        stops=list_of(
            "補正で止まった期間",
            "Time stopped for corrections",
            case_of(
                from_on=day("補正を求めた日", "Asked on"), until_on=day("補正が届いた日", "Corrected on")
            ),
            20,
            default=[],
        ),
        **OWN_DAYS,
    ),
    output=day("満了日", "Last day"),
    versions=[Version(from_on=date(1994, 10, 1), source="行政手続法（平成5年法律第88号）")],
    examples=[
        Example({"received_on": "2026-04-01", "days": 5}, "2026-04-08", note="土曜日と日曜日を数えない"),
        Example({"received_on": "2026-04-28", "days": 3}, "2026-05-07", note="連休をまたぐ"),
        Example(
            {"received_on": "2026-04-01", "days": 10, "in_office_days": False},
            "2026-04-13",
            note="4月11日は土曜日",
        ),
        Example(
            {
                "received_on": "2026-04-01",
                "days": 5,
                "stops": [{"from_on": "2026-04-03", "until_on": "2026-04-10"}],
            },
            "2026-04-15",
            note="4月6日から10日までの5開庁日を除く",
        ),
        Example({"received_on": "2026-12-25", "days": 2}, "2027-01-04", note="年末年始をまたぐ"),
    ],
)
def standard_processing_due(case: Mapping[str, Any], terms: Terms) -> Worked:
    """到達の翌日から数え、補正を求めた日の翌日から補正が届いた日までを除く。"""
    stops = [Stop(stop["from_on"], stop["until_on"]) for stop in case["stops"]]
    for number, stop in enumerate(case["stops"]):
        if stop["until_on"] < stop["from_on"]:
            raise BadCase(
                {f"stops.{number}.until_on": "補正が届いた日は、補正を求めた日以降の日付にしてください。"}
            )
        if (stop["until_on"] - stop["from_on"]).days > 3660:
            raise BadCase({f"stops.{number}.until_on": "補正で止まった期間は、10年以内にしてください。"})
    received_on, days, calendar = case["received_on"], case["days"], calendar_of(case)
    counted = {"in_office_days": case["in_office_days"], "calendar": calendar}
    without = processing_due_on(received_on, days, **counted)
    due = processing_due_on(received_on, days, stopped=stops, **counted)
    kind = "開庁日" if case["in_office_days"] else "暦日"
    steps = [
        Step("数え始める日", received_on + timedelta(days=1), "民法140条"),
        Step("補正がないときの満了日", without, "行政手続法6条", f"{kind}で{days}日"),
    ]
    if stops:
        steps.append(Step("補正で止まった期間の数", len(stops), "行政手続法7条", unit="件"))
    return due, [
        *steps,
        Step("満了日", due, "行政手続法6条", "補正で止まった日を除いて数える" if stops else ""),
    ]
