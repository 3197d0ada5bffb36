"""Words of registrations: states, what happened, why two may be one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.calendars.public import day_words
from moyai.reservations.actions.registration_facts import WORDS as FACTS
from moyai.reservations.actions.registration_facts import Facts
from moyai.reservations.models import Happening, Registration
from moyai.reservations.queries.registrations import standing
from moyai.ui.public import group_in_fours

STATES: Final = {
    "": ("good", lazy("利用できます")),
    "pending": ("progress", lazy("承認待ち")),
    "expired": ("neutral", lazy("期限切れ")),
    "suspended": ("bad", lazy("利用停止")),
    "refused": ("bad", lazy("不承認")),
    "struck": ("neutral", lazy("抹消")),
}
HAPPENED: Final = {
    "applied": lazy("登録の申込み"),
    "approved": lazy("登録の承認"),
    "refused": lazy("登録の不承認"),
    "changed": lazy("登録の内容の変更"),
    "asked_change": lazy("登録の変更の申込み"),
    "asked_renewal": lazy("登録の更新の申込み"),
    "renewed": lazy("登録の更新"),
    "declined": lazy("変更・更新の不承認"),
    "claimed": lazy("窓口での登録とアカウントの結び付け"),
    "struck": lazy("登録の抹消"),
    "given_up": lazy("廃止の届出"),
    "reinstated": lazy("抹消・不承認の取消し"),
    "suspended": lazy("利用停止"),
    "resumed": lazy("利用の再開"),
    "class_ended": lazy("区分が市外になりました"),
    "joined": lazy("同じ方の登録としてまとめました"),
    "parted": lazy("別の方の登録として分けました"),
    "penalty": lazy("違反点"),
    "penalty_back": lazy("違反点の取消し"),
}
OF_BOOKING: Final = {
    "booked": lazy("予約しました"),
    "asked": lazy("予約を申し込みました（審査あり）"),
    "approved": lazy("予約を承認しました"),
    "refused": lazy("予約を承認しませんでした"),
    "changed": lazy("予約を変えました"),
    "cancelled": lazy("予約を取り消しました"),
    "part_cancelled": lazy("予約の一部を取り消しました"),
    "restored": lazy("取り消した予約を元に戻しました"),
    "used": lazy("利用しました"),
    "missed": lazy("利用がありませんでした"),
    "excused": lazy("利用できなかった事情を認めました"),
    "won": lazy("抽選で当選しました"),
    "confirmed": lazy("当選を確定しました"),
    "ended": lazy("期限が過ぎました"),
    "extended": lazy("利用時間を延長しました"),
    "kept": lazy("仮押えをしました"),
    "lifted": lazy("仮押えを解きました"),
    "paid": lazy("使用料を受け取りました"),
    "relief_asked": lazy("減免を伺いました"),
    "relief_granted": lazy("減免を承認しました"),
    "relief_declined": lazy("減免を承認しませんでした"),
    "refund_asked": lazy("特例の還付を伺いました"),
    "refund_granted": lazy("特例の還付を承認しました"),
    "credit_asked": lazy("ほかの予約への充当を伺いました"),
    "override_granted": lazy("特例の予約を承認しました"),
    "penalty": lazy("違反点"),
    "penalty_back": lazy("違反点の取消し"),
}
LIKELY: Final = {
    "birthday": lazy("フリガナと生年月日が同じ"),
    "phone": lazy("電話番号が同じ"),
    "address": lazy("住所が同じ"),
    "members": lazy("構成員が重なる"),
}


def badge(registration: Registration, *, on: date) -> dict[str, Any]:
    """The badge of a registration on a day."""
    kind, word = STATES[standing(registration, on=on)]
    return {"kind": kind, "word": word}


def timeline(happenings: Iterable[Happening]) -> list[dict[str, Any]]:
    """What happened, as the timeline shows it, the newest first; what is about a booking names its number."""
    return [
        {"title": _title(one), "at": one.at, "by": one.by, "note": one.words} for one in happenings
    ]


def _title(one: Happening) -> str:
    if one.booking_id is not None and one.booking is not None:
        word = OF_BOOKING.get(one.what, lazy("予約の操作"))
        return _("%(act)s（予約番号%(number)s）") % {
            "act": word,
            "number": group_in_fours(one.booking.number),
        }
    if one.entry_id is not None:
        return _("抽選の申込み")
    return str(HAPPENED.get(one.what, lazy("登録の操作")))


def day(on: date | None) -> str:
    return day_words(on) if on else ""


def points(tenths: int) -> str:
    """違反点 as people read them: 1点, 0.5点."""
    whole, rest = divmod(tenths, 10)
    return _("%(points)s点") % {"points": f"{whole}.{rest}" if rest else whole}


def wanted_rows(wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What the owner asked for, fact by fact, as staff read it."""
    rows = [{"key": _("更新"), "value": _("有効期限を延ばす")}] if wanted.get("renew") else []
    if "facts" not in wanted:
        return rows
    facts = Facts.from_json(wanted["facts"])
    for name in wanted.get("names", ()):
        value: Any = getattr(facts, name)
        if name == "members":
            value = "、".join(
                f"{one.name}（{_('市内') if one.inside else _('市外')}）" for one in facts.members
            )
        elif name == "born_on":
            value = day(facts.born_on)
        elif name == "resident_class":
            value = str(Registration.Class(facts.resident_class).label)
        rows.append({"key": str(FACTS[name]), "value": value or "—"})
    return rows
