"""申し込む — answers become an application: numbered, dated, charged, told; once per form token."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.applications import flow
from moyai.applications.actions.answers import answers_sha256, applicant_of, facts_of, judged, need_ok
from moyai.applications.actions.givens import given_to
from moyai.applications.actions.identity import need_first, need_identity
from moyai.applications.actions.mandates import use_mandate
from moyai.applications.actions.news import tell_applicant
from moyai.applications.actions.payment import charge_fee
from moyai.applications.actions.places import take_places
from moyai.applications.actions.steps import closing
from moyai.applications.models import (
    Application,
    Attachment,
    CardSignature,
    Draft,
    FollowUp,
    FormEdition,
    History,
    Procedure,
    Taking,
)
from moyai.applications.permits import PERMITS
from moyai.applications.queries.editions import compiled, takes_files, usable, usable_for
from moyai.applications.queries.kept import draft_for_update
from moyai.applications.queries.procedures import reception
from moyai.applications.rules import AnswerResult
from moyai.applications.secrets import secret_hash, secret_of, token_hash
from moyai.applications.wording import moment_in_words
from moyai.audit.public import action
from moyai.calendars.public import OfficeCalendar, processing_due_on
from moyai.documents.public import delete_upload
from moyai.tenants.public import Actor, Refusal, body_of, clock, one_at_a_time, public_number


class NotAccepting(Refusal):
    """Before the opening, after the deadline, or not published. What was saved stays saved."""

    code = "not_accepting"
    status = 409
    message = lazy("この手続きは、今は受け付けていません。")  # type: ignore[assignment]


class EditionReplaced(Refusal):
    """The questions changed and answers to the old ones are no longer taken."""

    code = "edition_replaced"
    status = 409
    message = lazy("質問の内容が新しくなりました。続きから入力すると、変わった点を確かめられます。")  # type: ignore[assignment]


class AnswersDiffer(Refusal):
    """The form token was used before, with other answers: nobody may learn the number of somebody else's."""

    code = "token_used"
    status = 409
    message = lazy("同じ受付キーで、違う内容がすでに申し込まれています。")  # type: ignore[assignment]


def submit_application(
    *,
    actor: Actor,
    now: datetime,
    edition: FormEdition,
    answers: Mapping[str, Any],
    form_token: str,
    draft: Draft | None = None,
    channel: str = Application.Channel.INTERNET,
    calendar: OfficeCalendar | None = None,
) -> Application:
    """申請の到達 — store the answers durably and give the receipt number; the same token gives the same application.

    `form_token` is secret and unguessable: who has it can show the パスワード again. With a draft its row is
    locked first, so that twenty clicks at once make one application, and its own answers count.
    `calendar` saves its look-up in a loop. Raises NotAccepting, EditionReplaced, AnswersRefused (by field
    path), AnswersDiffer, IdentityNeeded, AppliedBefore, MandateOver, PoolFull.
    """
    body = body_of(actor.body)
    hashed = token_hash(form_token)
    if draft is not None:
        row = draft_for_update(actor=actor, draft_id=draft.pk)  # the others wait here
        if row is None or row.token_hash != hashed:
            raise Draft.DoesNotExist
        if row.application_id is not None:
            sent: Application = Application.objects.get(body_id=body.pk, pk=row.application_id)
            return sent
        draft, edition, answers = row, row.edition, row.answers
    else:
        one_at_a_time("applications.submit", hashed)  # there is no row to lock before the first
        before: Application | None = Application.objects.filter(body_id=body.pk, form_token=hashed).first()
        if before is not None:
            if before.edition_id != edition.pk or not _same_answers(before, edition, answers, now):
                raise AnswersDiffer
            return before
    return _submit(
        actor=actor,
        now=now,
        edition=edition,
        answers=answers,
        form_token=form_token,
        draft=draft,
        channel=channel,
        calendar=calendar,
    )


def _same_answers(
    before: Application, edition: FormEdition, answers: Mapping[str, Any], now: datetime
) -> bool:
    result = judged(edition=edition, answers=answers, now=now, uploads={})
    return answers_sha256(result.answers) == before.answers_sha256


