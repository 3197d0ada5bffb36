"""対応期限 and 仕様書確認 (O05) as published rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from moyai.calendars.public import OfficeCalendar
from moyai.operations.rules.clocks import Desk, due
from moyai.operations.rules.intervals import minute_of, moment_of
from moyai.operations.rules.reviewing import PROCUREMENT_WORDS, Procurement, review
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
    text,
    whole,
    yen,
    yes_no,
)

_WAIT = case_of(
    from_on=day("尋ねた日", "Asked on"),
    from_minute=whole("その時刻（0時からの分）", "At, minute of the day", 0, 1_439),
    until_on=day("答えの日", "Answered on"),
    until_minute=whole("その時刻（0時からの分）", "At, minute of the day", 0, 1_439),
)


def _due(on: str, at: int, minutes: int, result: str, note: str, **more: Any) -> Example:
    return Example({"came_on": on, "came_minute": at, "minutes": minutes, **more}, result, note=note)


@rule(
    "case-due",
    title=("問合せの対応期限", "When an answer to a case is due"),
    source="ヘルプデスクの運用の定め（開庁日の受付時間で数える）",
    input=case_of(
        came_on=day("受け付けた日", "Came on"),
        came_minute=whole("受け付けた時刻（0時からの分）", "At, minute of the day", 0, 1_439),
        minutes=whole("対応の時間（分）", "Minutes to answer", 1, 200_000),
        opens=whole("受付の始まり（0時からの分）", "Desk opens, minute of the day", 0, 1_439, default=510),
        closes=whole("受付の終わり（0時からの分）", "Desk closes, minute of the day", 1, 1_440, default=1_035),
        around_the_clock=yes_no("24時間365日数える", "Around the clock", default=False),
        closed=list_of("団体だけの閉庁日", "Days the office itself closes", day("日", "Day"), 60, default=[]),
        waits=list_of("確認を待った時間", "Time waiting for who asked", _WAIT, 50, default=[]),
    ),
    output=text("対応期限", "Due", 16),
    versions=[Version(from_on=date(2000, 4, 1), source="ヘルプデスクの運用の定め。時間は受付の種類ごとに決める。")],
    examples=[
        _due("2017-04-03", 540, 60, "2017-04-03 10:00", "9時に受け、60分"),
        _due("2017-04-03", 1_005, 60, "2017-04-04 09:00", "16時45分に受け、30分は翌日"),
        _due("2017-04-07", 1_020, 30, "2017-04-10 08:45", "金曜日の17時に受け、15分は月曜日"),
        _due("2017-05-02", 1_020, 30, "2017-05-08 08:45", "連休をまたぐ"),
        _due("2017-12-28", 1_020, 30, "2018-01-04 08:45", "年末年始をまたぐ"),
        _due("2017-04-03", 420, 525, "2017-04-03 17:15", "始業前に受け、1日分はその日の終わりまで"),
        _due("2017-04-08", 1_410, 60, "2017-04-09 00:30", "24時間365日数える", around_the_clock=True),
        _due("2017-04-03", 1_020, 30, "2017-04-05 08:45", "団体の閉庁日を除く", closed=["2017-04-04"]),
        _due(
            "2017-04-03", 540, 120, "2017-04-04 10:00", "10時から翌日9時まで確認を待つ",
            waits=[{"from_on": "2017-04-03", "from_minute": 600, "until_on": "2017-04-04", "until_minute": 540}],
        ),
    ],
)  # fmt: skip
def case_due(case: Mapping[str, Any], terms: Terms) -> Worked:
    """開庁日の受付時間だけを数え、尋ねた人の答えを待つ間は数えない。"""
    if case["closes"] <= case["opens"]:
        raise BadCase({"closes": "受付の終わりを始まりより後にしてください。"})
    waits = []
    for place, row in enumerate(case["waits"]):
        begins = moment_of(minute_of(row["from_on"], row["from_minute"]))
        ends = moment_of(minute_of(row["until_on"], row["until_minute"]))
        if ends <= begins:
            raise BadCase({f"waits.{place}.until_on": "答えの日時は、尋ねた日時より後にしてください。"})
        if ends - begins > timedelta(days=366):
            raise BadCase({f"waits.{place}.until_on": "待った時間は、1年以内にしてください。"})
        waits.append((begins, ends))
    calendar = OfficeCalendar(overrides=dict.fromkeys(case["closed"], (False, "団体の定めた閉庁日")))
    desk = Desk(case["opens"], case["closes"], case["around_the_clock"])
    came = moment_of(minute_of(case["came_on"], case["came_minute"]))
    found = due(came, case["minutes"], desk, calendar, waits)
    result = f"{found:%Y-%m-%d %H:%M}"
    return result, [
        Step("受け付けた日", case["came_on"]),
        Step("対応の時間", case["minutes"], formula="開庁日の受付時間で数える", unit="分"),
        Step("確認を待った回数", len(waits), unit="回"),
        Step("対応期限", result),
    ]


_KINDS = {
    Procurement.GOODS.value: (PROCUREMENT_WORDS[Procurement.GOODS], "goods"),
    Procurement.SERVICES.value: (PROCUREMENT_WORDS[Procurement.SERVICES], "services"),
    Procurement.LEASE.value: (PROCUREMENT_WORDS[Procurement.LEASE], "lease"),
}


def _review(kind: str, amount: int, result: bool) -> Example:
    return Example({"kind": kind, "amount_yen": amount}, result)


@rule(
    "specification-review",
    title=("仕様書確認の要否", "Whether a specification must be reviewed"),
    source="大阪府 令和元年度 仕様書確認（物品3,000万円以上、委託（リースを含む）2,000万円以上）",
    input=case_of(kind=choice("調達の種類", "Kind", _KINDS), amount_yen=yen("予定額", "Amount")),
    output=yes_no("確認が要る", "Must be reviewed"),
    terms={
        "goods_yen": ("物品の下限（円）", "Limit for goods"),
        "services_yen": ("委託（リースを含む）の下限（円）", "Limit for services and leases"),
    },
    versions=[
        Version(
            from_on=date(2019, 4, 1),
            parameters={"goods_yen": 30_000_000, "services_yen": 20_000_000},
            source="大阪府 令和元年度",
        )
    ],
    examples=[
        _review("goods", 29_999_999, False),
        _review("goods", 30_000_000, True),
        _review("services", 19_999_999, False),
        _review("services", 20_000_000, True),
        _review("lease", 19_999_999, False),
        _review("lease", 20_000_000, True),
    ],
)
def specification_review(case: Mapping[str, Any], terms: Terms) -> Worked:
    """予定額が、調達の種類で決まる下限以上のときに仕様書の確認が要る。リースは委託の下限による。"""
    kind = Procurement(case["kind"])
    limits = {"goods": terms["goods_yen"], "services": terms["services_yen"]}
    found = review(kind, case["amount_yen"], limits)
    return found.due, [
        Step("下限", found.limit_yen, unit="円"),
        Step("確認が要る", found.due, formula=f"{case['amount_yen']:,} 円と下限を比べる"),
    ]
