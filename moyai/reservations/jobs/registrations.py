"""利用者登録, every night: reminders before the end, classes whose proof has run out, suspensions that are over, and what goes."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q

from moyai.reservations.actions.approvals import BookingsStand, strike_registration
from moyai.reservations.actions.forgetting import forget_registration
from moyai.reservations.actions.reminding import remind_registration
from moyai.reservations.actions.standing import end_class, resume_registration
from moyai.reservations.models import Booking, Registration
from moyai.reservations.queries.registrations import terms_for
from moyai.reservations.rules.registering import PROVED
from moyai.tenants.public import Actor, Body, clock, every

AT_ONCE = 500  # of each kind in one night: the next night goes on
STANDS = ("active", "suspended")


@every("12 4 * * *", name="reservations.registrations_resume")
def resume_over(*, body: Body, now: datetime) -> None:
    """利用停止の終わり — the day after the last day of a suspension."""
    over = Registration.objects.filter(
        body_id=body.pk, state="suspended", suspended_until__lt=clock.today(now)
    ).order_by("id")
    for row in over[:AT_ONCE]:
        resume_registration(
            actor=Actor.system(body), now=now, registration=row, reason="利用停止の期間が終わったため"
        )


@every("14 4 * * *", name="reservations.registrations_classes")
def end_classes(*, body: Body, now: datetime) -> None:
    """証明の期限 — 在勤・在学 becomes 市外 the day after."""
    over = Registration.objects.filter(
        body_id=body.pk, state__in=STANDS, resident_class__in=PROVED, class_until__lt=clock.today(now)
    ).order_by("id")
    for row in over[:AT_ONCE]:
        end_class(actor=Actor.system(body), now=now, registration=row)


@every("16 4 * * *", name="reservations.registrations_remind")
def remind(*, body: Body, now: datetime) -> None:
    """期限の知らせ — once for each end of validity or of proof that comes near."""
    today = clock.today(now)
    terms = terms_for(body, today)
    if terms is None or not terms.remind_days:
        return
    last = today + timedelta(days=terms.remind_days)
    near = Q(valid_until__range=(today, last)) & (Q(reminded_for=None) | Q(reminded_for__lt=F("valid_until")))
    proof = Q(resident_class__in=PROVED, class_until__range=(today, last)) & (
        Q(reminded_for=None) | Q(reminded_for__lt=F("class_until"))
    )
    rows = Registration.objects.filter(near | proof, body_id=body.pk, state__in=STANDS, wanted_at__isnull=True)
    for row in rows.order_by("id")[:AT_ONCE]:
        remind_registration(actor=Actor.system(body), now=now, registration=row, last=last)


@every("18 4 * * *", name="reservations.registrations_end")
def strike_expired(*, body: Body, now: datetime) -> None:
    """期限切れの抹消 — once the days are over in which it could still be renewed; not while bookings stand."""
    today = clock.today(now)
    terms = terms_for(body, today)
    if terms is None:
        return
    rows = Registration.objects.filter(
        body_id=body.pk, state__in=STANDS, valid_until__lt=today - timedelta(days=terms.renew_until_days)
    )
    for row in rows.order_by("id")[:AT_ONCE]:
        try:
            strike_registration(
                actor=Actor.system(body), now=now, registration=row, reason="有効期限が過ぎたため"
            )
        except BookingsStand:
            continue


@every("51 3 * * *", name="reservations.registrations_forget")
def forget(*, body: Body, now: datetime) -> None:
    """保存期間の終わり — personal data of registrations that ended long ago are emptied; not while a booking is held back."""
    today = clock.today(now)
    held = Booking.objects.filter(body_id=body.pk, registration=OuterRef("pk"), keep_until__gte=today)
    rows = Registration.objects.filter(
        ~Exists(held),
        body_id=body.pk,
        forgotten_on__isnull=True,
        keep_until__lt=today,
        state__in=("refused", "struck"),
    )
    for row in rows.order_by("id")[:AT_ONCE]:
        forget_registration(actor=Actor.system(body), now=now, registration=row)
