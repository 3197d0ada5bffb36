"""ファイルの受渡し: put up, approve, revoke, fetch."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action
from moyai.documents.actions.uploads import UploadNotClean, UploadNotFound, claim_upload
from moyai.documents.models import HandOver, HandOverVisit, Upload
from moyai.documents.permits import PERMITS
from moyai.documents.queries import bound_to
from moyai.documents.rules.codes import TOKEN_LENGTH, new_code
from moyai.tenants.public import Actor, Body, Refusal, body_of

LONGEST_DAYS = 90
MOST_DOWNLOADS = 100


class SamePerson(Refusal):
    code = "same_person"
    status = 403
    message = _("自分が登録したファイルは、自分では承認できません。別の決裁者に依頼してください。")  # type: ignore[assignment]


class MoveNotPossible(Refusal):
    code = "move_not_possible"
    status = 409
    message = _("ほかの人が先に処理しました。画面を開き直して、今の状態を確かめてください。")  # type: ignore[assignment]


class HandOverClosed(Refusal):
    """The link does not work (any more); the page says why."""

    code = "hand_over_closed"
    status = 410
    message = _("このファイルの受渡しは終わりました。")  # type: ignore[assignment]


class NotYetApproved(Refusal):
    code = "hand_over_not_approved"
    status = 403
    message = _("このファイルは、まだ受け取れません。承認が済むと、このリンクから受け取れます。")  # type: ignore[assignment]


@action("documents.request_hand_over", permits=PERMITS)
def request_hand_over(
    *,
    actor: Actor,
    now: datetime,
    upload_id: int,
    title: str,
    recipient: str,
    days: int,
    download_limit: int,
    for_body: Body | None = None,
    passphrase: str = "",
    message: str = "",
) -> HandOver:
    """受渡しの申請 — put up one of the actor's own uploads for a named recipient; an approver has to agree.

    `days` from 1 to 90, `download_limit` from 1 to 100. With `for_body` only that body's staff, signed
    in, can fetch it. The passphrase is kept as a hash; it is told to the recipient by another way.
    """
    if not 1 <= days <= LONGEST_DAYS or not 1 <= download_limit <= MOST_DOWNLOADS:
        raise ValueError("days or downloads out of range")
    if actor.account_id is None:
        raise ValueError("a hand-over is requested by a person")
    upload = Upload.objects.filter(body=actor.body, pk=upload_id, drafter_hash=bound_to(actor=actor)).first()
    if upload is None:
        raise UploadNotFound
    hand_over: HandOver = HandOver.objects.create(
        body=body_of(actor.body),
        upload=upload,
        title=title,
        recipient=recipient,
        for_body=for_body,
        message=message,
        token=new_code(TOKEN_LENGTH),
        passphrase_hash=make_password(passphrase) if passphrase else "",
        expires_at=now + timedelta(days=days),
        download_limit=download_limit,
        requested_by_id=actor.account_id,
        requested_by=actor.name,
        requested_at=now,
    )
    claim_upload(actor=actor, now=now, upload_id=upload.pk, thing=hand_over)
    return hand_over


def _moved(actor: Actor, hand_over: HandOver, move: str) -> HandOver:
    """The locked row in its next state; refuses a move that the table does not know."""
    row: HandOver = HandOver.objects.select_for_update().get(body=actor.body, pk=hand_over.pk)
    state = HandOver.FLOW.get((HandOver.State(row.state), move))
    if state is None:
        raise MoveNotPossible
    row.state = state
    return row


def _decided(actor: Actor, now: datetime, row: HandOver) -> None:
    if actor.account_id is None or actor.account_id == row.requested_by_id:
        raise SamePerson
    row.decided_by_id, row.decided_by, row.decided_at = actor.account_id, actor.name, now


@action("documents.approve_hand_over", permits=PERMITS, refuses={"hand_over_has_four_eyes": SamePerson})
def approve_hand_over(*, actor: Actor, now: datetime, hand_over: HandOver) -> HandOver:
    """承認 — from now on the link works. Only for a file found clean, never by the one who put it up."""
    row = _moved(actor, hand_over, "approve")
    _decided(actor, now, row)
    if row.expires_at <= now:
        raise MoveNotPossible
    if row.upload.state != Upload.State.CLEAN:
        raise UploadNotClean
    row.save()
    return row


@action("documents.decline_hand_over", permits=PERMITS, refuses={"hand_over_has_four_eyes": SamePerson})
def decline_hand_over(*, actor: Actor, now: datetime, hand_over: HandOver, reason: str) -> HandOver:
    """差戻し — the request is refused, with a reason its sender reads."""
    row = _moved(actor, hand_over, "decline")
    _decided(actor, now, row)
    row.decline_reason, row.ended_at = reason, now
    row.save()
    return row


@action("documents.revoke_hand_over", permits=PERMITS)
def revoke_hand_over(*, actor: Actor, now: datetime, hand_over: HandOver, reason: str = "") -> HandOver:
    """取消し — the link stops working at once and for good."""
    row = _moved(actor, hand_over, "revoke")
    row.ended_at = now
    row.save(update_fields=["state", "ended_at"])
    return row


def passphrase_right(hand_over: HandOver, passphrase: str) -> bool:
    return not hand_over.passphrase_hash or check_password(passphrase, hand_over.passphrase_hash)


@action("documents.miss_hand_over", permits=PERMITS)
def miss_hand_over(*, actor: Actor, now: datetime, hand_over: HandOver) -> HandOver:
    """A wrong passphrase, kept in the log of the hand-over."""
    _visit(actor, now, hand_over, HandOverVisit.Outcome.WRONG_PASSPHRASE)
    return hand_over


@action("documents.fetch_hand_over", permits=PERMITS)
def fetch_hand_over(*, actor: Actor, now: datetime, hand_over: HandOver) -> HandOver:
    """受取り — count one download under lock; the last one closes the link.

    The page has checked the passphrase.
    """
    row: HandOver = (
        HandOver.objects.select_for_update(of=("self",))
        .select_related("upload")
        .get(body=actor.body, pk=hand_over.pk)
    )
    why_not(row, now)
    row.downloads += 1
    if row.downloads == row.download_limit:
        row.state, row.ended_at = HandOver.FLOW[HandOver.State(row.state), "use_up"], now
    row.save(update_fields=["downloads", "state", "ended_at"])
    _visit(actor, now, row, HandOverVisit.Outcome.FETCHED)
    return row


CLOSED_WORDS: dict[str, Promise] = {
    HandOver.State.DECLINED: _("この受渡しは取りやめになりました。送り主にお問い合わせください。"),
    HandOver.State.REVOKED: _("送り主が受渡しを取り消しました。必要な場合は、送り主にお問い合わせください。"),
    HandOver.State.USED_UP: _("決められた回数の受取りが済んだため、このリンクは使えません。"),
    HandOver.State.EXPIRED: _("受取りの期限を過ぎました。必要な場合は、送り主に再送を依頼してください。"),
}


def why_not(hand_over: HandOver, now: datetime) -> None:
    """Refuse when the link does not work at this moment, in the words its recipient reads."""
    state = hand_over.state
    if state in (HandOver.State.REQUESTED, HandOver.State.OPEN) and hand_over.expires_at <= now:
        state = HandOver.State.EXPIRED  # the nightly job has not come by yet
    if state in CLOSED_WORDS:
        raise HandOverClosed(str(CLOSED_WORDS[state]))
    if state == HandOver.State.REQUESTED:
        raise NotYetApproved
    if hand_over.upload.state != Upload.State.CLEAN:
        raise UploadNotClean


def _visit(actor: Actor, now: datetime, hand_over: HandOver, outcome: HandOverVisit.Outcome) -> None:
    HandOverVisit.objects.create(
        body=body_of(actor.body),
        hand_over=hand_over,
        at=now,
        outcome=outcome,
        account_id=actor.account_id,
        network=actor.network[:60],
        request_id=actor.request_id,
    )
