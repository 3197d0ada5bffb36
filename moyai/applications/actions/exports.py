"""一括出力 — asked by one, allowed by another where persons are in it or it is long, fetched for a day, on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import F
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import override

from moyai.applications.models import Export, Procedure
from moyai.applications.permits import PERMITS
from moyai.applications.queries.columns import has_personal
from moyai.applications.queries.exports import Wish, editions_of, listing, wanted, with_today
from moyai.audit.public import action, looked
from moyai.documents.public import Export as File
from moyai.documents.public import stream_csv, stream_xlsx
from moyai.tenants.public import Actor, Refusal, body_of

FORMS: Final[dict[str, Any]] = {
    "csv-utf8": lazy("CSV（UTF-8）"),
    "csv-cp932": lazy("CSV（シフトJIS）"),
    "xlsx": lazy("Excel（XLSX）"),
}
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ALONE_UP_TO: Final = 100  # rows that one person may take without another's consent
VALID: Final = timedelta(hours=24)


class PurposeMissing(Refusal):
    code = "purpose_missing"
    status = 422
    message = lazy("使う目的を入力してください。")  # type: ignore[assignment]


class NothingToExport(Refusal):
    code = "nothing_to_export"
    status = 409
    message = lazy("条件に合う申請がありません。")  # type: ignore[assignment]


class NotWaiting(Refusal):
    code = "already_settled"
    status = 409
    message = lazy("この依頼はすでに処理されています。")  # type: ignore[assignment]


class WishOver(Refusal):
    """Nobody allowed it within its day: it is asked for anew."""

    code = "request_over"
    status = 409
    message = lazy("この依頼は期限が過ぎました。必要なときは、もう一度依頼してください。")  # type: ignore[assignment]


class OwnWish(Refusal):
    code = "own_request"
    status = 403
    message = lazy("自分の依頼は承認できません。ほかの決裁者に依頼してください。")  # type: ignore[assignment]


class NotAllowedYet(Refusal):
    code = "not_allowed"
    status = 409
    message = lazy("まだ承認されていないか、期限が過ぎています。")  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Weight:
    """How much an export would take out: rows, and whether persons are in it."""

    rows: int
    personal: bool

    @property
    def needs_two(self) -> bool:
        return self.personal or self.rows > ALONE_UP_TO


def weigh(*, actor: Actor, procedure: Procedure, wish: Wish) -> Weight:
    editions = editions_of(actor=actor, procedure=procedure)
    return Weight(
        rows=wanted(actor=actor, procedure=procedure, wish=wish).count(),
        personal=has_personal(editions, blind=wish.blind),
    )


@action("applications.ask_export", permits=PERMITS)
def ask(*, actor: Actor, now: datetime, procedure: Procedure, wish: Wish, form: str, purpose: str) -> Export:
    """書き出しを依頼する — allowed at once where no person is in it and it is short.

    Raises PurposeMissing, NothingToExport.
    """
    words = purpose.strip()
    if not words:
        raise PurposeMissing(fields={"purpose": str(PurposeMissing.message)})
    if form not in FORMS:
        raise NothingToExport
    wish = with_today(wish, now)
    weight = weigh(actor=actor, procedure=procedure, wish=wish)
    if not weight.rows:
        raise NothingToExport
    made: Export = Export.objects.create(
        body_id=body_of(actor.body).pk,
        procedure=procedure,
        query=wish.as_query(),
        form=form,
        blind=wish.blind,
        purpose=words[:200],
        rows=weight.rows,
        state=Export.State.ASKED if weight.needs_two else Export.State.ALLOWED,
        asked_by_id=actor.account_id or 0,
        asked_by=actor.name,
        asked_at=now,
        expires_at=now + VALID,
    )
    return made


def _waiting(actor: Actor, now: datetime, export: Export) -> Export:
    rows = Export.objects.filter(body_id=body_of(actor.body).pk).select_for_update(of=("self",))
    row: Export = rows.select_related("procedure").get(pk=export.pk)
    if row.state != Export.State.ASKED:
        raise NotWaiting
    if row.asked_by_id == actor.account_id:
        raise OwnWish
    if now >= row.expires_at:  # the night's job has not come by yet
        raise WishOver
    return row


@action("applications.allow_export", permits=PERMITS)
def allow(*, actor: Actor, now: datetime, export: Export) -> Export:
    """書き出しを承認する — by another who may decide; fetched within 24 hours. Raises OwnWish, NotWaiting, WishOver."""
    row = _waiting(actor, now, export)
    row.state, row.decided_by_id, row.decided_by, row.decided_at = (
        Export.State.ALLOWED,
        actor.account_id,
        actor.name,
        now,
    )
    row.expires_at = now + VALID
    row.save(update_fields=["state", "decided_by_id", "decided_by", "decided_at", "expires_at"])
    return row


@action("applications.decline_export", permits=PERMITS)
def decline(*, actor: Actor, now: datetime, export: Export) -> Export:
    """書き出しを差し戻す. Raises OwnWish, NotWaiting, WishOver."""
    row = _waiting(actor, now, export)
    row.state, row.decided_by_id, row.decided_by, row.decided_at = (
        Export.State.DECLINED,
        actor.account_id,
        actor.name,
        now,
    )
    row.save(update_fields=["state", "decided_by_id", "decided_by", "decided_at"])
    return row


def may_fetch(*, actor: Actor, now: datetime, export: Export) -> bool:
    """Who asked, while it is allowed and its day is not over."""
    return (
        export.state == Export.State.ALLOWED
        and now < export.expires_at
        and export.asked_by_id == actor.account_id
    )


@action("applications.fetch_export", permits=PERMITS, thing="export")
def fetch(*, actor: Actor, now: datetime, export: Export) -> File:
    """書き出す — read now, in one pass, into a file that leaves no trace here. Each fetch is a look on record.

    Raises NotAllowedYet, TooManyColumns.
    """
    if not may_fetch(actor=actor, now=now, export=export):
        raise NotAllowedYet
    wish = Wish.of(export.query, blind=export.blind)
    looked(
        actor=actor,
        now=now,
        verb="applications.view_export",
        thing=export,
        detail={"rows": export.rows, "form": export.form, "blind": export.blind},
    )
    Export.objects.filter(body_id=export.body_id, pk=export.pk).update(fetched=F("fetched") + 1)
    with override("ja"):
        found = listing(actor=actor, procedure=export.procedure, wish=wish)
        if export.form == "xlsx":
            return stream_xlsx(found.rows, found.heads, title=export.procedure.title)
        encoding: Any = "cp932" if export.form == "csv-cp932" else "utf-8-sig"
        return stream_csv(found.rows, found.heads, encoding=encoding, name=export.procedure.title)


def expire(*, actor: Actor, now: datetime) -> int:
    """期限切れ — requests whose day is over. Gives how many."""
    rows = Export.objects.filter(
        body_id=body_of(actor.body).pk,
        state__in=(Export.State.ASKED, Export.State.ALLOWED),
        expires_at__lte=now,
    )
    return rows.update(state=Export.State.EXPIRED)
