"""Points, suspension, joined registrations, the nightly jobs, and what is forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from moyai.audit.models import Reason
from moyai.audit.public import NotPermitted
from moyai.notices.models import Message
from moyai.reservations.actions import standing
from moyai.reservations.actions.approvals import ReasonMissing, strike_registration
from moyai.reservations.actions.forgetting import StillKept, forget_registration
from moyai.reservations.actions.penalties import (
    GivenAlready,
    NoPenalties,
    NotTheirs,
    TakenBackAlready,
    give_penalty,
    take_back_penalty,
)
from moyai.reservations.actions.registrations import register
from moyai.reservations.jobs import registrations as jobs
from moyai.reservations.models import Booking, GroupMember, Happening, Penalty, Policy, Registration
from moyai.reservations.queries.registrations import likely_doubles, one_with, tenths_in_force, terms_for
from moyai.reservations.tests.people import (
    CLUB,
    HANAKO,
    PENALTIES,
    TERMS,
    approved,
    booked,
    other,
    settle,
)
from moyai.tenants.public import Actor, clock


@pytest.fixture
def now(world: Any, in_chiba: datetime) -> datetime:
    settle(world.chiba, in_chiba, "eligibility", TERMS)
    settle(world.chiba, in_chiba, "penalties", PENALTIES)
    return in_chiba


def fresh(row: Registration) -> Registration:
    found: Registration = Registration.objects.get(pk=row.pk)
    return found


# --- points --------------------------------------------------------------------------------------------
def test_two_no_shows_suspend_for_six_months_and_the_owner_is_told(
    world: Any, now: datetime, hanako: Actor, clerk: Actor
) -> None:
    made = approved(hanako, now, clerk)
    today = clock.today(now)
    first = booked(world.chiba, now, made, today)
    given = give_penalty(actor=clerk, now=now, registration=made, why="no_show", booking=first)
    assert given is not None
    assert (given.tenths, given.given_on, given.given_by) == (10, today, "佐藤 一郎")
    assert fresh(made).state == "active"
    give_penalty(actor=clerk, now=now, registration=made, why="no_show")
    row = fresh(made)
    assert (row.state, row.by_points, row.why) == ("suspended", True, "違反点が2点になったため")
    assert row.suspended_until is not None and row.suspended_until >= today + timedelta(days=180)
    told = Message.objects.filter(about_id=made.pk, kind="reservations.registration_suspended")
    assert told.count() == 1
    assert "違反点が2点になったため" in told.get().text


def test_half_points_of_late_cancellations_count_only_within_their_days(
    now: datetime, hanako: Actor, clerk: Actor
) -> None:
    made = approved(hanako, now, clerk)
    assert give_penalty(actor=clerk, now=now, registration=made, why="late_cancel", days_before=4) is None
    half = give_penalty(actor=clerk, now=now, registration=made, why="late_cancel", days_before=3)
    assert half is not None and half.tenths == 5
    assert tenths_in_force([made], on=clock.today(now)) == 5
    assert tenths_in_force([made], on=half.lapses_on - timedelta(days=1)) == 5
    assert tenths_in_force([made], on=half.lapses_on) == 0


def test_points_taken_back_for_the_weather_end_the_suspension_they_brought(
    now: datetime, hanako: Actor, clerk: Actor
) -> None:
    made = approved(hanako, now, clerk)
    give_penalty(actor=clerk, now=now, registration=made, why="no_show")
    second = give_penalty(actor=clerk, now=now, registration=made, why="no_show")
    assert second is not None
    with pytest.raises(ReasonMissing):
        take_back_penalty(actor=clerk, now=now, penalty=second, reason=" ")
    assert fresh(made).state == "suspended"
    take_back_penalty(actor=clerk, now=now, penalty=second, reason="大雪のため")
    row = fresh(made)
    assert (row.state, row.suspended_until, row.by_points) == ("active", None, False)
    with pytest.raises(TakenBackAlready):
        take_back_penalty(actor=clerk, now=now, penalty=second, reason="もう一度")
    assert tenths_in_force([made], on=clock.today(now)) == 10


def test_points_taken_back_do_not_end_what_staff_suspended_by_hand(
    now: datetime, hanako: Actor, clerk: Actor
) -> None:
    made = approved(hanako, now, clerk)
    until = clock.today(now) + timedelta(days=10)
    standing.suspend_registration(actor=clerk, now=now, registration=made, reason="又貸し", until=until)
    give_penalty(actor=clerk, now=now, registration=made, why="no_show")
    second = give_penalty(actor=clerk, now=now, registration=made, why="no_show")
    assert second is not None
    assert fresh(made).suspended_until != until  # the longer one counts
    take_back_penalty(actor=clerk, now=now, penalty=second, reason="天候")
    assert fresh(made).state == "suspended"


def test_one_booking_gives_its_points_once_and_never_to_another(
    world: Any, now: datetime, hanako: Actor, taro: Actor, clerk: Actor
) -> None:
    made = approved(hanako, now, clerk)
    stranger = approved(taro, now, clerk, other())
    booking = booked(world.chiba, now, made, clock.today(now))
    give_penalty(actor=clerk, now=now, registration=made, why="no_show", booking=booking)
    with pytest.raises(GivenAlready):
        give_penalty(actor=clerk, now=now, registration=made, why="no_show", booking=booking)
    with pytest.raises(NotTheirs):
        give_penalty(actor=clerk, now=now, registration=stranger, why="no_show", booking=booking)
    with pytest.raises(NotPermitted):
        give_penalty(actor=hanako, now=now, registration=made, why="no_show")
    with pytest.raises(ReasonMissing):
        give_penalty(actor=clerk, now=now, registration=made, why="breach")
    assert Penalty.objects.filter(registration__in=[made, stranger]).count() == 1


def test_points_of_one_person_are_summed_over_his_registrations_where_the_policy_says_so(
    world: Any, now: datetime, hanako: Actor, clerk: Actor
) -> None:
    settle(world.chiba, now, "penalties", PENALTIES | {"per": "person"})
    person = approved(hanako, now, clerk)
    club = approved(hanako, now, clerk, CLUB)
    give_penalty(actor=clerk, now=now, registration=person, why="no_show")
    give_penalty(actor=clerk, now=now, registration=club, why="no_show")
    assert (fresh(person).state, fresh(club).state) == ("suspended", "suspended")


def test_body_without_penalties_gives_none(world: Any, now: datetime, hanako: Actor, clerk: Actor) -> None:
    Policy.objects.filter(kind="penalties").delete()
    made = approved(hanako, now, clerk)
    assert give_penalty(actor=clerk, now=now, registration=made, why="no_show") is None
    with pytest.raises(NoPenalties):
        give_penalty(actor=clerk, now=now, registration=made, why="breach", reason="飲食をした")
    assert not Penalty.objects.filter(registration=made).exists()


# --- suspension by staff -------------------------------------------------------------------------------
def test_staff_suspend_until_a_day_and_resume(now: datetime, hanako: Actor, clerk: Actor) -> None:
    made = approved(hanako, now, clerk)
    today = clock.today(now)
    with pytest.raises(standing.EndsInThePast):
        standing.suspend_registration(
            actor=clerk, now=now, registration=made, reason="又貸し", until=today - timedelta(days=1)
        )
    assert fresh(made).state == "active"
    standing.suspend_registration(actor=clerk, now=now, registration=made, reason="又貸し", until=today)
    assert fresh(made).suspended_until == today
    standing.resume_registration(actor=clerk, now=now, registration=made, reason="誤り")
    row = fresh(made)
    assert (row.state, row.why) == ("active", "")


# --- who is one ----------------------------------------------------------------------------------------
def test_joined_registrations_count_as_one_and_what_is_to_come_with_them(
    world: Any, now: datetime, hanako: Actor, taro: Actor, clerk: Actor
) -> None:
    first = approved(hanako, now, clerk)
    club = approved(hanako, now, clerk, CLUB)
    second = approved(taro, now, clerk, other())
    today = clock.today(now)
    coming = booked(world.chiba, now, second, today + timedelta(days=5))
    past = booked(world.chiba, now, first, today - timedelta(days=5))
    key = standing.join_registrations(
        actor=clerk, now=now, registration=first, other=second, reason="同じ方と本人が申し出たため"
    )
    assert {fresh(row).one_person for row in (first, club, second)} == {key}
    assert Booking.objects.get(pk=coming.pk).one_person == key
    assert Booking.objects.get(pk=past.pk).one_person == past.one_person
    with pytest.raises(standing.SameAlready):
        standing.join_registrations(actor=clerk, now=now, registration=second, other=club, reason="再度")
    with pytest.raises(standing.OneWithItself):
        standing.join_registrations(actor=clerk, now=now, registration=first, other=first, reason="誤り")
    # undone: 太郎 counts alone again, 花子 and her club stay one
    parted = standing.part_registration(actor=clerk, now=now, registration=second, reason="別の方だったため")
    assert parted.one_person == second.person_key != key
    assert fresh(first).one_person == fresh(club).one_person
    assert Booking.objects.get(pk=coming.pk).one_person == second.person_key
    assert Happening.objects.filter(registration=second, what__in=("joined", "parted")).count() == 2


def test_two_persons_of_one_kana_and_birthday_are_told_apart_by_staff(
    now: datetime, hanako: Actor, taro: Actor, clerk: Actor
) -> None:
    first = approved(hanako, now, clerk)
    second = register(
        actor=taro, now=now, facts=replace(HANAKO, name="高階 華子", address="緑区9", phone="+81432220009"), channel="internet"
    )  # fmt: skip
    assert first.one_person == second.one_person
    parted = standing.part_registration(actor=clerk, now=now, registration=second, reason="住民票で別人")
    assert parted.one_person != first.one_person
    assert list(one_with(fresh(first))) == []
    with pytest.raises(standing.NotOneWithAnybody):
        standing.part_registration(actor=clerk, now=now, registration=parted, reason="再度")
    terms = terms_for(parted.body, clock.today(now))
    assert [one.one for one in likely_doubles(parted, terms=terms)] == [False]


def test_resident_may_not_join(now: datetime, hanako: Actor, taro: Actor, clerk: Actor) -> None:
    first, second = approved(hanako, now, clerk), approved(taro, now, clerk, other())
    with pytest.raises(NotPermitted):
        standing.join_registrations(actor=hanako, now=now, registration=first, other=second, reason="x")
    assert fresh(first).joined == fresh(second).joined == ""


# --- jobs ----------------------------------------------------------------------------------------------
def test_job_lifts_a_suspension_the_day_after_its_last(
    world: Any, now: datetime, hanako: Actor, clerk: Actor
) -> None:
    made = approved(hanako, now, clerk)
    today = clock.today(now)
    standing.suspend_registration(actor=clerk, now=now, registration=made, reason="又貸し", until=today)
    jobs.resume_over.run(body=world.chiba, now=now)
    assert fresh(made).state == "suspended"
    jobs.resume_over.run(body=world.chiba, now=now + timedelta(days=1))
    jobs.resume_over.run(body=world.chiba, now=now + timedelta(days=1))
    assert fresh(made).state == "active"
    assert Message.objects.filter(about_id=made.pk, kind="reservations.registration_resumed").count() == 1


def test_job_makes_a_worker_whose_proof_has_run_out_an_outsider(
    world: Any, now: datetime, hanako: Actor, clerk: Actor
) -> None:
    made = approved(hanako, now, clerk, replace(HANAKO, resident_class="worker"))
    last = made.class_until
    assert last is not None
    days = (last - clock.today(now)).days
    jobs.end_classes.run(body=world.chiba, now=now + timedelta(days=days))
    assert fresh(made).resident_class == "worker"
    jobs.end_classes.run(body=world.chiba, now=now + timedelta(days=days + 1))
    jobs.end_classes.run(body=world.chiba, now=now + timedelta(days=days + 1))
    assert fresh(made).resident_class == "outside"
    assert Message.objects.filter(about_id=made.pk, kind="reservations.registration_class_ended").count() == 1


def test_job_reminds_once_of_each_end(world: Any, now: datetime, hanako: Actor, clerk: Actor) -> None:
    made = approved(hanako, now, clerk)
    today = clock.today(now)

    def reminders() -> int:
        return Message.objects.filter(about_id=made.pk, kind="reservations.registration_expires").count()

    Registration.objects.filter(pk=made.pk).update(valid_until=today + timedelta(days=31))
    jobs.remind.run(body=world.chiba, now=now)
    assert reminders() == 0
    later = now + timedelta(days=1)
    jobs.remind.run(body=world.chiba, now=later)
    jobs.remind.run(body=world.chiba, now=later + timedelta(days=1))
    assert reminders() == 1
    assert fresh(made).reminded_for == today + timedelta(days=31)


def test_job_strikes_what_was_not_renewed_and_forgets_it_after_its_years(
    world: Any, now: datetime, hanako: Actor, clerk: Actor
) -> None:
    made = approved(hanako, now, clerk, CLUB)
    today = clock.today(now)
    standing.suspend_registration(
        actor=clerk, now=now, registration=made, reason="又貸しがあったため", until=today
    )
    past = booked(world.chiba, now, made, today - timedelta(days=100))
    Registration.objects.filter(pk=made.pk).update(valid_until=today - timedelta(days=30))
    jobs.strike_expired.run(body=world.chiba, now=now)
    assert fresh(made).state == "suspended"
    Registration.objects.filter(pk=made.pk).update(valid_until=today - timedelta(days=31))
    jobs.strike_expired.run(body=world.chiba, now=now)
    row = fresh(made)
    assert (row.state, row.why) == ("struck", "有効期限が過ぎたため")
    assert row.keep_until is not None
    with pytest.raises(StillKept):
        forget_registration(actor=Actor.system(world.chiba), now=now, registration=row)
    assert fresh(made).name == CLUB.name
    after = now + timedelta(days=(row.keep_until - today).days + 1)
    jobs.forget.run(body=world.chiba, now=after)
    jobs.forget.run(body=world.chiba, now=after)
    gone = fresh(made)
    assert (gone.name, gone.kana, gone.address, gone.phone, gone.email, gone.born_on) == (
        "",
        "",
        "",
        "",
        "",
        None,
    )
    assert (gone.representative, gone.account_id, gone.search_key, gone.address_key) == ("", None, "", "")
    assert gone.number == made.number and gone.person_key != made.person_key
    assert not GroupMember.objects.filter(registration=made).exists()
    kept = Booking.objects.get(pk=past.pk)
    assert (kept.title, kept.day) == ("", past.day) and kept.one_person != made.person_key
    assert (
        not Message.objects.filter(about_id=made.pk, about_kind="reservations.registration")
        .exclude(text="")
        .exists()
    )
    assert not Happening.objects.filter(registration=made).exclude(words="").exists()
    assert not Reason.objects.filter(text="又貸しがあったため").exists()


def test_refused_one_is_forgotten_too_but_no_standing_one(
    world: Any, now: datetime, hanako: Actor, clerk: Actor
) -> None:
    made = approved(hanako, now, clerk)
    Registration.objects.filter(pk=made.pk).update(keep_until=date(2020, 3, 31))
    with pytest.raises(StillKept):
        forget_registration(actor=Actor.system(world.chiba), now=now, registration=made)
    jobs.forget.run(body=world.chiba, now=now)
    assert fresh(made).name == HANAKO.name


def test_struck_one_is_not_reminded(world: Any, now: datetime, hanako: Actor, clerk: Actor) -> None:
    made = approved(hanako, now, clerk)
    approver = world.actor(world.at_chiba.approver, world.chiba)
    Registration.objects.filter(pk=made.pk).update(valid_until=clock.today(now) + timedelta(days=3))
    strike_registration(actor=approver, now=now, registration=made, reason="本人の申出")
    jobs.remind.run(body=world.chiba, now=now)
    assert not Message.objects.filter(about_id=made.pk, kind="reservations.registration_expires").exists()


def test_bookings_to_come_are_cancelled_where_the_policy_voids_them(
    world: Any, now: datetime, hanako: Actor, clerk: Actor
) -> None:
    void = PENALTIES | {"suspend": [{"tenths": 20, "months": 6, "void_bookings": True}]}
    settle(world.chiba, now, "penalties", void)
    made = approved(hanako, now, clerk)
    today = clock.today(now)
    coming = booked(world.chiba, now, made, today + timedelta(days=10))
    past = booked(world.chiba, now, made, today - timedelta(days=1))
    give_penalty(actor=clerk, now=now, registration=made, why="no_show")
    assert Booking.objects.get(pk=coming.pk).state == "booked"
    give_penalty(actor=clerk, now=now, registration=made, why="no_show")
    assert fresh(made).state == "suspended"
    assert Booking.objects.get(pk=coming.pk).state == "cancelled"
    assert Booking.objects.get(pk=past.pk).state == "booked"
    assert Penalty.objects.filter(registration=made).count() == 2  # what the house cancels costs no points
