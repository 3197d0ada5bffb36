"""言葉 — what the rules say by a code, as a sentence in the reader's language."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moyai.calendars.public import end_words, moment_words
from moyai.reservations.rules.limits import Count
from moyai.reservations.rules.opening import Opening
from moyai.reservations.rules.periods import Window, state_at

NOT_A_TIME = {
    "order": _("終わりの時刻を、始まりの時刻より後にしてください。"),
    "no_frames": _("この日には、利用できる時間帯がありません。"),
    "frame": _("時間帯（コマ）の初めから終わりまでを選んでください。"),
    "step": _("始まりと終わりを、表にある刻みの時刻にしてください。"),
}
CLOSED = {
    "week": _("休館日です。"),
    "nth": _("休館日です。"),
    "month_end": _("月末の休館日です。"),
    "moved": _("祝日の振替の休館日です。"),
    "holiday": _("祝日のため休館です。"),
    "year_end": _("年末年始のため休館です。"),
    "season": _("開館していない時期です。"),
    "special": _("臨時の休館日です。"),
    "not_in_use": _("この日には、利用を受け付けていません。"),
    "no_policy": _("開館日が、まだ決まっていません。"),
    "hours": _("開館時間の中で選んでください。"),
}
WHY_NOT = {
    "pending": _("利用者登録は、まだ承認されていません。"),
    "refused": _("利用者登録は承認されませんでした。"),
    "struck": _("利用者登録は抹消されています。"),
    "suspended": _("利用停止中です。"),
    "expired": _("利用者登録の期限が切れています。登録を更新してください。"),
    "kind": _("この施設は、個人か団体のどちらかだけが利用できます。別の登録で申し込んでください。"),
    "class": _("この施設は、登録の区分（市内・在勤・在学・市外）では利用できません。"),
    "age": _("利用できる年齢に達していません。"),
    "members": _("団体の構成員の人数が足りません。"),
    "inside": _("市内に在住・在勤・在学の構成員の割合が足りません。"),
}
MEASURED = {
    "count": _("%(number)s回"),
    "weight": _("%(number)sコマ"),
    "minutes": _("%(number)s分"),
    "days": _("%(number)s日"),
}


def not_a_time(code: str) -> str:
    """Why times are none of a room, by NotATime.code."""
    return str(NOT_A_TIME[code])


def closed(opening: Opening) -> str:
    """Why a day is closed; of an open day, that the time asked for lies outside its hours. With staff's own reason."""
    if opening.why == "special" and opening.reason:
        return gettext("臨時の休館日です（%(reason)s）。") % {"reason": opening.reason}
    return str(CLOSED[opening.why or "hours"])


def why_not(code: str) -> str:
    """Why somebody may not use a facility, by the code of rules.eligibility."""
    return str(WHY_NOT[code])


def not_now(window: Window | None, now: datetime) -> str:
    """Why nothing is taken at an instant; "" when it is."""
    match state_at(window, now):
        case "open":
            return ""
        case "early" if window is not None:
            return gettext("受付は%(moment)sからです。") % {"moment": moment_words(window.opens)}
        case "over" if window is not None:
            return gettext("受付は%(moment)sに終わりました。") % {"moment": end_words(window.closes)}
        case _:
            return gettext("この登録では、この日の申込みを受け付けていません。")


def measured(number: int, measure: str) -> str:
    """4回, 3コマ, 120分, 2日."""
    return str(MEASURED[measure]) % {"number": number}


def beyond(count: Count) -> str:
    """Which limit is exceeded, how much there is already, of how much."""
    facts: dict[str, Any] = {
        "name": count.name,
        "had": measured(count.had, count.measure),
        "asked": measured(count.asked, count.measure),
        "most": measured(count.most, count.measure),
    }
    return _beyond(count.code) % facts


def _beyond(code: str) -> str:
    match code:
        case "longest":
            return gettext("1回の利用は%(most)sまでです。")
        case "shortest":
            return gettext("1回の利用は%(most)sからです。")
        case "weight":
            return gettext("1回の利用は%(most)sまでです。")
        case "same_time":
            return gettext("同じ時間に、ほかの予約か申込みがあります。")
        case _:
            return gettext("「%(name)s」の上限（%(most)s）を超えます。すでに%(had)sあります。")
