"""開館日と申込みの期間 as published rules: any policy, any day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from moyai.calendars.public import OfficeCalendar
from moyai.reservations.rulebook import policy_samples as samples
from moyai.reservations.rules import lottery, opening, periods
from moyai.reservations.rules.rooms import clock_face
from moyai.reservations.rules.shapes import CLASSES, KINDS_OF_USERS
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
    rule,
    text,
    whole,
)

FROM = date(2026, 4, 1)
LOCAL_LAW = "地方自治法 第244条の2第1項（公の施設の設置及び管理に関する条例）、各団体の条例施行規則"
VERSIONS = [Version(from_on=FROM, source="各団体の定め。例は団体の定め（例）と公表された利用案内による")]
CLOSED_WORDS = {
    "week": "毎週の休館日",
    "nth": "第n曜日の休館日",
    "month_end": "月末の休館日",
    "moved": "祝日の振替の休館日",
    "holiday": "祝日",
    "year_end": "年末年始",
    "season": "開館しない時期",
}
WAY_WORDS = {
    "lottery": ("抽選", "lottery"),
    "first": ("先着", "first come"),
    "priority": ("優先", "priority"),
}
NOT_TAKEN = "受け付けない"
MAY = "できる"  # of the rules on limits and eligibility


def policy_choice(words: samples.Words) -> dict[str, Any]:
    """使う定め — one of the examples, or the document of the case itself."""
    own = {"own": ("入力した定め", "the one given here")}
    return choice("使う定め", "Policy", {**own, **words}, default="own")


def document_of(case: Mapping[str, Any], known: samples.Documents, faults: Any) -> Mapping[str, Any]:
    """The document a case asks for. Raises BadCase with the place of what is wrong with its own."""
    if case["policy"] != "own":
        return known[case["policy"]]
    document: Mapping[str, Any] = case["document"]
    if not document:
        raise BadCase({"document": "定めを入力するか、使う定めを選んでください。"})
    wrong = {".".join(["document", *map(str, path)]): said for path, said in faults(document)}
    if wrong:
        raise BadCase(wrong)
    return document


def own(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of a document that may be left out."""
    return {**schema, "default": {}, "required": []}


def moment_text(at: datetime) -> str:
    """2026-08-10 24:00 — a midnight is the end of its day."""
    if at.time() == time():
        return f"{(at - timedelta(days=1)).date().isoformat()} 24:00"
    return f"{at.date().isoformat()} {clock_face(at.hour * 60 + at.minute)}"


def _opens(policy: str, on: str, result: str) -> Example:
    return Example({"policy": policy, "on": on}, result, note=samples.EXAMPLE)


