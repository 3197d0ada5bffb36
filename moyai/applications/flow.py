"""The life of an application as a table: FLOW[(status, verb)] is the status after the verb.

What is not in the table cannot happen. The same table makes the buttons of the case page, the acts of
the inquiry page and the picture in README.md. Pure: no Django, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# Statuses. DRAFT is the state before there is an application; it is a Draft row.
DRAFT: Final = "draft"  # 下書き
RECEIVED: Final = "received"  # 到達
REVIEWING: Final = "reviewing"  # 審査中
RETURNED: Final = "returned"  # 補正待ち
PROPOSED: Final = "proposed"  # 決裁待ち
DECIDED: Final = "decided"  # 決定
COMPLETED: Final = "completed"  # 完了
REFUSED: Final = "refused"  # 不受理
WITHDRAWN: Final = "withdrawn"  # 取下げ
LAPSED: Final = "lapsed"  # 期限切れ

STATUSES: Final = (
    DRAFT,
    RECEIVED,
    REVIEWING,
    RETURNED,
    PROPOSED,
    DECIDED,
    COMPLETED,
    REFUSED,
    WITHDRAWN,
    LAPSED,
)
OPEN: Final = frozenset({RECEIVED, REVIEWING, RETURNED, PROPOSED})  # somebody still has to act
UNDONE: Final = frozenset(
    {REFUSED, WITHDRAWN, LAPSED}
)  # as if never applied: places and once-keys are free again

# Verbs.
SUBMIT: Final = "submit"  # 申し込む
RECORD: Final = "record"  # 申し込む (a survey or an event: nothing to review)
ACCEPT: Final = "accept"  # 受理
REFUSE: Final = "refuse"  # 不受理
REQUEST_CORRECTION: Final = "request_correction"  # 補正を依頼
ANSWER_CORRECTION: Final = "answer_correction"  # 補正して提出
CANCEL_CORRECTION: Final = "cancel_correction"  # 補正を待たずに審査へ戻す
PROPOSE: Final = "propose"  # 決裁に回す
SEND_BACK: Final = "send_back"  # 差し戻す
DECIDE: Final = "decide"  # 決定
COMPLETE: Final = "complete"  # 完了
WITHDRAW: Final = "withdraw"  # 取下げ
CANCEL: Final = "cancel"  # 参加の取消し
SETTLE: Final = "settle"  # 納付により完了
LAPSE: Final = "lapse"  # 期限までに納付がない

VERBS: Final = (
    SUBMIT,
    RECORD,
    ACCEPT,
    REFUSE,
    REQUEST_CORRECTION,
    ANSWER_CORRECTION,
    CANCEL_CORRECTION,
    PROPOSE,
    SEND_BACK,
    DECIDE,
    COMPLETE,
    WITHDRAW,
    CANCEL,
    SETTLE,
    LAPSE,
)

FLOW: Final[dict[tuple[str, str], str]] = {
    (DRAFT, SUBMIT): RECEIVED,
    (DRAFT, RECORD): COMPLETED,
    (RECEIVED, ACCEPT): REVIEWING,
    (RECEIVED, REFUSE): REFUSED,
    (RECEIVED, WITHDRAW): WITHDRAWN,
    (REVIEWING, REQUEST_CORRECTION): RETURNED,
    (REVIEWING, PROPOSE): PROPOSED,
    (REVIEWING, DECIDE): DECIDED,
    (REVIEWING, WITHDRAW): WITHDRAWN,
    (RETURNED, ANSWER_CORRECTION): REVIEWING,
    (RETURNED, CANCEL_CORRECTION): REVIEWING,
    (RETURNED, WITHDRAW): WITHDRAWN,
    (PROPOSED, DECIDE): DECIDED,
    (PROPOSED, SEND_BACK): REVIEWING,
    (PROPOSED, WITHDRAW): WITHDRAWN,
    (DECIDED, COMPLETE): COMPLETED,
    (REVIEWING, SETTLE): COMPLETED,
    (RECEIVED, LAPSE): LAPSED,
    (REVIEWING, LAPSE): LAPSED,
    (COMPLETED, LAPSE): LAPSED,  # of what needs no review (a course with a fee): the action says when
    (COMPLETED, CANCEL): WITHDRAWN,  # of what needs no review (a course): the action says when
}

# Decisions. What is adverse needs a reason (行政手続法 第8条).
APPROVED: Final = "approved"  # 承認
PARTLY: Final = "partly"  # 一部承認
REJECTED: Final = "rejected"  # 却下
DECISIONS: Final = (APPROVED, PARTLY, REJECTED)
ADVERSE: Final = frozenset({PARTLY, REJECTED})


@dataclass(frozen=True, slots=True)
class Words:
    """How a status is called: to residents, to staff, with which badge, and what it means (resident)."""

    resident: str
    staff: str
    badge: str
    meaning: str


WORDS: Final[dict[str, Words]] = {
    DRAFT: Words("下書き", "下書き", "neutral", "まだ申込みは完了していません。"),
    RECEIVED: Words(
        "受付済", "到達", "progress", "申込みが届きました。担当課が受理できるかを確かめています。"
    ),
    REVIEWING: Words("審査中", "審査中", "progress", "担当課が内容を確認しています。"),
    RETURNED: Words("補正待ち", "補正待ち", "attention", "内容の直し（補正）をお願いしています。"),
    PROPOSED: Words("審査中", "決裁待ち", "progress", "担当課が内容を確認しています。"),
    DECIDED: Words("決定", "決定", "good", "結果が決まりました。"),
    COMPLETED: Words("完了", "完了", "good", "手続きは終わりました。"),
    REFUSED: Words("不受理", "不受理", "bad", "申込みを受理できませんでした。"),
    WITHDRAWN: Words("取下げ", "取下げ", "neutral", "この申込みは取り下げられました。"),
    LAPSED: Words(
        "期限切れ", "期限切れ", "neutral", "期限までに支払いがなかったため、申込みは取り消されました。"
    ),
}

OUTCOME_WORDS: Final[dict[str, Words]] = {
    APPROVED: Words("承認", "承認", "good", "申込みのとおりに認められました。"),
    PARTLY: Words("一部承認", "一部承認", "attention", "申込みの一部が認められました。"),
    REJECTED: Words("却下", "却下", "bad", "申込みは認められませんでした。"),
}

# The past tense of a verb, for the timeline: residents read the first, staff the second.
DONE: Final[dict[str, tuple[str, str]]] = {
    SUBMIT: ("申込みを受け付けました", "到達しました"),
    RECORD: ("申込みを受け付けました", "受け付けました"),
    ACCEPT: ("申込みを受理しました", "受理しました"),
    REFUSE: ("申込みを受理できませんでした", "不受理としました"),
    REQUEST_CORRECTION: ("補正（内容の直し）をお願いしました", "補正を依頼しました"),
    ANSWER_CORRECTION: ("補正を受け付けました", "補正が提出されました"),
    CANCEL_CORRECTION: ("補正を待たずに審査を続けています", "補正を待たずに審査へ戻しました"),
    PROPOSE: ("内容を確認しています", "決裁に回しました"),
    SEND_BACK: ("内容を確認しています", "差し戻しました"),
    DECIDE: ("結果が決まりました", "決定しました"),
    COMPLETE: ("手続きが終わりました", "完了しました"),
    WITHDRAW: ("申込みが取り下げられました", "取下げとなりました"),
    CANCEL: ("申込みが取り消されました", "参加の取消しとなりました"),
    SETTLE: ("支払いを確認し、手続きが終わりました", "納付により完了しました"),
    LAPSE: ("期限までに支払いがなく、取消しとなりました", "納付がなく取消しとしました"),
}

# Steps that are the office's own business and do not appear in the resident's timeline.
INSIDE: Final = frozenset({PROPOSE, SEND_BACK})


def after(status: str, verb: str) -> str | None:
    """The status after `verb`, or None where the verb is not possible."""
    return FLOW.get((status, verb))


def possible(status: str) -> tuple[str, ...]:
    """The verbs possible in a status, in the order of VERBS."""
    return tuple(verb for verb in VERBS if (status, verb) in FLOW)


def badge(status: str, outcome: str = "", *, staff: bool) -> dict[str, str]:
    """The badge of an application: kind and word; a decision shows what was decided."""
    words = WORDS[status]
    word, kind = (words.staff if staff else words.resident), words.badge
    if outcome and status in (DECIDED, COMPLETED):
        told = OUTCOME_WORDS[outcome]
        word, kind = f"{word}（{told.staff if staff else told.resident}）", told.badge
    return {"kind": kind, "word": word}


def as_table() -> str:
    """FLOW as a Markdown table: a row per status, a column per verb. README.md carries it."""
    used = [verb for verb in VERBS if any(key[1] == verb for key in FLOW)]
    lines = ["| 状態 | " + " | ".join(used) + " |", "|---" * (len(used) + 1) + "|"]
    for status in STATUSES:
        cells = [WORDS[after_].staff if (after_ := FLOW.get((status, verb))) else "—" for verb in used]
        lines.append(f"| {WORDS[status].staff} | " + " | ".join(cells) + " |")
    return "\n".join(lines)
