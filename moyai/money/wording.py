"""Words of states, channels and reasons: one word each, everywhere."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from moyai.money.rules.ledger import AttemptState, ChargeState, RefundState, Why

CHARGE_WORDS: dict[ChargeState, tuple[str, Any]] = {
    ChargeState.OPEN: ("attention", _("支払待ち")),
    ChargeState.SETTLED: ("good", _("納付済")),
    ChargeState.WRITTEN_OFF: ("neutral", _("欠損")),
    ChargeState.CANCELLED: ("neutral", _("取消し")),
}

ATTEMPT_WORDS: dict[AttemptState, tuple[str, Any]] = {
    AttemptState.STARTED: ("progress", _("確認中")),
    AttemptState.PAID: ("good", _("支払済み")),
    AttemptState.DECLINED: ("bad", _("カード会社が断りました")),
    AttemptState.ABANDONED: ("neutral", _("途中でやめました")),
    AttemptState.EXPIRED: ("neutral", _("期限切れ")),
    AttemptState.HELD: ("attention", _("過納の確認待ち")),
}

REFUND_WORDS: dict[RefundState, tuple[str, Any]] = {
    RefundState.REQUESTED: ("attention", _("承認待ち")),
    RefundState.APPROVED: ("progress", _("支払待ち")),
    RefundState.PAID: ("good", _("還付済み")),
    RefundState.APPLIED: ("good", _("充当済み")),
    RefundState.REJECTED: ("neutral", _("却下")),
}

WHY_WORDS: dict[Why, Any] = {
    Why.EXCESS: _("納める額より多く入金されました。"),
    Why.DOUBLE: _("納付済みのものに、重ねて入金されました。"),
    Why.WRONG_AMOUNT: _("支払いの金額が、請求した金額と違います。"),
    Why.CANCELLED: _("納付のあとで、請求が取り消されました。"),
    Why.REDUCED: _("納付のあとで、金額が減額されました。"),
    Why.REFUSED: _("支払いの対象が、すでに扱えなくなっていました。"),
}

CHANNEL_WORDS: dict[str, Any] = {"counter": _("窓口"), "card": _("カード"), "transfer": _("振込み")}


def badge(words: dict[Any, tuple[str, Any]], state: Any) -> dict[str, Any]:
    kind, word = words[type(next(iter(words)))(state)]
    return {"kind": kind, "word": word}
