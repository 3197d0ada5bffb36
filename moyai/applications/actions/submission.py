"""申し込む — answers become an application: numbered, dated, charged, told; once per form token."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from moyai.applications import flow
from moyai.applications.actions.answers import answers_sha256, applicant_of, facts_of, judged, need_ok
from moyai.applications.actions.news import tell_applicant
from moyai.applications.models import Application, Attachment, Draft, FormEdition, History, Procedure
from moyai.applications.permits import PERMITS
from moyai.applications.queries.editions import compiled, usable
from moyai.applications.queries.procedures import reception
from moyai.applications.rules import AnswerResult, Fee
from moyai.applications.secrets import secret_hash, secret_of, token_hash
from moyai.applications.wording import moment_in_words
from moyai.audit.public import action
from moyai.calendars.public import OfficeCalendar, due_on, processing_due_on, wareki_with_weekday
from moyai.documents.public import delete_upload
from moyai.money.public import ChargeLine, charge
from moyai.tenants.public import Actor, Refusal, body_of, clock, one_at_a_time, public_number

PAY_WITHIN_DAYS = 14


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
    locked first, so that twenty clicks at once make one application. `calendar` saves its look-up in a loop.
    Raises NotAccepting, EditionReplaced, AnswersRefused (by field path), AnswersDiffer.
    """
    body = body_of(actor.body)
    hashed = token_hash(form_token)
    if draft is not None:
        draft = (
            Draft.objects.filter(body_id=body.pk).select_for_update(of=("self",)).get(pk=draft.pk)
        )  # the others wait here
        if draft.application_id is not None:
            sent: Application = Application.objects.get(body_id=body.pk, pk=draft.application_id)
            return sent
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
    check_reception(procedure=procedure, edition=edition, now=now)
    attachments = list(draft.attachments.select_related("upload")) if draft is not None else []
    result = judged(edition=edition, answers=answers, now=now, uploads=facts_of(attachments))
    need_ok(result)
    form = compiled(edition)
    today = clock.today(now)
    number = public_number()
    status = flow.FLOW[flow.DRAFT, flow.SUBMIT if procedure.needs_review else flow.RECORD]
    owed = result.fee.total_yen if result.fee else 0
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
        fee_yen=owed,
        payment=Application.Payment.WAITING if owed else Application.Payment.NONE,
        status=status,
        open=status in flow.OPEN,
        received_at=now,
        received_on=today,
        due_on=_due_on(procedure, today, actor, calendar),
        status_since=now,
        channel=channel,
        changed_at=now,
        **applicant_of(form, result.answers),
    )
    application.save(force_insert=True)
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
    facts: dict[str, Any] = {"due": "", "pay_path": ""}
    if owed and result.fee is not None:
        facts["pay_path"] = _charge(actor, now, application, result.fee, calendar)
    if application.open:
        facts["due"] = wareki_with_weekday(application.due_on)
    tell_applicant(actor=actor, now=now, application=application, kind="received", facts=facts)
    return application


def check_reception(*, procedure: Procedure, edition: FormEdition, now: datetime) -> None:
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
    if usable(edition=edition, now=now) is not None:
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


def _charge(
    actor: Actor, now: datetime, application: Application, fee: Fee, calendar: OfficeCalendar | None
) -> str:
    made = charge(
        actor=actor,
        now=now,
        payable="applications.application",
        thing=application,
        amount_yen=fee.total_yen,
        lines=[
            ChargeLine(
                label=line.label,
                amount_yen=line.amount_yen,
                steps=[{"unit_yen": line.unit_yen, "quantity": line.quantity, "source": line.source}],
            )
            for line in fee.lines
            if line.amount_yen
        ],
        due_on=due_on(clock.today(now), PAY_WITHIN_DAYS, body_of(actor.body), calendar=calendar),
        payer_name=application.applicant or _("申請者"),
        title=_("%(title)s 手数料") % {"title": application.procedure.title},
    )
    application.pay_token = made.token
    application.save(update_fields=["pay_token"])
    return reverse("money_portal_pay", kwargs={"body_slug": body_of(actor.body).slug, "token": made.token})
