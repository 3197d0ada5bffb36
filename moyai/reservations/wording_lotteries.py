"""抽選の言葉 — rounds and entries as pages say them, to residents and to staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from moyai.calendars.public import day_words, end_words, moment_words
from moyai.reservations.models import Entry, Registration, Round
from moyai.reservations.queries.lotteries import Counted

S = Round.State
E = Entry.State
BADGES = {
    E.ENTERED: "progress",
    E.WITHDRAWN: "neutral",
    E.WON: "attention",
    E.WAITING: "progress",
    E.LOST: "neutral",
    E.OFFERED: "attention",
    E.CONFIRMED: "good",
    E.FORFEITED: "neutral",
}


def entry_badge(entry: Entry) -> dict[str, str]:
    state = E(entry.state)
    return {"kind": BADGES[state], "word": str(state.label)}


def round_badge(round: Round, now: datetime) -> dict[str, str]:
    if round.state == S.OPEN:
        if now < round.enter_from:
            return {"kind": "neutral", "word": _("受付前")}
        if now < round.enter_until:
            return {"kind": "good", "word": _("受付中")}
        return {"kind": "progress", "word": _("受付終了")}
    kind = {S.FROZEN: "progress", S.DRAWN: "good", S.CLOSED: "neutral", S.CALLED_OFF: "bad"}[S(round.state)]
    return {"kind": kind, "word": str(S(round.state).label)}


def between(first: str, last: str) -> str:
    """A span as one says it: 〜 is for tables."""
    return _("%(first)sから%(last)sまで") % {"first": first, "last": last}


def terms_rows(found: Round) -> list[dict[str, Any]]:
    """決まり of a round, as declared before its entries."""
    classes = "、".join(str(Registration.Class(one).label) for one in found.classes_first)
    confirm = (
        _("%(until)sまで") % {"until": end_words(found.confirm_until)}
        if found.confirm_until
        else _("確認なし（当選がそのまま予約になります）")
    )
    entered = {"count": found.entry_cap, "wishes": found.wishes}
    first = _("、").join(filter(None, [classes, _("団体") if found.groups_first else ""]))
    return [
        {"key": _("利用日"), "value": between(day_words(found.for_from), day_words(found.for_until))},
        {"key": _("申込み"), "value": between(moment_words(found.enter_from), end_words(found.enter_until))},
        {"key": _("方法"), "value": str(Round.Mode(found.mode).label)},
        {"key": _("1人の申込み"), "value": _("%(count)s件まで（1件に第%(wishes)s希望まで）") % entered},
        {"key": _("1人の当選"), "value": _("%(count)s件まで") % {"count": found.win_cap}},
        {"key": _("優先"), "value": first or _("なし")},
        {"key": _("当選の確認"), "value": confirm},
        {"key": _("種の決め方"), "value": found.seed_source},
    ]  # fmt: skip


def fact_rows(found: Round, numbers: Counted) -> list[dict[str, Any]]:
    """What became of a round so far; the seed only once it is drawn."""
    if found.frozen_at is None:
        return [{"key": _("申込み"), "value": _("%(count)s件") % {"count": f"{numbers.entries:,}"}}]
    facts = [
        {"key": _("申込み"), "value": _("%(count)s件") % {"count": f"{found.entries:,}"}},
        {"key": _("名簿が確定した日時"), "value": moment_words(found.frozen_at)},
        {"key": _("名簿の根（Merkle root）"), "value": found.root},
        {"key": _("回の名前"), "value": found.label},
    ]
    if found.drawn_at is not None:
        states = numbers.by_state
        won = sum(states.get(state, 0) for state in ("won", "confirmed", "offered", "forfeited"))
        facts += [
            {"key": _("種"), "value": found.seed},
            {"key": _("抽選した日時"), "value": moment_words(found.drawn_at)},
            {"key": _("当選"), "value": _("%(count)s件") % {"count": f"{won:,}"}},
            {"key": _("補欠"), "value": _("%(count)s件") % {"count": f"{states.get('waiting', 0):,}"}},
        ]
    return facts


def outcome_words(entry: Entry) -> str:
    """What the draw gave, as published; what came after it is between the entrant and the office."""
    if entry.won_wish and entry.state != Entry.State.OFFERED:
        return _("当選（第%(number)s希望）") % {"number": entry.won_wish}
    return _("補欠") if entry.state in (Entry.State.WAITING, Entry.State.OFFERED) else _("落選")
