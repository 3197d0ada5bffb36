"""申込みと予約の上限 as a published rule: any policy, any user."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from moyai.calendars.public import OfficeCalendar
from moyai.reservations.rulebook import policy_samples as samples
from moyai.reservations.rulebook.days import LOCAL_LAW, MAY, VERSIONS, document_of, own, policy_choice
from moyai.reservations.rules import limits
from moyai.reservations.rules.shapes import CLASSES, KINDS_OF_USERS
from moyai.rulebook.public import (
    BadCase,
    Example,
    Step,
    Terms,
    Worked,
    case_of,
    choice,
    day,
    list_of,
    rule,
    text,
    whole,
)

UNITS = {"count": "回", "weight": "コマ", "minutes": "分", "days": "日"}
WHAT_WORDS = {"booking": ("予約", "booking"), "entry": ("抽選申込", "lottery entry")}
OF_ONE_USE = {
    "longest": "1回の最長",
    "shortest": "1回の最短",
    "weight": "1回のコマ数",
    "same_time": "同じ時間の利用",
}

_USE = {
    "on": day("利用日", "Day of use"),
    "starts": whole("始まり（0時からの分）", "Begins, minutes of the day", 0, 1440),
    "ends": whole("終わり（0時からの分）", "Ends, minutes of the day", 0, 1440),
    "weight": whole("コマ数", "Frames", 0, 96),
    "asked_on": day("申込日", "Asked on"),
}


def _of(
    on: str, weight: int = 1, *, at: int = 540, long: int = 180, asked_on: str = "2026-08-01"
) -> dict[str, Any]:
    return {"on": on, "starts": at, "ends": at + long, "weight": weight, "asked_on": asked_on}


def _case(
    policy: str, what: str, use: dict[str, Any], standing: list[dict[str, Any]], **more: Any
) -> dict[str, Any]:
    return {"policy": policy, "what": what, **use, "standing": standing, **more}


NAGOYA = "名古屋市の例: 抽選申込は月4コマ、うち土日祝2コマまで、昼間は2コマと数える"
SODEGAURA = "袖ケ浦市の例: 月8回まで"
KOMAE = "狛江市・清瀬市・目黒区の例: 1日1件、同じ時間の申込みは不可"


@rule(
    "reservation-limit",
    title=("申込みと予約の上限", "Limits on entries and bookings"),
    source=f"{LOCAL_LAW}、各施設の利用案内",
    input=case_of(
        policy=policy_choice(samples.LIMITS_WORDS),
        document=own(limits.SCHEMA),
        what=choice("申し込むもの", "Asked for", WHAT_WORDS, default="booking"),
        **_USE,
        kind=choice("個人・団体", "Person or group", KINDS_OF_USERS, default="person"),
        resident_class=choice("利用者区分", "Class of user", CLASSES, default="resident"),
        standing=list_of(
            "すでにある予約・申込み（同じ室場・同じ種類）", "Those there are already (same room and kind)",
            case_of(**_USE), 100, default=[],
        ),
    ),
    output=text("結果", "Result", 120),
    versions=VERSIONS,
    examples=[
        Example(
            _case("nagoya", "entry", _of("2026-10-20"), [_of("2026-10-01"), _of("2026-10-06"), _of("2026-10-13")]),
            MAY, note=NAGOYA,
        ),
        Example(
            _case("nagoya", "entry", _of("2026-10-20", 2), [_of("2026-10-01"), _of("2026-10-06"), _of("2026-10-13")]),
            "「月4コマまで」を超える（すでに3コマ、今回2コマ）", note=NAGOYA,
        ),
        Example(
            _case("nagoya", "entry", _of("2026-10-12"), [_of("2026-10-03"), _of("2026-10-11")]),
            "「うち土日祝は2コマまで」を超える（すでに2コマ、今回1コマ）", note=f"{NAGOYA}（10月12日は祝日）",
        ),
        Example(
            _case("nagoya", "entry", _of("2026-10-13"), [_of("2026-10-03"), _of("2026-10-11")]), MAY, note=NAGOYA
        ),
        Example(
            _case("nagoya", "entry", _of("2026-11-01", 2), [_of("2026-10-03", 2), _of("2026-10-06", 2)]),
            MAY, note=f"{NAGOYA}（翌月は別に数える）",
        ),
        Example(
            _case("sodegaura", "entry", _of("2026-10-20"), [_of(f"2026-10-{n:02d}") for n in range(1, 8)]),
            MAY, note=SODEGAURA,
        ),
        Example(
            _case("sodegaura", "entry", _of("2026-10-20"), [_of(f"2026-10-{n:02d}") for n in range(1, 9)]),
            "「月8回まで」を超える（すでに8回、今回1回）", note=SODEGAURA,
        ),
        Example(
            _case("komae", "entry", _of("2026-10-20"), [_of("2026-10-04")]),
            "「1日1件まで」を超える（すでに1回、今回1回）", note=f"{KOMAE}（申込日で数える）",
        ),
        Example(
            _case("komae", "entry", _of("2026-10-20"), [_of("2026-10-04", asked_on="2026-08-02")]), MAY, note=KOMAE
        ),
        Example(
            _case("komae", "entry", _of("2026-10-20", at=600), [_of("2026-10-20", asked_on="2026-08-02")]),
            "「同じ時間の利用」を超える（すでに1回、今回1回）", note=KOMAE,
        ),
        Example(
            _case("komae", "entry", _of("2026-10-20", at=720), [_of("2026-10-20", asked_on="2026-08-02")]),
            MAY, note=f"{KOMAE}（終わりと始まりが同じ時刻なら重ならない）",
        ),
        Example(
            _case("gym", "booking", _of("2026-10-17"), [_of("2026-10-12"), _of("2026-10-18")]),
            "「個人は週2回まで」を超える（すでに2回、今回1回）", note=f"{samples.EXAMPLE}（週は月曜から日曜）",
        ),
        Example(
            _case("gym", "booking", _of("2026-10-19"), [_of("2026-10-12"), _of("2026-10-18")]),
            MAY, note=samples.EXAMPLE,
        ),
        Example(
            _case("gym", "booking", _of("2026-10-17", 3), [_of("2026-10-03", 3), _of("2026-10-10", 3)], kind="group"),
            "「団体は同じ室場で月8コマまで」を超える（すでに6コマ、今回3コマ）", note=samples.EXAMPLE,
        ),
        Example(
            _case("gym", "booking", _of("2026-10-17", 2), [_of("2026-10-03", 3), _of("2026-10-10", 3)], kind="group"),
            MAY, note=samples.EXAMPLE,
        ),
        Example(
            _case("gym", "booking", _of("2026-10-17", long=300), []),
            "「1回の最長」を超える（今回300分、上限240分）", note=samples.EXAMPLE,
        ),
        Example(
            _case("gym", "booking", _of("2026-10-17", long=30), []),
            "「1回の最短」に足りない（今回30分、下限60分）", note=samples.EXAMPLE,
        ),
        Example(
            _case(
                "gym", "booking", _of("2027-03-20", long=240), [_of(f"2026-0{n}-10", long=240) for n in range(4, 9)],
                resident_class="outside", kind="group",
            ),
            "「市外の方は年度に20時間まで」を超える（すでに1200分、今回240分）", note=samples.EXAMPLE,
        ),
        Example(
            _case(
                "gym", "booking", _of("2027-04-01", long=240), [_of(f"2026-0{n}-10", long=240) for n in range(4, 9)],
                resident_class="outside", kind="group",
            ),
            MAY, note=f"{samples.EXAMPLE}（4月1日から新しい年度）",
        ),
    ],
)  # fmt: skip
def reservation_limit(case: Mapping[str, Any], terms: Terms) -> Worked:
    """すでにある利用に今回の利用を加えたものが、どの上限も超えないときに申し込める。数え方（回数・コマ・分・日数）、期間、曜日、範囲は上限ごとに
    決まる。"""
    document = document_of(case, samples.LIMITS, limits.faults)
    calendar = OfficeCalendar()

    def use(facts: Mapping[str, Any], path: str) -> limits.Use:
        if facts["starts"] >= facts["ends"]:
            raise BadCase({path: "終わりを始まりより後にしてください。"})
        on: date = facts["on"]
        return limits.Use(
            day=on, starts=facts["starts"], ends=facts["ends"], weight=facts["weight"], what=case["what"],
            kind=case["kind"], holiday=on.weekday() >= 5 or bool(calendar.holiday_name(on)), asked_on=facts["asked_on"],
        )  # fmt: skip

    asked = use(case, "ends")
    standing = [use(facts, f"standing.{n}.ends") for n, facts in enumerate(case["standing"])]
    found = list(
        limits.counts(
            document, asked=asked, standing=standing, resident_class=case["resident_class"], today=case["asked_on"]
        )
    )  # fmt: skip
    steps = [
        Step(
            count.name or OF_ONE_USE[count.code],
            "超える" if count.exceeded else "よい",
            formula=f"すでに{_measured(count.had, count)} ＋ 今回{_measured(count.asked, count)}、"
            f"{'下限' if count.code == 'shortest' else '上限'}{_measured(count.most, count)}",
        )
        for count in found
    ]
    beyond = next((count for count in found if count.exceeded), None)
    result = _sentence(beyond) if beyond else MAY
    return result, [*steps, Step("結果", result)]


def _measured(number: int, count: limits.Count) -> str:
    return f"{number}{UNITS[count.measure]}"


def _sentence(count: limits.Count) -> str:
    asked, most = _measured(count.asked, count), _measured(count.most, count)
    if count.code == "shortest":
        return f"「{OF_ONE_USE[count.code]}」に足りない（今回{asked}、下限{most}）"
    if count.code in ("longest", "weight"):
        return f"「{OF_ONE_USE[count.code]}」を超える（今回{asked}、上限{most}）"
    name = count.name or OF_ONE_USE[count.code]
    return f"「{name}」を超える（すでに{_measured(count.had, count)}、今回{asked}）"