@rule(
    "reservation-opening",
    title=("施設の開館日と時間", "Opening days and hours of a facility"),
    source=f"{LOCAL_LAW}／国民の祝日に関する法律 第3条",
    input=case_of(
        policy=policy_choice(samples.OPENING_WORDS), document=own(opening.SCHEMA), on=day("利用日", "Day")
    ),
    output=text("開館", "Opening", 60),
    versions=VERSIONS,
    examples=[
        _opens("hall", "2026-04-07", "9:00〜21:30"),
        _opens("hall", "2026-04-12", "9:00〜17:00"),
        _opens("hall", "2026-04-13", "休館（毎週の休館日）"),
        _opens("hall", "2026-07-20", "9:00〜17:00"),  # 海の日, a Monday
        _opens("hall", "2026-07-21", "休館（祝日の振替の休館日）"),
        _opens("hall", "2026-05-04", "9:00〜17:00"),  # Monday; Tuesday and Wednesday are holidays too
        _opens("hall", "2026-05-06", "9:00〜17:00"),
        _opens("hall", "2026-05-07", "休館（祝日の振替の休館日）"),
        _opens("hall", "2026-12-29", "休館（年末年始）"),
        _opens("gym", "2026-04-20", "休館（第n曜日の休館日）"),
        _opens("gym", "2026-04-27", "9:00〜21:00"),
        _opens("gym", "2026-09-21", "9:00〜21:00"),  # the third Monday is 敬老の日
        _opens("gym", "2026-09-22", "休館（祝日の振替の休館日）"),  # 国民の休日, closed all the same
        _opens("gym", "2026-04-30", "休館（月末の休館日）"),
        _opens("gym", "2027-01-04", "休館（年末年始）"),
        _opens("field", "2026-06-01", "6:00〜19:00"),
        _opens("field", "2026-09-01", "7:00〜17:00"),
        _opens("field", "2026-12-15", "休館（開館しない時期）"),
        _opens("office", "2026-11-03", "休館（祝日）"),
        _opens("office", "2026-11-04", "8:30〜17:15"),
    ],
)
def reservation_opening(case: Mapping[str, Any], terms: Terms) -> Worked:
    """年末年始、休館日、振替の休館日、祝日の順に休館かを見て、開館なら、その日に当たる最初の行の時間による。休館日が祝日に当たるときの扱いは、
    定めの行ごとに決まる。"""
    document = document_of(case, samples.OPENING, opening.faults)
    on: date = case["on"]
    calendar = OfficeCalendar()

    def is_holiday(at: date) -> bool:
        return bool(calendar.holiday_name(at))

    found = opening.opening_on(document, on, is_holiday=is_holiday)
    result = (
        f"{clock_face(found.opens)}〜{clock_face(found.closes)}"
        if found.open
        else f"休館（{CLOSED_WORDS[found.why]}）"
    )
    steps = [
        Step("曜日", "月火水木金土日"[on.weekday()]),
        Step("祝日", calendar.holiday_name(on) or "なし", source="国民の祝日に関する法律 第3条"),
        Step("振替の休館日", "当たる" if opening.moved_to(document, on, is_holiday) else "当たらない"),
        Step("開館", result),
    ]
    return result, steps


def _asked(policy: str, way: str, on: str, who: str, kind: str, result: str, **more: Any) -> Example:
    case = {"policy": policy, "way": way, "on": on, "resident_class": who, "kind": kind, **more}
    return Example(case, result, note=samples.EXAMPLE)


@rule(
    "reservation-window",
    title=("施設の申込みの受付期間", "When a use of a facility may be asked for"),
    source=f"{LOCAL_LAW}／応当日は民法 第143条第2項／年度は地方自治法 第208条",
    input=case_of(
        policy=policy_choice(samples.PERIODS_WORDS),
        document=own(periods.SCHEMA),
        way=choice("申込みの方法", "Way", WAY_WORDS),
        on=day("利用日", "Day of use"),
        starts=whole("利用の始まり（0時からの分）", "Begins, minutes of the day", 0, 1440, default=540),
        resident_class=choice("利用者区分", "Class of user", CLASSES, default="resident"),
        kind=choice("個人・団体", "Person or group", KINDS_OF_USERS, default="person"),
    ),
    output=text("受付期間", "Window", 60),
    versions=VERSIONS,
    examples=[
        _asked("monthly", "lottery", "2026-10-17", "resident", "person", "2026-08-01 9:00 から 2026-08-10 24:00 まで"),
        _asked("monthly", "lottery", "2026-10-17", "outside", "person", NOT_TAKEN),
        _asked("monthly", "first", "2026-10-17", "worker", "person", "2026-09-01 9:00 から 2026-10-14 24:00 まで"),
        _asked("monthly", "first", "2026-10-17", "outside", "group", "2026-09-15 9:00 から 2026-10-14 24:00 まで"),
        _asked("monthly", "first", "2027-02-10", "resident", "person", "2027-01-04 9:00 から 2027-02-07 24:00 まで"),
        _asked(
            "days", "first", "2026-10-17", "outside", "person", "2026-09-17 9:00 から 2026-10-17 10:00 まで", starts=600
        ),
        _asked("days", "lottery", "2026-10-17", "resident", "person", NOT_TAKEN),
        _asked("same_day", "first", "2026-04-30", "resident", "group", "2026-02-28 9:00 から 2026-04-29 17:00 まで"),
        _asked("same_day", "first", "2026-03-31", "resident", "person", "2026-02-28 9:00 から 2026-03-30 17:00 まで"),
        _asked("yearly", "priority", "2027-06-05", "resident", "group", "2027-02-01 9:00 から 2027-03-31 24:00 まで"),
        _asked("yearly", "priority", "2028-03-20", "resident", "group", "2027-02-01 9:00 から 2027-03-31 24:00 まで"),
        _asked("yearly", "priority", "2027-06-05", "resident", "person", NOT_TAKEN),
    ],
)  # fmt: skip
def reservation_window(case: Mapping[str, Any], terms: Terms) -> Worked:
    """申し込む方の区分と個人・団体に当たる最初の行による。開始の時刻ちょうどから受け付け、終了の時刻からは受け付けない。"""
    document = document_of(case, samples.PERIODS, periods.faults)
    found = periods.window(
        document,
        way=case["way"],
        day_of_use=case["on"],
        resident_class=case["resident_class"],
        kind=case["kind"],
        starts=case["starts"],
    )
    if found is None:
        return NOT_TAKEN, [Step("当たる行", "なし"), Step("受付期間", NOT_TAKEN)]
    opens, closes = moment_text(found.opens), moment_text(found.closes)
    result = f"{opens} から {closes} まで"
    return result, [Step("受付の開始", opens), Step("受付の終了", closes), Step("受付期間", result)]


