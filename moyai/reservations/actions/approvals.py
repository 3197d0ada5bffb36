"""登録の承認 — approve, refuse, answer a change or renewal, strike, take back in; one by one or many at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from moyai.audit.public import action, check_permit
from moyai.reservations.actions.own_case import not_oneself
from moyai.reservations.actions.registrations import (
    AlreadyRegistered,
    FactsWrong,
    NotOffered,
    NotPossibleNow,
    lay_by,
    locked,
)
from moyai.reservations.actions.remembering import remember
from moyai.reservations.actions.telling import tell_registered
from moyai.reservations.models import Booking, Registration
from moyai.reservations.permits import PERMITS
from moyai.reservations.queries.registrations import Likely, likely_doubles, one_with, terms_for
from moyai.reservations.rules.registering import (
    PROVED,
    Terms,
    keep_until,
    proof_until,
    valid_until,
)
from moyai.tenants.public import Actor, Refusal, Role, body_of, clock, one_at_a_time

State = Registration.State


class ReasonMissing(Refusal):
    code = "reason_missing"
    status = 422
    message = _("理由を入力してください。")  # type: ignore[assignment]


class PersonSuspended(Refusal):
    code = "person_suspended"
    message = _("同じ方の登録が利用停止中です。停止が終わるまで承認できません。")  # type: ignore[assignment]


class MembersOverlap(Refusal):
    code = "members_overlap"
    message = _("構成員の多くが同じ団体が登録されています。団体の決まりにより承認できません。")  # type: ignore[assignment]


class LooksDouble(Refusal):
    code = "looks_double"
    message = _("重複の候補があります。候補を確かめてから承認してください。")  # type: ignore[assignment]


class BookingsStand(Refusal):
    code = "bookings_stand"
    message = _("これからの予約があります。先に予約を取り消してください。")  # type: ignore[assignment]


def need_reason(reason: str) -> str:
    """A reason without blanks around it, as long as the column. Raises ReasonMissing."""
    text = reason.strip()
    if not text:
        raise ReasonMissing(fields={"reason": str(ReasonMissing.message)})
    return text[:200]


def step(row: Registration, verb: str) -> None:
    """Move along the flow. Raises NotPossibleNow."""
    to = Registration.FLOW.get((State(row.state), verb))
    if to is None:
        raise NotPossibleNow
    row.state = to
    row.version += 1


def terms_or_refuse(actor: Actor, on: date, kind: str) -> Terms:
    terms = terms_for(body_of(actor.body), on)
    if terms is None or kind not in terms.valid_years:
        raise NotOffered
    return terms


def hinders(row: Registration, likely: Iterable[Likely], terms: Terms) -> Refusal | None:
    """What forbids the approval whatever staff have looked at: a suspended twin, a second person, members in common."""
    for one in likely:
        other = one.registration
        if one.one and other.state == State.SUSPENDED:
            return PersonSuspended()
        if one.one and other.state == State.ACTIVE and row.kind == other.kind == Registration.Kind.PERSON:
            text = _(
                "同じ方の個人登録があります（利用者番号%(number)s）。別の方なら、先に「別の方」としてください。"
            )
            return AlreadyRegistered(str(text) % {"number": other.number})
        if one.shared_members and terms.overlap_act == "refuse":
            return MembersOverlap()
    return None


def worth_a_look(likely: Iterable[Likely]) -> list[Likely]:
    """The candidates staff have to look at before they approve: standing ones, not the group a person stands for."""
    return [
        one
        for one in likely
        if one.registration.state in (State.PENDING, State.ACTIVE, State.SUSPENDED)
        and not (one.one and "members" not in one.by)
    ]


@action("reservations.approve_registration", permits=PERMITS)
def approve_registration(
    *,
    actor: Actor,
    now: datetime,
    registration: Registration,
    resident_class: str = "",
    class_until: date | None = None,
    relief: str | None = None,
    looked_at_doubles: bool = False,
    on: date | None = None,
    seen_version: int | None = None,
) -> Registration:
    """承認する — valid from today for the years of the policy; 在勤・在学 for the months of theirs unless a day is given.

    Candidates for doubles have to be looked at. `on` is for jobs and the replay: the day of approval when it was not
    today. Raises NotPossibleNow, PersonSuspended, AlreadyRegistered, MembersOverlap, LooksDouble, NotOffered.
    """
    # Two applications of one person are decided one after the other, whoever decides them.
    one_at_a_time("reservations.person", registration.one_person)
    row = locked(actor=actor, registration=registration, seen_version=seen_version)
    today = on if on is not None and Role.SYSTEM in actor.roles else clock.today(now)
    if row.state != State.PENDING:
        raise NotPossibleNow
    not_oneself(actor=actor, registration=row)
    terms = terms_or_refuse(actor, today, row.kind)
    if Role.SYSTEM not in actor.roles:
        likely = likely_doubles(row, terms=terms)
        refusal = hinders(row, likely, terms)
        if refusal is not None:
            raise refusal
        if worth_a_look(likely) and not looked_at_doubles:
            raise LooksDouble(fields={"looked_at_doubles": str(LooksDouble.message)})
    if resident_class:
        row.resident_class = checked_class(resident_class)
    approve_row(row, terms=terms, on=today, class_until=class_until)
    if relief is not None:
        row.relief = relief
    row.save()
    remember(
        actor=actor,
        now=now,
        registration=row,
        what="approved",
        facts={"class": row.resident_class, "valid_until": row.valid_until.isoformat()},
    )
    tell_registered(actor=actor, now=now, registration=row, kind="registration_approved")
    return row


def approve_row(row: Registration, *, terms: Terms, on: date, class_until: date | None = None) -> None:
    """The columns of an approval as of a day, without saving. Raises NotPossibleNow, FactsWrong."""
    step(row, "approve")
    row.registered_on = on
    row.valid_until = valid_until(terms, kind=row.kind, begins=on)
    row.class_until = proved_until(terms, row, class_until, on)
    row.reminded_for = None


def checked_class(resident_class: str) -> str:
    if resident_class not in Registration.Class.values:
        text = str(_("区分を選んでください。"))
        raise FactsWrong(text, fields={"resident_class": text})
    return resident_class


def proved_until(terms: Terms, row: Registration, given: date | None, today: date) -> date | None:
    if row.resident_class not in PROVED:
        return None
    if given is not None and given < today:
        text = str(_("証明の期限は、今日以降の日付にしてください。"))
        raise FactsWrong(text, fields={"class_until": text})
    return given or proof_until(terms, resident_class=row.resident_class, begins=today)


@action("reservations.refuse_registration", permits=PERMITS)
def refuse_registration(
    *, actor: Actor, now: datetime, registration: Registration, reason: str, seen_version: int | None = None
) -> Registration:
    """不承認 — with a reason the applicant reads. Raises ReasonMissing, NotPossibleNow."""
    words = need_reason(reason)
    row = locked(actor=actor, registration=registration, seen_version=seen_version)
    step(row, "refuse")
    row.why = words
    _let_end(actor, row, clock.today(now))
    row.save()
    remember(actor=actor, now=now, registration=row, what="refused", words=words)
    tell_registered(actor=actor, now=now, registration=row, kind="registration_refused", reason=words)
    return row


def _let_end(actor: Actor, row: Registration, today: date) -> None:
    terms = terms_for(body_of(actor.body), today) or Terms(valid_years={}, proof_months={})
    row.keep_until = keep_until(terms, ended_on=today)
    row.wanted = row.wanted_at = None


@action("reservations.strike_registration", permits=PERMITS)
def strike_registration(
    *, actor: Actor, now: datetime, registration: Registration, reason: str, seen_version: int | None = None
) -> Registration:
    """抹消する — by a reason (wish of the owner, death, breach, expiry). Raises BookingsStand, ReasonMissing."""
    words = need_reason(reason)
    row = locked(actor=actor, registration=registration, seen_version=seen_version)
    today = clock.today(now)
    if Booking.objects.filter(
        body_id=row.body_id, registration=row, day__gte=today, state__in=("held", "asked", "booked")
    ).exists():
        raise BookingsStand
    end_registration(actor=actor, now=now, row=row, verb="strike", words=words)
    remember(actor=actor, now=now, registration=row, what="struck", words=words)
    return row


def end_registration(*, actor: Actor, now: datetime, row: Registration, verb: str, words: str) -> None:
    """The row, locked, is struck from today on: by staff, or given up by its owner. Raises NotPossibleNow."""
    today = clock.today(now)
    step(row, verb)
    row.why, row.suspended_until, row.by_points, row.ended_on = words, None, False, today
    _let_end(actor, row, today)
    row.save()


@action("reservations.reinstate_registration", permits=PERMITS)
def reinstate_registration(
    *, actor: Actor, now: datetime, registration: Registration, reason: str, seen_version: int | None = None
) -> Registration:
    """抹消・不承認を取り消す — it waits for approval again, under its number. Raises ReasonMissing, AlreadyRegistered."""
    words = need_reason(reason)
    row = locked(actor=actor, registration=registration, seen_version=seen_version)
    if row.forgotten_on is not None:
        raise NotPossibleNow
    step(row, "apply")
    twins = [one for one in one_with(row) if one.state in (State.PENDING, State.ACTIVE, State.SUSPENDED)]
    if any(one.kind == row.kind and (one.kind == "person" or one.name_key == row.name_key) for one in twins):
        raise AlreadyRegistered
    lay_by(row)
    row.why, row.keep_until, row.asked_at = "", None, now
    row.save()
    remember(actor=actor, now=now, registration=row, what="reinstated", words=words)
    return row


@dataclass(slots=True)
class ManyDone:
    """What a bulk approval came to: numbers approved, and why the others were left, by number."""

    done: list[str] = field(default_factory=list)
    left: dict[str, str] = field(default_factory=dict)


def approve_many(*, actor: Actor, now: datetime, ids: Iterable[int]) -> ManyDone:
    """まとめて承認する — as they were applied for; what needs a look (doubles, members in common) is left with its reason."""
    check_permit(actor, "reservations.approve_registration", PERMITS)
    result = ManyDone()
    rows = list(Registration.objects.filter(body_id=body_of(actor.body).pk, pk__in=list(ids)))
    for row in sorted(
        rows, key=lambda one: (one.one_person, one.pk)
    ):  # the order in which persons are locked
        try:
            with transaction.atomic():
                approve_registration(actor=actor, now=now, registration=row)
        except Refusal as refusal:
            result.left[row.number] = str(refusal.message)
        else:
            result.done.append(row.number)
    return result
