"""Words of states on screen, and small things all pages of the room say alike."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from moyai.operations.models import Case, Probe, Stop
from moyai.operations.queries.agreements import Agreement, Basis, Judged
from moyai.operations.rules.availability import Measured, Verdict
from moyai.operations.rules.cases import RUNNING

VERDICTS: Final = {
    Verdict.MET: ("good", _("達成")),
    Verdict.MISSED: ("bad", _("未達成")),
    Verdict.UNPROVEN: ("attention", _("判定できない（不明の時間がある）")),
    Verdict.NOTHING_PLANNED: ("neutral", _("予定時間がない")),
}
STATES: Final = {
    "up": ("good", _("稼働")),
    "degraded": ("attention", _("縮退（片方で稼働）")),
    "planned": ("progress", _("計画停止中")),
    "unknown": ("neutral", _("不明")),
    "down": ("bad", _("停止中")),
}
CASE_KINDS: Final = {
    Case.State.NEW: "progress",
    Case.State.WORKING: "progress",
    Case.State.WAITING: "attention",
    Case.State.SOLVED: "good",
    Case.State.CLOSED: "neutral",
}
DECISION_KINDS: Final = {
    Case.Decision.ADOPTED: "good",
    Case.Decision.REJECTED: "neutral",
    Case.Decision.KEPT: "attention",
}
MEASURES: Final = {"web": _("Web"), "mail": _("メール")}
BASES: Final = {
    Basis.SYSTEMS: _("停止の記録"),
    Basis.MONTHS: _("月次報告"),
    Basis.PRINTED: _("報告書に記載の稼働率"),
    Basis.NOTHING: _("稼働の記録がない"),
}


def verdict_badge(verdict: Verdict | None) -> dict[str, Any] | str:
    if verdict is None:
        return _now("合意なし")
    kind, word = VERDICTS[verdict]
    return {"state": {"kind": kind, "word": word}}


def state_badge(state: str) -> dict[str, Any]:
    kind, word = STATES[state]
    return {"kind": kind, "word": word}


def case_badge(case: Case) -> dict[str, Any]:
    return {"kind": CASE_KINDS[Case.State(case.state)], "word": case.get_state_display()}


def decision_badge(case: Case) -> dict[str, Any] | None:
    if not case.decision:
        return None
    return {"kind": DECISION_KINDS[Case.Decision(case.decision)], "word": case.get_decision_display()}


def review_badge(case: Case) -> dict[str, Any] | None:
    """確認の要否; None for a case that has none."""
    if case.review_due is None:
        return None
    return {"kind": "attention", "word": _("確認が必要")} if case.review_due else {"kind": "neutral", "word": _("確認は不要")}  # fmt: skip


def review_limit(limit_yen: int | None) -> str:
    """The limit a review was decided by."""
    if limit_yen is None:
        return _now("この調達の種類に、下限はありません。")
    return _now("下限は%(yen)s円（この額を含む）") % {"yen": f"{limit_yen:,}"}


def is_late(case: Case, now: datetime) -> bool:
    if case.state not in RUNNING:
        return False
    answer = case.answered_at is None and case.answer_by is not None and case.answer_by < now
    return answer or (case.solve_by is not None and case.solve_by < now)


def stop_badge(stop: Stop, now: datetime) -> dict[str, Any]:
    if stop.voided_on is not None:
        return {"kind": "neutral", "word": _("取消し")}
    if stop.kind == Stop.Kind.PLANNED:
        if stop.ends is not None and stop.ends <= now:
            return {"kind": "neutral", "word": _("終了")}
        running = stop.begins <= now
        return {"kind": "progress", "word": _("計画停止中") if running else _("予定")}
    if stop.ends is not None:
        return {"kind": "good", "word": _("復旧")} if stop.kind == Stop.Kind.OUTAGE else {"kind": "neutral", "word": _("終了")}  # fmt: skip
    return state_badge("down" if stop.kind == Stop.Kind.OUTAGE else "unknown")


def probe_badge(probe: Probe) -> dict[str, Any]:
    if not probe.on:
        return {"kind": "neutral", "word": _("監視していない")}
    kind = {"up": "good", "down": "bad", "new": "attention"}[probe.state]
    return {"kind": kind, "word": probe.get_state_display()}


def minutes(measured: Measured) -> str:
    """「1,576分」, or with unknown time beside."""
    if measured.unknown:
        return _now("%(stopped)s分（ほかに不明%(unknown)s分）") % {
            "stopped": f"{measured.stopped:,}",
            "unknown": f"{measured.unknown:,}",
        }
    return _now("%(stopped)s分") % {"stopped": f"{measured.stopped:,}"}


def percent_of(rate: Fraction | None) -> Decimal | None:
    """A rate as printed: per cent, half up to two places; what decides is the fraction."""
    if rate is None:
        return None
    hundredths = (rate * 10_000 + Fraction(1, 2)).__floor__()
    return (Decimal(hundredths) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)


def level_words(level: Fraction | None) -> str:
    """「99.7％」 of 997/1000, as short as it is exact; a part that no decimal says stays a fraction."""
    if level is None:
        return "—"
    percent = exact_percent(level)
    return f"{percent}％" if percent is not None else f"{level.numerator}/{level.denominator}"


def exact_percent(part: Fraction) -> Decimal | None:
    """A part in per cent, as short as it is exact; None where no decimal says it."""
    percent = part * 100
    rest = percent.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return None
    places = 0
    while (percent * 10**places).denominator != 1:
        places += 1
    return Decimal((percent * 10**places).numerator).scaleb(-places)


def judged_name(agreement: Agreement, judged: Judged) -> str:
    """What was judged: a system and side as it is called, a measure of the monthly reports in words."""
    return str(MEASURES.get(judged.name, judged.name)) if agreement.basis is Basis.MONTHS else judged.name


def agreement_badge(agreement: Agreement) -> dict[str, Any]:
    return {"state": {"kind": VERDICTS[agreement.verdict][0], "word": whole_verdict(agreement)}}


def whole_verdict(agreement: Agreement) -> str:
    """全体の判定 in words; why nobody can say stands in what was judged."""
    if agreement.verdict is Verdict.UNPROVEN:
        return _now("判定できない")
    return str(VERDICTS[agreement.verdict][1])
