"""要望 — what a meeting decides of a wish, the release it comes in, what all members read of it, and who wants the same."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.operations.actions.case_rows import (
    CameInTheFuture,
    NotNow,
    TextMissing,
    What,
    locked,
    move,
    put_down,
    saved,
    step,
    tell_member,
)
from moyai.operations.models import Case
from moyai.operations.permits import PERMITS
from moyai.tenants.public import Actor, Refusal, clock


class NotToBeDecided(Refusal):
    code = "not_to_be_decided"
    status = 422
    message = _("この種類の案件は、採否を決めません。")  # type: ignore[assignment]


class OnlyAdopted(Refusal):
    code = "only_adopted"
    message = _("リリース番号は、採用した案件に付けます。")  # type: ignore[assignment]


class NotShared(Refusal):
    code = "not_shared"
    status = 404
    message = _("この要望は、一覧にありません。")  # type: ignore[assignment]


class SupportedAlready(Refusal):
    code = "supported_already"
    message = _("この要望には、すでに賛同しています。")  # type: ignore[assignment]


@action("operations.decide_case", permits=PERMITS)
def decide_case(
    *,
    actor: Actor,
    now: datetime,
    case: Case,
    version: int,
    decision: str,
    decided_on: date,
    decided_by: str,
    text: str = "",
    release: str = "",
) -> Case:
    """採否 — 採用, 不採用 or 保留, by whom (「電子申請研究会 第3回」) and when; what was kept is decided again later.

    Raises ChangedMeanwhile, NotNow, NotToBeDecided, OnlyAdopted where a release is given to what was not adopted,
    CameInTheFuture where the day is still to come.
    """
    row = locked(actor, case, version)
    if not row.kind.ends_in_decision:
        raise NotToBeDecided
    if row.decision and row.decision != Case.Decision.KEPT:
        raise NotNow
    if release and decision != Case.Decision.ADOPTED:
        raise OnlyAdopted(fields={"release": str(OnlyAdopted.message)})
    if decided_on > clock.today(now):
        raise CameInTheFuture(fields={"decided_on": str(_("決めた日は、今日までの日付にしてください。"))})
    move(row, "decide")
    row.decision, row.decided_on = decision, decided_on
    row.decided_by, row.release = decided_by, release
    row.answered_at, row.solved_at = row.answered_at or now, now
    words = f"{Case.Decision(decision).label}（{decided_by}）"
    step(row, actor, now, What.ANSWER, f"{words}\n{text}".strip(), state=row.state)
    done = saved(row, "decision", "decided_on", "decided_by", "release", "answered_at", "solved_at")
    tell_member(done)
    return done


@action("operations.release_case", permits=PERMITS)
def release_case(*, actor: Actor, now: datetime, case: Case, version: int, release: str) -> Case:
    """リリース番号 — in which release (or rule) what was adopted came. Raises OnlyAdopted, ChangedMeanwhile."""
    row = locked(actor, case, version)
    if row.decision != Case.Decision.ADOPTED:
        raise OnlyAdopted
    row.release = release
    step(row, actor, now, What.NOTE, f"リリース：{release}")
    return saved(row, "release")


@action("operations.share_case", permits=PERMITS)
def share_case(
    *, actor: Actor, now: datetime, case: Case, version: int, title: str, text: str, shared: bool = True
) -> Case:
    """共有 — what all members read of it (よくある質問, 要望の一覧), in words of their own; or taken back.

    Raises ChangedMeanwhile, TextMissing.
    """
    row = locked(actor, case, version)
    if shared and not title.strip():
        raise TextMissing(fields={"title": str(TextMissing.message)})
    row.shared_on = clock.today(now) if shared else None
    row.shared_title, row.shared_text = (title, text) if shared else ("", "")
    return saved(row, "shared_on", "shared_title", "shared_text")


@action("operations.support_wish", permits=PERMITS)
def support_wish(*, actor: Actor, now: datetime, wish: Case, text: str = "") -> Case:
    """賛同 — a member wants the same as a wish on the list: a case of its own that says so. Raises NotShared, SupportedAlready."""
    row = Case.objects.select_for_update(of=("self",)).select_related("kind").filter(pk=wish.pk).first()
    if row is None or row.shared_on is None or not row.kind.ends_in_decision:
        raise NotShared
    assert actor.body is not None
    if row.body_id == actor.body.pk or row.likes.filter(body=actor.body).exists():
        raise SupportedAlready
    return put_down(
        actor=actor,
        now=now,
        kind=row.kind,
        title=row.shared_title,
        text=text,
        service=row.service,
        system=row.system,
        same_as=row,
    )
