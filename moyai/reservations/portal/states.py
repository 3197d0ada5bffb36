"""予約の状態と経過の言葉 — one word per state everywhere a resident reads it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.calendars.public import day_words, moment_words
from moyai.money.public import Standing
from moyai.reservations.models import Booking, Happening
from moyai.reservations.portal.naming import time_words
from moyai.reservations.queries.channels import CHANNELS
from moyai.reservations.wording_users import OF_BOOKING
from moyai.ui.public import yen

STATES = {
    "held": ("neutral", lazy("入力中")),
    "asked": ("progress", lazy("審査待ち")),
    "booked": ("good", lazy("予約確定")),
    "used": ("good", lazy("利用済み")),
    "no_show": ("bad", lazy("無断不使用")),
    "cancelled": ("neutral", lazy("取消し")),
    "refused": ("bad", lazy("不承認")),
    "ended": ("neutral", lazy("期限切れ")),
}
MEANINGS = {
    "asked": lazy("職員が内容を確かめています。承認されると、予約が決まります。"),
    "booked": lazy("予約が決まっています。"),
    "used": lazy("利用が終わりました。"),
    "no_show": lazy("利用がなかったと記録されています。心当たりがないときは、施設に連絡してください。"),
    "cancelled": lazy("取り消した予約です。"),
    "refused": lazy("予約は承認されませんでした。理由は、下の経過にあります。"),
    "ended": lazy("期限までに手続きがなかったため、予約は終わりました。"),
}
MORE = {
    "part_cancelled": lazy("予約の一部を取り消しました"),
    "paid": lazy("使用料を受け取りました"),
    "relief_asked": lazy("減免を申請しました"),
    "relief_granted": lazy("減免を承認しました"),
    "relief_declined": lazy("減免を承認しませんでした"),
    "refund_asked": lazy("特例の還付を申請しました"),
    "refund_granted": lazy("特例の還付を承認しました"),
    "credit_asked": lazy("使用料をほかの予約に充てました"),
    "extended": lazy("利用を延長しました"),
    "override_granted": lazy("特例の予約を承認しました"),
    "win_confirmed": lazy("当選を確定しました"),
    "win_declined": lazy("当選を辞退しました"),
    "win_lapsed": lazy("確定の期限が過ぎました"),
}


def badge(booking: Booking) -> dict[str, Any]:
    if booking.state == "booked" and booking.confirm_until is not None:
        return {"kind": "attention", "word": _("確定待ち")}
    kind, word = STATES[booking.state]
    return {"kind": kind, "word": word}


def money_badge(standing: Standing) -> dict[str, Any] | None:
    """支払待ち, 納付済, 還付待ち; none where nothing is owed or was paid."""
    if standing.unpaid_yen:
        return {"kind": "attention", "word": _("支払待ち")}
    if standing.overpaid_yen:
        return {"kind": "progress", "word": _("還付待ち")}
    return {"kind": "good", "word": _("納付済")} if standing.paid_yen else None


def timeline(happenings: Iterable[Happening]) -> list[dict[str, Any]]:
    """経過 — what, when, by whom and through which channel; staff are named as the office and its person."""
    return [
        {
            "title": str(OF_BOOKING.get(one.what) or MORE.get(one.what) or _("予約の操作")),
            "when": moment_words(one.at),
            "by": _by(one),
            "note": _note(one),
        }
        for one in happenings
    ]


def _by(one: Happening) -> str:
    channel = CHANNELS.get(one.channel)
    who = {"本人": _("本人"), "システム": _("システム")}.get(one.by, one.by)
    if one.by_staff:
        return _("%(who)s（職員が代わりに操作）") % {"who": who}
    return (
        _("%(who)s（%(channel)s）") % {"who": who, "channel": channel}
        if channel and one.by == "本人"
        else who
    )


def _note(one: Happening) -> str:
    said = [one.words]
    if was := one.facts.get("from"):
        said.append(_("変更前：%(where)s") % {"where": _was(was)})
    if one.facts.get("refund_yen"):
        said.append(_("料金から引いた額：%(yen)s") % {"yen": yen(one.facts["refund_yen"])})
    return " ".join(part for part in said if part)


def _was(was: dict[str, Any]) -> str:
    """体育館 北半面 6月10日（水） 9:00–12:00 — where a booking was before it was changed."""
    names = [was.get("facility", ""), was["room"], was["unit"] if was["unit"] != was["room"] else ""]
    place = " ".join(name for name in names if name)
    return f"{place} {day_words(date.fromisoformat(was['day']))} {time_words(was['starts'], was['ends'])}"
