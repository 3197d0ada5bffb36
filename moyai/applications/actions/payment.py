"""手数料: what an application is charged, what money tells us of it, and what becomes of what was not paid."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse

from moyai.applications import flow
from moyai.applications.actions.answers import judged
from moyai.applications.actions.news import tell_applicant
from moyai.applications.actions.steps import locked, move, remember, touch
from moyai.applications.models import Application, History
from moyai.applications.permits import PERMITS
from moyai.applications.queries.cases import attachments_of, facts_of
from moyai.applications.queries.editions import compiled
from moyai.applications.rules import Fee
from moyai.audit.public import action
from moyai.calendars.public import OfficeCalendar, due_on
from moyai.money.public import (
    Charge,
    ChargeLine,
    ChargeState,
    cancel_charge,
    charge,
    charges_about,
    lock_charges_about,
)
from moyai.tenants.public import Actor, body_of, clock


def charge_fee(
    *,
    actor: Actor,
    now: datetime,
    application: Application,
    fee: Fee,
    calendar: OfficeCalendar | None = None,
) -> str:
    """手数料を請求する — the lines of the fee as they were worked out, payable until `pay_until`; gives the pay page.

    The procedure says how many days there are (`pay_within_days`); the last is an office day. Nothing is charged
    for a fee of 0 yen: gives "".
    """
    if not fee.total_yen:
        return ""
    body, procedure = body_of(actor.body), application.procedure
    form = compiled(
        application.edition, "ja"
    )  # what is charged reads the same in whatever language one applies
    # 0 days are the day itself: the first day of a period that began the day before.
    today, days = clock.today(now), procedure.pay_within_days
    until = due_on(today if days else today - timedelta(days=1), max(days, 1), body, calendar=calendar)
    made = charge(
        actor=actor,
        now=now,
        payable="applications.application",
        thing=application,
        amount_yen=fee.total_yen,
        lines=[
            ChargeLine(
                label=form.fee_label(line.id) or line.label,
                amount_yen=line.amount_yen,
                steps=[{"unit_yen": line.unit_yen, "quantity": line.quantity, "source": line.source}],
            )
            for line in fee.lines
            if line.amount_yen
        ],
        due_on=until,
        payer_name=application.applicant or "申請者",
        title=f"{procedure.title} 手数料",
    )
    application.pay_token, application.pay_until = made.token, until
    application.payment = Application.Payment.WAITING
    application.save(update_fields=["pay_token", "pay_until", "payment"])
    return reverse("money_portal_pay", kwargs={"body_slug": body.slug, "token": made.token})


def charge_afterwards(*, actor: Actor, now: datetime, application: Application) -> None:
    """手数料をあとから請求する — as it was worked out on the day of arrival; the applicant is told how to pay."""
    fee = judged(
        edition=application.edition,
        answers=application.answers,
        now=application.received_at,
        uploads=facts_of(attachments_of(application)),
        given=application.given,
        stored=True,
    ).fee
    path = charge_fee(actor=actor, now=now, application=application, fee=fee) if fee else ""
    if path:
        due = application.pay_until or clock.today(now)
        facts = {"pay_path": path, "due": due, "yen": f"{application.fee_yen:,}"}
        tell_applicant(actor=actor, now=now, application=application, kind="payment_due", facts=facts)


def note_payment(charge: Charge, actor: Actor, now: datetime) -> None:
    """納付済 — called by money once a charge is settled; told twice, it does nothing the second time."""
    application = Application.objects.filter(body_id=body_of(actor.body).pk, pk=charge.thing_id).first()
    if application is not None and application.payment == Application.Payment.WAITING:
        mark_paid(actor=actor, now=now, application=application)


@action("applications.note_payment", permits=PERMITS)
def mark_paid(*, actor: Actor, now: datetime, application: Application) -> Application:
    """Write that the fee of an application is paid; its review does not wait for it."""
    row = locked(actor=actor, application=application)
    if row.payment != Application.Payment.WAITING:
        return row
    row.payment, row.paid_at = Application.Payment.PAID, now
    touch(row=row, actor=actor, now=now, also=("payment", "paid_at"))
    remember(actor=actor, now=now, application=row, verb=History.PAID)
    tell_applicant(actor=actor, now=now, application=row, kind="paid", facts={})
    if row.procedure.paid_completes and row.status == flow.REVIEWING:
        row = settle(actor=Actor.system(actor.body), now=now, application=row)
    return row


@action("applications.settle", permits=PERMITS)
def settle(*, actor: Actor, now: datetime, application: Application) -> Application:
    """納付による完了 — where the procedure says that payment is the last step (本予約). Raises NotPossibleNow."""
    return move(actor=actor, now=now, application=application, verb=flow.SETTLE)


@action("applications.lapse", permits=PERMITS)
def lapse_unpaid(*, actor: Actor, now: datetime, application: Application) -> Application:
    """期限切れ — the fee was not paid by `pay_until`: the charge is cancelled, places go back, the applicant is told.

    A payment that comes in at the same moment locks the charge first, and then this finds nothing to do.
    """
    lock_charges_about(application)  # as a payment does: the charge first, then the application
    row = locked(actor=actor, application=application)
    late = row.pay_until is not None and row.pay_until < clock.today(now)
    if row.payment != Application.Payment.WAITING or not late or not row.procedure.unpaid_lapses:
        return row
    if row.status == flow.COMPLETED and row.procedure.needs_review:  # it was decided, not only taken down
        return row
    row = move(actor=actor, now=now, application=row, verb=flow.LAPSE)
    take_back_charge(actor=actor, now=now, application=row, reason="納付期限の経過")
    tell_applicant(actor=actor, now=now, application=row, kind="lapsed", facts={})
    return row


def take_back_charge(*, actor: Actor, now: datetime, application: Application, reason: str) -> None:
    """Cancel the charges of an application that ends: nothing is owed any more, and what was paid stands as 過納
    and waits for its refund by money's own acts.
    """
    if application.payment == Application.Payment.NONE:
        return
    for one in charges_about(application):
        if one.state in (ChargeState.OPEN, ChargeState.SETTLED):
            cancel_charge(actor=actor, now=now, charge=one, reason=reason)
    if application.payment == Application.Payment.WAITING:
        application.payment = Application.Payment.NONE
        application.save(update_fields=["payment"])
