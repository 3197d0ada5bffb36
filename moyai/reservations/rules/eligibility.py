"""利用できる方 — who may book at all, and how one is registered. Pure.

Source: the 施行規則 and 利用者登録の要領 of each body: 横浜 (登録は3年、5人のうち3人が重なる団体は
同じとみる), 目黒 (2年).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from moyai.reservations.rules.shapes import CLASSES, KINDS_OF_USERS, obj, one_of, several, whole, yes_no

SCHEMA = obj(
    "利用できる方",
    "Eligibility",
    {
        "kinds": several("個人・団体", "Persons or groups", KINDS_OF_USERS),
        "classes": several("区分", "Classes", CLASSES),
        "least_age": whole("年齢の下限（団体は代表者）", "Least age (of the representative)", 0, 100),
        "valid_on_use": yes_no("利用日に登録が有効なこと", "Registered on the day of use"),
        "online": yes_no("オンラインで登録を申し込める", "Registration online"),
        "valid_years": obj(
            "登録の有効年数",
            "Years a registration lasts",
            {"person": whole("個人", "Persons", 1, 20), "group": whole("団体", "Groups", 1, 20)},
        ),
        "proof_months": obj(
            "在勤・在学の証明の有効月数",
            "Months a proof holds",
            {"worker": whole("在勤", "Workers", 1, 120), "student": whole("在学", "Students", 1, 120)},
        ),
        "group": obj(
            "団体の条件",
            "Groups",
            {
                "least_members": whole("構成員の下限（人）", "Least members", 1, 1000),
                "inside_numerator": whole(
                    "在住・在勤・在学の構成員の割合（分子）", "Share of members inside: numerator", 0, 100
                ),
                "inside_denominator": whole(
                    "在住・在勤・在学の構成員の割合（分母）", "Share of members inside: denominator", 1, 100
                ),
                "overlap_members": whole(
                    "何人重なれば同じ団体とみるか", "Shared members that make two groups one", 1, 100
                ),
                "overlap_act": one_of(
                    "重なるとき", "When they overlap",
                    {"none": "何もしない", "warn": "職員に知らせる", "refuse": "登録しない"},
                ),
            },
        ),
        "renew_from_days": whole("更新できる期間（期限の何日前から）", "Renewed from days before", 0, 730),
        "renew_until_days": whole("更新できる期間（期限の何日後まで）", "Renewed until days after", 0, 1100),
        "remind_days": whole("期限の知らせ（何日前）", "Reminded days before", 0, 365),
        "keep_years": whole("抹消後の保存年数", "Years kept after striking off", 0, 30),
        "booking_keep_years": whole(
            "予約の保存年数（利用した年度の次の年度から）", "Years bookings are kept after their fiscal year", 1, 30
        ),
        "entry_keep_months": whole(
            "抽選申込をした方がわかる月数（利用の期間の終わりから）", "Months it is kept who entered a lottery", 1, 120
        ),
    },
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Applicant:
    """利用者登録 as the rules see it. `inside_members` of a group live, work or study in the body."""

    kind: str
    state: str
    resident_class: str
    class_until: date | None = None
    valid_until: date | None = None
    suspended_until: date | None = None
    born_on: date | None = None
    members: int = 1
    inside_members: int | None = None


def class_on(applicant: Applicant, on: date) -> str:
    """区分 on a day: 在勤・在学 lasts as long as it is proved (that day included), then it is 市外."""
    proved = applicant.class_until is None or on <= applicant.class_until
    return applicant.resident_class if proved else "outside"


def why_not(
    document: Mapping[str, Any] | None, *, applicant: Applicant, on: date, day_of_use: date | None = None
) -> str | None:
    """利用できない理由, or None: pending, refused, struck, suspended, expired, kind, class, age, members, inside.

    `on` is the day of asking. A suspension ends with its last day. An age that is not known is not refused: it was seen
    when the registration was approved.
    """
    standing = why_not_standing(applicant, on)
    if standing:
        return standing
    terms = document or {}
    if (
        terms.get("valid_on_use")
        and day_of_use
        and applicant.valid_until
        and applicant.valid_until < day_of_use
    ):
        return "expired"
    if terms.get("kinds") and applicant.kind not in terms["kinds"]:
        return "kind"
    if terms.get("classes") and class_on(applicant, on) not in terms["classes"]:
        return "class"
    if "least_age" in terms and applicant.born_on and age_on(applicant.born_on, on) < terms["least_age"]:
        return "age"
    return why_not_a_group(terms, applicant)


def why_not_standing(applicant: Applicant, on: date) -> str | None:
    """登録の状態による理由: pending, refused, struck, suspended, expired, or None."""
    if applicant.state in ("pending", "refused", "struck"):
        return applicant.state
    if applicant.state == "suspended" and (
        applicant.suspended_until is None or on <= applicant.suspended_until
    ):
        return "suspended"
    if applicant.valid_until is not None and applicant.valid_until < on:
        return "expired"
    return None


def why_not_a_group(document: Mapping[str, Any] | None, applicant: Applicant) -> str | None:
    """団体の条件: members (too few), inside (too few of them inside), or None. Shares are compared exactly."""
    terms = (document or {}).get("group")
    if applicant.kind != "group" or not terms:
        return None
    if applicant.members < terms.get("least_members", 0):
        return "members"
    if "inside_numerator" in terms and applicant.inside_members is not None:
        inside = applicant.inside_members * terms["inside_denominator"]
        return "inside" if inside < applicant.members * terms["inside_numerator"] else None
    return None


def age_on(born_on: date, on: date) -> int:
    """年齢 — a year older from the birthday itself on, as 利用 rules count."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def faults(document: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What fits the shape and is wrong all the same."""
    group = document.get("group", {})
    if ("inside_numerator" in group) != ("inside_denominator" in group):
        yield ("group", "inside_denominator"), "割合は、分子と分母の両方を書いてください。"
    elif group.get("inside_numerator", 0) > group.get("inside_denominator", 1):
        yield ("group", "inside_numerator"), "割合の分子は分母以下にしてください。"