@action("applications.submit", permits=PERMITS)
def _submit(
    *,
    actor: Actor,
    now: datetime,
    edition: FormEdition,
    answers: Mapping[str, Any],
    form_token: str,
    draft: Draft | None,
    channel: str,
    calendar: OfficeCalendar | None,
) -> Application:
    body = body_of(actor.body)
    procedure: Procedure = edition.procedure
    check_reception(procedure=procedure, edition=edition, now=now, draft=draft)
    form = compiled(edition)
    attachments: list[Attachment] = []
    if draft is not None and takes_files(edition):
        attachments = list(draft.attachments.select_related("upload"))
    # Without a draft nothing is known of who applies but the account.
    given = draft.given if draft is not None else given_to(form, account_id=actor.account_id)
    result = judged(
        edition=edition,
        answers=answers,
        now=now,
        uploads=facts_of(attachments),
        given=given,
        stored=draft is not None,
    )
    need_ok(result)
    today = clock.today(now)
    who = applicant_of(form, result.answers)
    identity = need_identity(
        actor=actor, procedure=procedure, draft=draft, mail=who["applicant_email"], result=result
    )
    once_key = need_first(actor=actor, edition=edition, draft=draft, result=result)
    number = public_number()
    status = flow.FLOW[flow.DRAFT, flow.SUBMIT if procedure.needs_review else flow.RECORD]
    application = Application(
        body_id=body.pk,
        procedure=procedure,
        edition=edition,
        public_number=number,
        secret_hash=secret_hash(number=number, secret=secret_of(form_token)),
        form_token=token_hash(form_token),
        answers=result.answers,
        calculated=result.calculated,
        answers_sha256=answers_sha256(result.answers),
        fee_yen=result.fee.total_yen if result.fee else 0,
        status=status,
        open=status in flow.OPEN,
        received_at=now,
        received_on=today,
        due_on=_due_on(procedure, today, actor, calendar),
        status_since=now,
        channel=channel,
        account_id=actor.account_id if not actor.is_staff else None,
        identity=identity,
        given=given,
        once_key=once_key,
        parent_id=draft.parent_id if draft is not None else None,
        mandate_id=draft.mandate_id if draft is not None else None,
        language=(get_language() or "ja")[:8],
        changed_at=now,
        **who,
    )
    application.closed_on, application.keep_until = closing(application, today)
    application.save(force_insert=True)
    # Places first: what follows takes locks (numbers of charges) that come after those of pools.
    takings = take_places(actor=actor, now=now, application=application, result=result, draft=draft)
    placed = all(one.state == Taking.State.TAKEN for one in takings)
    History.objects.create(
        body_id=body.pk,
        application=application,
        at=now,
        verb=flow.SUBMIT if procedure.needs_review else flow.RECORD,
        from_status=flow.DRAFT,
        to_status=status,
        by_account_id=actor.account_id,
        by_name=actor.name if actor.is_staff else "",
    )
    if draft is not None:
        _close_draft(actor, now, draft, application, attachments, result)
        _join(actor, now, draft, application)
    facts: dict[str, Any] = {"due": "", "pay_path": ""}
    if result.fee is not None and placed and procedure.charge_when == Procedure.ChargeWhen.SUBMIT:
        facts["pay_path"] = charge_fee(
            actor=actor, now=now, application=application, fee=result.fee, calendar=calendar
        )
    if application.open:
        facts["due"] = application.due_on
    tell_applicant(actor=actor, now=now, application=application, kind="received", facts=facts)
    return application


def check_reception(
    *, procedure: Procedure, edition: FormEdition, now: datetime, draft: Draft | None = None
) -> None:
    """Raises NotAccepting with the instant in words, EditionReplaced. The deadline is one instant: `now` decides."""
    state = reception(procedure, now=now)
    if state.state == "over" and procedure.closes_at is not None:
        raise NotAccepting(
            _("受付は%(when)sに終わりました。入力した内容は保存してあります。")
            % {"when": moment_in_words(procedure.closes_at)}
        )
    if state.state == "early" and procedure.opens_at is not None:
        raise NotAccepting(_("受付は%(when)sに始まります。") % {"when": moment_in_words(procedure.opens_at)})
    if not state.is_open:
        raise NotAccepting
    if getattr(edition, "in_force", False):  # found as the newest by the page that asks
        return
    newer = usable(edition=edition, now=now) if draft is None else usable_for(draft=draft, now=now)
    if newer is not None:
        raise EditionReplaced


def _due_on(procedure: Procedure, today: date, actor: Actor, calendar: OfficeCalendar | None) -> date:
    if not procedure.needs_review:
        return today
    due = processing_due_on(
        today,
        procedure.processing_days,
        actor.body,
        in_office_days=procedure.processing_calendar == Procedure.Calendar.OFFICE,
        calendar=calendar,
    )
    return due or today


def _close_draft(
    actor: Actor,
    now: datetime,
    draft: Draft,
    application: Application,
    attachments: list[Attachment],
    result: AnswerResult,
) -> None:
    draft.application = application
    draft.changed_at = now
    draft.answers = {}  # the answers are the application's now; the link still leads to its number
    draft.save(update_fields=["application", "changed_at", "answers"])
    used = set(result.uploads)
    for attachment in attachments:
        if str(attachment.upload_id) in used:
            attachment.application = application
            attachment.save(update_fields=["application"])
        else:  # hidden by a later answer: the file goes with its question
            attachment.delete()
            delete_upload(actor=actor, now=now, upload_id=attachment.upload_id, thing=draft)


def _join(actor: Actor, now: datetime, draft: Draft, application: Application) -> None:
    """What the draft stood on: the 委任状 is used up, the 次の手続き that was asked for is answered, the card signed this."""
    if draft.mandate_id is not None:
        use_mandate(actor=actor, now=now, mandate_id=draft.mandate_id, application=application)
    if draft.parent_id is not None:
        FollowUp.objects.filter(
            body_id=draft.body_id,
            application_id=draft.parent_id,
            procedure_id=draft.procedure_id,
            answered_by__isnull=True,
        ).update(answered_by=application)
    if draft.procedure.signature == Procedure.Signature.CARD:
        CardSignature.objects.filter(
            body_id=draft.body_id, draft=draft, answers_sha256=application.answers_sha256
        ).update(application=application)
