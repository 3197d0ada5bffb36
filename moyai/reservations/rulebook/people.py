"""利用できる方 and 違反点数 as published rules: any policy, any user."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from moyai.reservations.rulebook import policy_samples as samples
from moyai.reservations.rulebook.days import FROM, LOCAL_LAW, MAY, VERSIONS, document_of, own, policy_choice
from moyai.reservations.rules import eligibility, penalties
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
    list_of,
    rule,
    text,
    whole,
)

STATE_WORDS = {
    "pending": ("未承認", "pending"),
    "active": ("通常", "active"),
    "suspended": ("停止", "suspended"),
    "refused": ("不承認", "refused"),
    "struck": ("抹消", "struck off"),
}
WHY_NOT_WORDS = {
    "pending": "登録が承認されていない",
    "refused": "登録が承認されなかった",
    "struck": "登録が抹消されている",
    "suspended": "利用停止中",
    "expired": "登録の期限切れ",
    "kind": "個人・団体の別が合わない",
    "class": "区分が合わない",
    "age": "年齢に達していない",
    "members": "構成員が足りない",
    "inside": "市内の構成員の割合が足りない",
}


def _who(policy: str, result: str, note: str = samples.EXAMPLE, **facts: Any) -> Example:
    return Example({"policy": policy, "on": "2026-10-01", "use_on": "2026-11-01", **facts}, result, note=note)


@rule(
    "reservation-eligibility",
    title=("施設を利用できる方", "Who may use a facility"),
    source=f"{LOCAL_LAW}、利用者登録の要領",
    input=case_of(
        policy=policy_choice(samples.ELIGIBILITY_WORDS),
        document=own(eligibility.SCHEMA),
        on=day("申込日", "Asked on"),
        use_on=day("利用日", "Day of use"),
        state=choice("登録の状態", "State", STATE_WORDS, default="active"),
        kind=choice("個人・団体", "Person or group", KINDS_OF_USERS, default="person"),
        resident_class=choice("登録の区分", "Class registered", CLASSES, default="resident"),
        class_until=day("在勤・在学の証明の期限", "Proved until", default="2149-12-31"),
        valid_until=day("登録の期限", "Registered until", default="2149-12-31"),
        suspended_until=day("停止の期限", "Suspended until", default="2149-12-31"),
        born_on=day("生年月日（団体は代表者）", "Born on", default="1980-01-01"),
        members=whole("構成員", "Members", 1, 10_000, default=1),
        inside_members=whole("うち在住・在勤・在学", "Of them inside", 0, 10_000, default=0),
    ),
    output=text("結果", "Result", 60),
    versions=VERSIONS,
    examples=[
        _who("open", MAY, resident_class="outside"),
        _who("open", "利用停止中", state="suspended", suspended_until="2026-10-01"),
        _who("open", MAY, "停止は期限の日まで", state="suspended", suspended_until="2026-09-30"),
        _who("open", "登録の期限切れ", valid_until="2026-09-30"),
        _who("open", MAY, valid_until="2026-10-01"),
        _who("inside", "登録の期限切れ", "利用日にも登録が有効であることを求める例", valid_until="2026-10-31"),
        _who("inside", "区分が合わない", resident_class="outside"),
        _who("inside", MAY, resident_class="worker", class_until="2026-10-01"),
        _who("inside", "区分が合わない", "在勤の証明の期限の翌日から市外", resident_class="worker", class_until="2026-09-30"),
        _who("inside", MAY, kind="group", members=5, inside_members=3),
        _who("inside", "構成員が足りない", kind="group", members=4, inside_members=4),
        _who("inside", "市内の構成員の割合が足りない", kind="group", members=7, inside_members=3),
        _who("groups", "個人・団体の別が合わない"),
        _who("groups", "年齢に達していない", kind="group", members=12, inside_members=12, born_on="2008-10-02"),
        _who("groups", MAY, kind="group", members=12, inside_members=8, born_on="2008-10-01"),
    ],
)  # fmt: skip
def reservation_eligibility(case: Mapping[str, Any], terms: Terms) -> Worked:
    """登録の状態と期限、個人・団体の別、区分（在勤・在学は証明の期限まで、その後は市外）、年齢、団体の人数と市内の割合を、この順に見る。"""
    document = document_of(case, samples.ELIGIBILITY, eligibility.faults)
    applicant = eligibility.Applicant(
        kind=case["kind"],
        state=case["state"],
        resident_class=case["resident_class"],
        class_until=case["class_until"],
        valid_until=case["valid_until"],
        suspended_until=case["suspended_until"],
        born_on=case["born_on"],
        members=case["members"],
        inside_members=case["inside_members"],
    )
    why = eligibility.why_not(document, applicant=applicant, on=case["on"], day_of_use=case["use_on"])
    result = WHY_NOT_WORDS[why] if why else MAY
    return result, [
        Step("申込日の区分", CLASSES[eligibility.class_on(applicant, case["on"])]),
        Step("申込日の年齢", eligibility.age_on(case["born_on"], case["on"]), unit="歳"),
        Step("結果", result),
    ]


NONE = "停止なし"
KANAZAWA = "金沢市の例: 無断不使用1点、直前の取消し0.5点、2点で6か月の登録取消しと予約の取消し"
KAWAGUCHI = "川口市の例: 1点・2点、6点で3か月"
FUJIMINO = "ふじみ野市の例: 同じ月に3回で2か月"


def _given(why: str, on: str, days_before: int = 0) -> dict[str, Any]:
    return {"why": why, "on": on, "days_before": days_before}


@rule(
    "reservation-penalty",
    title=("違反点数と利用停止", "Penalty points and suspension"),
    source="各施設の利用案内（無断不使用と直前の取消し）／期間の計算は民法 第143条第2項",
    input=case_of(
        policy=policy_choice(samples.PENALTIES_WORDS),
        document=own(penalties.SCHEMA),
        on=day("点数をみる日", "Day"),
        given=list_of(
            "違反", "Breaches",
            case_of(
                why=choice("理由", "Why", penalties.WHY),
                on=day("違反の日", "On"),
                days_before=whole("利用日の何日前の取消し", "Cancelled days before", 0, 365),
            ),
            100,
        ),
    ),
    output=text("利用停止", "Suspension", 60),
    versions=[
        Version(from_on=FROM, source="金沢市・川口市・ふじみ野市の公表された利用案内と団体の定め（例）")
    ],
    examples=[
        Example({"policy": "kanazawa", "on": "2026-05-10", "given": [_given("no_show", "2026-05-10")]}, NONE, note=KANAZAWA),
        Example(
            {"policy": "kanazawa", "on": "2026-06-20", "given": [_given("no_show", "2026-05-10"), _given("no_show", "2026-06-20")]},
            "2026-12-19まで停止、予約はすべて取消し", note=KANAZAWA,
        ),
        Example(
            {
                "policy": "kanazawa", "on": "2026-08-31",
                "given": [_given("no_show", "2026-05-10"), _given("late_cancel", "2026-06-20"), _given("late_cancel", "2026-08-31")],
            },
            "2027-02-28まで停止、予約はすべて取消し", note=f"{KANAZAWA}（応当日のない月は末日まで）",
        ),
        Example(
            {"policy": "kanazawa", "on": "2026-05-10", "given": [_given("no_show", "2025-05-10"), _given("no_show", "2026-05-10")]},
            NONE, note=f"{KANAZAWA}（12か月で消えるのは例）",
        ),
        Example(
            {"policy": "kawaguchi", "on": "2026-06-10", "given": [_given("no_show", f"2026-{n:02d}-10") for n in (4, 5, 6)]},
            "2026-09-09まで停止", note=KAWAGUCHI,
        ),
        Example(
            {
                "policy": "kawaguchi", "on": "2026-06-10",
                "given": [_given("no_show", "2026-04-10"), _given("no_show", "2026-05-10"), _given("late_cancel", "2026-06-10")],
            },
            NONE, note=KAWAGUCHI,
        ),
        Example(
            {"policy": "kawaguchi", "on": "2026-04-01", "given": [_given("no_show", f"2026-{n:02d}-10") for n in (1, 2, 3)]},
            NONE, note=f"{KAWAGUCHI}（年度末に消えるのは例）",
        ),
        Example(
            {"policy": "fujimino", "on": "2026-04-30", "given": [_given("no_show", f"2026-04-{n:02d}") for n in (3, 17, 30)]},
            "2026-06-29まで停止", note=FUJIMINO,
        ),
        Example(
            {"policy": "fujimino", "on": "2026-04-02", "given": [_given("no_show", d) for d in ("2026-03-31", "2026-04-01", "2026-04-02")]},
            NONE, note=FUJIMINO,
        ),
        Example(
            {"policy": "steps", "on": "2026-07-01", "given": [_given("no_show", "2026-06-01"), _given("late_cancel", "2026-07-01", 0)]},
            "2026-07-30まで停止", note=samples.EXAMPLE,
        ),
        Example(
            {"policy": "steps", "on": "2026-07-01", "given": [_given("no_show", "2026-06-01"), _given("late_cancel", "2026-07-01", 2)]},
            NONE, note=f"{samples.EXAMPLE}（2日前の取消しは0.5点）",
        ),
        Example(
            {"policy": "steps", "on": "2026-07-01", "given": [_given("late_cancel", "2026-07-01", 4)]},
            NONE, note=f"{samples.EXAMPLE}（4日前の取消しは違反でない）",
        ),
        Example(
            {"policy": "steps", "on": "2026-07-01", "given": [_given("breach", "2026-06-01"), _given("breach", "2026-07-01")]},
            "2026-12-27まで停止、予約はすべて取消し", note=f"{samples.EXAMPLE}（最長180日、船橋市の例）",
        ),
    ],
)  # fmt: skip
def reservation_penalty(case: Mapping[str, Any], terms: Terms) -> Worked:
    """違反ごとの点数のうち、その日に消えていないものを合わせ、達した最も重い段の利用停止とする。停止はその日から始まる。"""
    document = document_of(case, samples.PENALTIES, penalties.faults)
    on: date = case["on"]
    steps, given = [], []
    for breach in case["given"]:
        if breach["on"] > on:
            raise BadCase({"given": "違反の日は、点数をみる日以前にしてください。"})
        tenths = penalties.tenths_for(document, why=breach["why"], days_before=breach["days_before"])
        lapses = penalties.lapses_on(document, breach["on"])
        given.append((tenths, lapses))
        steps.append(
            Step(
                penalties.WHY[breach["why"]],
                _points(tenths),
                formula=f"{breach['on'].isoformat()}、{lapses.isoformat()}に消える",
                unit="点",
            )
        )
    total = penalties.in_force(given, on)
    found = penalties.suspension(document, tenths=total, on=on)
    result = NONE
    if found is not None:
        result = f"{found.until.isoformat()}まで停止" + (
            "、予約はすべて取消し" if found.void_bookings else ""
        )
    return result, [*steps, Step("累計点数", _points(total), unit="点"), Step("利用停止", result)]


def _points(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)
