"""誓約書 — brought by a payer for its share before a selection, or taken in on paper; replaced by a newer, never changed."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy

from moyai.audit.public import action
from moyai.council.actions.accounts import locked
from moyai.council.actions.entries import LARGEST_EVIDENCE, Brought
from moyai.council.actions.files import keep_file
from moyai.council.models import Burden, BurdenShare, PaperFile, Pledge
from moyai.council.permits import PERMITS
from moyai.documents.public import PHOTOGRAPHS_AND_PDF
from moyai.tenants.public import Actor, Body, Refusal, clock


class NoPledgeAsked(Refusal):
    code = "no_pledge_asked"
    message = gettext_lazy("誓約書を受けるのは、選定日のある負担金だけです。")  # type: ignore[assignment]


class PledgeOfNothing(Refusal):
    code = "pledge_of_a_withdrawn_burden"
    message = gettext_lazy("この負担金の案は取り下げられたため、誓約書を受けられません。")  # type: ignore[assignment]


class NotAPayer(Refusal):
    code = "pledge_of_no_payer"
    status = 422
    message = gettext_lazy("この負担金を負担する団体ではありません。")  # type: ignore[assignment]


class PledgedLater(Refusal):
    code = "pledged_in_the_future"
    status = 422
    message = gettext_lazy("誓約の日は、今日までの日付にしてください。")  # type: ignore[assignment]


class SamePledge(Refusal):
    code = "pledge_in_force_already"
    message = gettext_lazy("同じ誓約書が、すでに提出されています。")  # type: ignore[assignment]


class PledgeNotFound(Refusal):
    """Not there, or another body's: one answer for both."""

    code = "pledge_not_found"
    status = 404
    message = gettext_lazy("誓約書が見つかりません。")  # type: ignore[assignment]


@action("council.bring_pledge", permits=PERMITS)
def bring_pledge(
    *,
    actor: Actor,
    now: datetime,
    burden: Burden,
    body: Body,
    signed_by: str,
    pledged_on: date,
    file: Brought,
) -> Pledge:
    """誓約書の提出 — of a payer for a burden with a 選定日: a PDF or photograph up to 10 MB, examined and kept as it is.

    A member's staff bring their own body's alone; the secretariat takes in what came on paper. A newer one replaces the one
    in force, which stays beside it. Brought after the 選定日 it is kept too, its days tell. Raises NoPledgeAsked,
    PledgeOfNothing, NotAPayer, PledgedLater, SamePledge, UploadRefused; PledgeNotFound for another body's.
    """
    if actor.body is not None and actor.body.pk != body.pk:
        raise PledgeNotFound
    locked(burden.cost_line.account)
    found = Burden.objects.get(pk=burden.pk)
    if not BurdenShare.objects.filter(burden=found, body=body).exists():
        raise NotAPayer(fields={"body": str(NotAPayer.message)})
    if found.selection_on is None:
        raise NoPledgeAsked
    if found.state == Burden.State.WITHDRAWN:
        raise PledgeOfNothing
    if pledged_on > clock.today(now):
        raise PledgedLater(fields={"pledged_on": str(PledgedLater.message)})
    kept, _name = keep_file(file, accept=PHOTOGRAPHS_AND_PDF, max_bytes=LARGEST_EVIDENCE)
    last = Pledge.objects.filter(burden=found, body=body).order_by("-version").first()
    if last is not None and (last.file_id, last.signed_by, last.pledged_on) == (
        kept.pk,
        signed_by,
        pledged_on,
    ):
        raise SamePledge(fields={"file": str(SamePledge.message)})
    return Pledge.objects.create(
        burden=found, body=body, version=last.version + 1 if last else 1, signed_by=signed_by, pledged_on=pledged_on,
        file=kept, brought_at=now, brought_by=actor.name[:60], on_paper=actor.body is None,
    )  # fmt: skip


@action("council.fetch_pledge", permits=PERMITS, thing="pledge")
def fetch_pledge(*, actor: Actor, now: datetime, pledge: Pledge) -> PaperFile:
    """誓約書を保存する — each download leaves a deed; a member's staff have their own body's alone. Raises PledgeNotFound."""
    if actor.body is not None and pledge.body_id != actor.body.pk:
        raise PledgeNotFound
    return PaperFile.objects.get(pk=pledge.file_id)