def _freed(on: str, minute: int, use_on: str, starts: int, result: str, note: str = "") -> Example:
    case = {"on": on, "minute": minute, "use_on": use_on, "starts": starts}
    return Example(case, result, note=note or "取消し分の公開（この仕組みの方針）")


@rule(
    "reservation-release",
    title=("取消し分の公開の時刻", "When a cancelled place is given again"),
    source="取り消してすぐ取り直す行為を防ぐための公開の方法（この規則集の方針。団体の定めで変えられる）",
    input=case_of(
        document=own(lottery.SCHEMA),
        on=day("取り消した日", "Cancelled on"),
        minute=whole("取り消した時刻（0時からの分）", "Cancelled at, minutes of the day", 0, 1439),
        use_on=day("利用日", "Day of use"),
        starts=whole("利用の始まり（0時からの分）", "Use begins, minutes of the day", 0, 1440),
    ),
    output=text("公開", "Released", 30),
    versions=[Version(from_on=FROM, source="取消し分の公開（この規則集の方針）")],
    examples=[
        _freed("2026-10-01", 1380, "2026-10-17", 540, "2026-10-02 9:00"),
        _freed("2026-10-01", 539, "2026-10-17", 540, "2026-10-01 9:00"),
        _freed("2026-10-01", 540, "2026-10-17", 540, "2026-10-02 9:00"),
        _freed("2026-10-16", 600, "2026-10-17", 540, "すぐに公開"),  # the use begins while those who ask are drawn
        _freed("2026-10-16", 600, "2026-10-17", 550, "2026-10-17 9:00"),
        Example(
            {"document": {"release": {"on": False}}, "on": "2026-10-01", "minute": 600, "use_on": "2026-10-17", "starts": 540},
            "すぐに公開",
            note=samples.EXAMPLE,
        ),
    ],
)  # fmt: skip
def reservation_release(case: Mapping[str, Any], terms: Terms) -> Worked:
    """取り消した後に最初に来る公開の時刻（定めがなければ9時）に公開し、その後の数分間（定めがなければ10分間）の申込みをまとめて抽選する。
    抽選の前に利用が始まるときは、すぐに公開する。"""
    document = case["document"]
    wrong = {f"document.{'.'.join(map(str, path))}": said for path, said in lottery.faults(document)}
    if wrong:
        raise BadCase(wrong)
    release = lottery.release_of(document)
    now = datetime.combine(case["on"], time(), periods.JST) + timedelta(minutes=case["minute"])
    begins = datetime.combine(case["use_on"], time(), periods.JST) + timedelta(minutes=case["starts"])
    when = lottery.free_at(document, now=now, begins=begins)
    result = moment_text(when) if when is not None else "すぐに公開"
    return result, [
        Step("まとめて抽選する", release.on),
        Step("次の公開の時刻", moment_text(release.next_after(now))),
        Step("受付の分数", release.minutes, unit="分"),
        Step("公開", result),
    ]
