"""保存期間: who booked and who entered is forgotten; C30–C33, utilisation, money and published draws come out as before."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction

from moyai.audit.models import Reason
from moyai.audit.public import Deed, NotPermitted
from moyai.documents.public import Letter
from moyai.draws.verify_draw import main as verify
from moyai.money.public import charges_about, invariants, ledger_check
from moyai.notices.models import Message
from moyai.reservations.actions import bookings, retention
from moyai.reservations.actions.approvals import ReasonMissing
from moyai.reservations.actions.letters import permit_of
from moyai.reservations.actions.locks import add_lock
from moyai.reservations.actions.lotteries.draw import publication, publish_round
from moyai.reservations.actions.lotteries.wins import close_round
from moyai.reservations.actions.retention import (
    AlreadyForgotten,
    DayPast,
    StillDrawn,
    forget_bookings,
    forget_entries,
    hold_booking,
)
from moyai.reservations.invariants import (
    charges_are_what_is_owed,
    no_two_uses_overlap,
    nothing_is_taken_twice,
    standing_bookings_have_their_cells,
    stock_is_not_exceeded,
)
from moyai.reservations.jobs import locks as lock_jobs
from moyai.reservations.jobs import lotteries as lottery_jobs
from moyai.reservations.jobs import retention as jobs
from moyai.reservations.models import (
    Booking,
    Entry,
    Happening,
    LockMessage,
    LockWindow,
    Registration,
    Request,
    Room,
    Round,
    RoundFiles,
)
from moyai.reservations.queries.figures import _by_channel
from moyai.reservations.queries.receivables import charges_that_differ
from moyai.reservations.queries.retention import outlook, periods_on
from moyai.reservations.queries.utilisation import _used_cells, facility_sums
from moyai.reservations.tests.bills import Bills, make_bills
from moyai.reservations.tests.halls import make_person
from moyai.reservations.tests.people import registered
from moyai.reservations.tests.rounds import Lottery, make_lottery, say
from moyai.tenants.public import Actor, clock

TITLE = "秘密の練習会"


@pytest.fixture
def bills(world: Any, in_chiba: datetime) -> Bills:
    return make_bills(world, in_chiba)


def over(bills: Bills, *, years: int = 5) -> datetime:
    """1 April on which the booking's 保存期間 is over, at three in the morning."""
    day = bills.day
    fiscal = day.year if day.month >= 4 else day.year - 1
    return datetime(fiscal + years + 1, 4, 1, 3, 0, tzinfo=clock.JST)


def night(body: Any, now: datetime) -> None:
    """What the worker does in a night."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name LIKE 'reservations.forget%%'")
    jobs.forget_nightly.run(body=body, now=now)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM procrastinate_jobs WHERE task_name = ANY(%s) AND (args ->> 'body_id')::int = %s"
                " RETURNING task_name, args",
                [["reservations.forget_bookings", "reservations.forget_entries"], body.pk],
            )
            rows = cursor.fetchall()
        if not rows:
            return
        for name, args in rows:
            known = json.loads(args) if isinstance(args, str) else args
            ids = {key: value for key, value in known.items() if key not in ("body_id", "request_id")}
            {
                "reservations.forget_bookings": jobs.forget_bookings,
                "reservations.forget_entries": jobs.forget_entries,
            }[name](**ids, now=now)


def figures(bills: Bills) -> dict[str, Any]:
    """C30, C32, C33, utilisation and the money, as the pages count them."""
    body, facility = bills.hall.body, bills.hall.facility
    fiscal = bills.day.year if bills.day.month >= 4 else bills.day.year - 1
    return {
        "users": registered(body, clock.today(bills.now)),
        "bookings": _by_channel(Booking.objects.filter(body=body, kind="use")),
        "entries": _by_channel(Entry.objects.filter(body=body)),
        "used": _used_cells(body.pk, facility.pk, bills.day, bills.day),
        "sums": facility_sums(actor=bills.clerk, facilities=[facility], fiscal_year=fiscal),
        "books": ledger_check(body),
        "charged": sorted(
            (one.pk, one.amount_yen, one.unpaid_yen) for one in charges_about(bills_first(bills))
        ),
    }


def bills_first(bills: Bills) -> Booking:
    found: Booking = Booking.objects.filter(facility=bills.hall.facility).order_by("id")[0]
    return found


def checks(body: Any) -> None:
    """What `moyai check` asks."""
    for ask in (
        nothing_is_taken_twice,
        no_two_uses_overlap,
        standing_bookings_have_their_cells,
        stock_is_not_exceeded,
        charges_are_what_is_owed,
    ):
        assert ask(body) == [], ask.__name__
    assert charges_that_differ(body) == []
    assert {name: check(body) for name, check in invariants()} == {name: [] for name, _check in invariants()}
    assert ledger_check(body).gap_yen == 0


def used(bills: Bills, **other: Any) -> Booking:
    """A paid booking with everything that may know its user: a permit, a notice, a history, a title."""
    booking = bills.book(title=TITLE, **other)
    bills.pay(booking)
    Booking.objects.filter(pk=booking.pk).update(title=TITLE, made_by="窓口 一郎")
    permit_of(actor=bills.resident, now=bills.now, booking=booking)
    booking.refresh_from_db()
    return booking


def test_C32_after_its_years_a_booking_says_no_more_whose_it_was_and_no_figure_changes(bills: Bills) -> None:
    booking = used(bills)
    cancelled = bills.book(1080, 1260)
    bookings.cancel(actor=bills.resident, now=bills.now, booking=cancelled)
    body, before = bills.hall.body, figures(bills)
    assert (
        Message.objects.filter(about_kind="reservations.booking", about_id=booking.pk)
        .exclude(text="")
        .exists()
    )
    night(body, over(bills) - timedelta(days=1))
    booking.refresh_from_db()
    assert booking.forgotten_on is None and booking.registration_id == bills.person.pk
    night(body, over(bills))
    for row in (booking, cancelled):
        row.refresh_from_db()
        assert row.forgotten_on == clock.today(over(bills))
        assert (row.one_person, row.title, row.made_by, row.entry_id) == ("", "", "", None)
        assert row.registration is not None
        assert (row.registration.name, row.registration.phone, row.registration.kind) == ("", "", "person")
        assert row.registration_id != bills.person.pk
    assert (booking.state, booking.day, booking.starts, booking.ends) == ("booked", bills.day, 540, 720)
    assert figures(bills) == before
    checks(body)
    assert not Happening.objects.filter(booking__in=[booking, cancelled]).exists()
    letters = Letter.objects.filter(thing_kind="reservations.booking", thing_id=booking.pk)
    assert letters.exists() and not letters.exclude(facts={}).exists()
    assert {one.payer_name for one in charges_about(booking)} == {""}
    assert (
        not Message.objects.filter(about_kind="reservations.booking", about_id=booking.pk)
        .exclude(text="")
        .exists()
    )
    told = "\n".join(
        str(row)
        for model in apps.get_models()
        if model.__module__.startswith("moyai.") and hasattr(model, "body")
        for row in model._default_manager.filter(body=body).values()
    )
    assert TITLE not in told
    assert Deed.objects.filter(body=body, verb="reservations.forget_bookings").count() == 1
    bills.person.refresh_from_db()
    assert bills.person.name  # he himself is registered still


def test_a_second_night_changes_nothing_and_there_is_one_nobody_of_a_kind(bills: Bills) -> None:
    used(bills)
    group = make_person(bills.hall.body, "みどりクラブ", now=bills.now, kind="group")
    other = bills.book(780, 1020, person=group)
    bills.pay(other)
    body = bills.hall.body
    night(body, over(bills))
    rows = list(Booking.objects.filter(facility=bills.hall.facility).order_by("id").values())
    night(body, over(bills) + timedelta(days=1))
    assert list(Booking.objects.filter(facility=bills.hall.facility).order_by("id").values()) == rows
    nobodies = Registration.objects.filter(body=body, person_key__startswith="forgotten:")
    assert sorted(nobodies.values_list("kind", flat=True)) == ["group", "person"]
    assert Booking.objects.get(pk=other.pk).registration.kind == "group"


def test_the_policy_in_force_says_how_long(bills: Bills) -> None:
    body = bills.hall.body
    booking = used(bills)
    say(body, "eligibility", {"booking_keep_years": 2, "entry_keep_months": 3}, now=bills.now)
    kept_for = periods_on(body, clock.today(bills.now))
    assert (kept_for.booking_years, kept_for.entry_months) == (2, 3)
    night(body, over(bills, years=2) - timedelta(days=1))
    booking.refresh_from_db()
    assert booking.forgotten_on is None
    night(body, over(bills, years=2))
    booking.refresh_from_db()
    assert booking.forgotten_on is not None


def test_what_is_owed_asked_or_held_back_stays_and_nothing_of_it_changes(bills: Bills) -> None:
    body = bills.hall.body
    earlier = outlook(body, today=clock.today(over(bills))).staying
    owed, held, asked = bills.book(), used_at(bills, 780, 1020), used_at(bills, 1080, 1260)
    hold_booking(
        actor=bills.approver, now=bills.now, booking=held, until=date(2099, 3, 31), reason="訴訟のため"
    )
    Request.objects.create(
        body=body, booking=asked, kind="refund", reason="急病", asked_at=bills.now, asked_by="窓口 一郎"
    )
    everything = [owed, held, asked]
    before = [Booking.objects.filter(pk=one.pk).values().get() for one in everything]
    seen = outlook(body, today=clock.today(over(bills)))
    assert seen.staying - earlier == {"money_open": 1, "held": 1, "request": 1}
    night(body, over(bills))
    assert [Booking.objects.filter(pk=one.pk).values().get() for one in everything] == before
    assert all(one.payer_name for one in charges_about(held))
    bills.pay(owed)
    hold_booking(actor=bills.approver, now=bills.now, booking=held, until=None, reason="終わったため")
    Request.objects.filter(booking=asked).update(state="declined")
    night(body, over(bills))
    assert (
        Booking.objects.filter(pk__in=[one.pk for one in everything], forgotten_on__isnull=True).count() == 0
    )
    assert not Request.objects.filter(booking=asked).exclude(reason="", asked_by="").exists()
    assert not Reason.objects.filter(text="訴訟のため").exists()
    checks(body)


def used_at(bills: Bills, starts: int, ends: int) -> Booking:
    booking = bills.book(starts, ends)
    bills.pay(booking)
    return booking


def test_a_hold_needs_a_day_to_come_a_reason_and_who_decides(bills: Bills) -> None:
    booking = used_at(bills, 540, 720)
    today = clock.today(bills.now)
    for refused, facts in (
        (DayPast, {"until": today, "reason": "監査"}),
        (ReasonMissing, {"until": today + timedelta(days=9), "reason": " "}),
    ):
        with pytest.raises(refused):
            hold_booking(actor=bills.approver, now=bills.now, booking=booking, **facts)
    with pytest.raises(NotPermitted):
        hold_booking(actor=bills.clerk, now=bills.now, booking=booking, until=None, reason="監査")
    booking.refresh_from_db()
    assert booking.keep_until is None
    night(bills.hall.body, over(bills))
    with pytest.raises(AlreadyForgotten):
        hold_booking(
            actor=bills.approver, now=over(bills), booking=booking, until=date(2099, 1, 1), reason="監査"
        )


def test_a_portion_that_dies_is_begun_anew(bills: Bills, monkeypatch: pytest.MonkeyPatch) -> None:
    booking, body = used(bills), bills.hall.body

    def dies(**_facts: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(retention, "forget_messages_of", dies)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            forget_bookings(actor=Actor.system(body), now=over(bills), ids=[booking.pk], until=bills.day)
    booking.refresh_from_db()
    assert booking.forgotten_on is None and booking.title == TITLE
    assert all(one.payer_name for one in charges_about(booking))
    night(body, over(bills))
    booking.refresh_from_db()
    assert booking.forgotten_on is not None


def test_portions_follow_each_other_past_what_stays(bills: Bills, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "PORTION", 1)
    stays, goes, goes_too = bills.book(), used_at(bills, 780, 1020), used_at(bills, 1080, 1260)
    night(bills.hall.body, over(bills))
    gone = Booking.objects.filter(facility=bills.hall.facility, forgotten_on__isnull=False)
    assert set(gone.values_list("pk", flat=True)) == {goes.pk, goes_too.pk} and stays.pk


# --- lotteries ---------------------------------------------------------------------------------------


@pytest.fixture
def lottery(world: Any, in_chiba: datetime) -> Lottery:
    lottery = make_lottery(world, in_chiba)
    club = lottery.person("みどりクラブ", kind="group")
    for who in [*(lottery.person() for _n in range(4)), club]:
        lottery.enter(who, lottery.wish("abcd"), lottery.wish("abcd", (780, 1020)))
    twin = lottery.person("人1b", person_key=lottery.people[1].person_key)
    assert twin.one_person == lottery.people[1].one_person
    lottery.draw()
    for stage in ("list", "result"):
        publish_round(actor=lottery.staff["system"], now=lottery.now, round=lottery.round, stage=stage)
    lottery_jobs.book_wins(round_id=lottery.round.pk, now=lottery.now)
    begins = datetime.combine(lottery.day, datetime.min.time(), clock.JST) + timedelta(hours=9)
    lottery.round = close_round(actor=lottery.staff["clerk"], now=begins, round=lottery.round)
    return lottery


def after(lottery: Lottery, months: int) -> datetime:
    until = lottery.round.for_until
    year, month = divmod(until.year * 12 + until.month - 1 + months, 12)
    return datetime(year, month + 1, min(until.day, 28), 3, 0, tzinfo=clock.JST)


def test_C33_who_entered_is_cut_off_and_the_draw_can_be_done_again(lottery: Lottery, tmp_path: Any) -> None:
    body, round = lottery.hall.body, lottery.round
    people = [one.pk for one in lottery.people]
    entries = Entry.objects.filter(round=round)
    assert Booking.objects.filter(entry_id__in=entries.values("pk")).exists()

    def seen() -> dict[str, Any]:
        return {
            "channels": _by_channel(Entry.objects.filter(body=body)),
            "persons": entries.values("one_person").distinct().count(),
            "rows": sorted(
                entries.values_list(
                    "number", "ticket_id", "state", "rank", "won_wish", "resident_class", "group"
                )
            ),
            "files": sorted(RoundFiles.objects.filter(round=round).values_list("stage", "sha256")),
            "again": publication(round, RoundFiles.Stage.RESULT).as_zip(),
        }

    before = seen()
    night(body, after(lottery, 12) - timedelta(days=2))
    assert set(entries.values_list("registration_id", flat=True)) <= set(people)
    night(body, after(lottery, 13))
    assert not entries.filter(registration_id__in=people).exists()
    assert not entries.exclude(booking=None, made_by="").exists()
    assert set(entries.values_list("registration__name", flat=True)) == {""}
    assert not set(entries.values_list("one_person", flat=True)) & {one.one_person for one in lottery.people}
    assert not Happening.objects.filter(entry_id__in=entries.values("pk")).exists()
    assert (
        not Message.objects.filter(about_kind="reservations.entry", about_id__in=entries.values("pk"))
        .exclude(text="")
        .exists()
    )
    won = Booking.objects.filter(facility=lottery.hall.facility, from_lottery=True)
    assert won.exists() and not won.exclude(entry_id=None).exists()
    assert won.filter(registration_id__in=people).exists()  # the booking itself is kept for its own time
    assert seen() == before
    (tmp_path / "draw.zip").write_bytes(RoundFiles.objects.get(round=round, stage="result").content)
    assert verify([str(tmp_path / "draw.zip")]) == 0
    round.refresh_from_db()
    assert round.forgotten_on is not None
    checks(body)


def test_entries_are_cut_person_by_person_and_again_is_harmless(lottery: Lottery) -> None:
    round, late = lottery.round, after(lottery, 13)
    system = lottery.staff["system"]
    counts = []
    while not counts or counts[-1]:
        counts.append(forget_entries(actor=system, now=late, round=round, months=12, most=2))
    assert counts == [2, 2, 1, 0]
    assert forget_entries(actor=system, now=late, round=round, months=12) == 0
    assert Entry.objects.filter(round=round).values("one_person").distinct().count() == 5


def test_a_round_that_is_not_over_keeps_who_entered(lottery: Lottery) -> None:
    system = lottery.staff["system"]
    with pytest.raises(StillDrawn):
        forget_entries(actor=system, now=after(lottery, 11), round=lottery.round, months=12)
    Round.objects.filter(pk=lottery.round.pk).update(state="drawn")
    with pytest.raises(StillDrawn):
        forget_entries(actor=system, now=after(lottery, 40), round=lottery.round, months=12)
    assert Entry.objects.filter(round=lottery.round, registration__in=lottery.people).count() == 5


def test_windows_of_locks_go_with_their_booking(bills: Bills) -> None:
    booking, body = used(bills), bills.hall.body
    Room.objects.filter(pk=bills.hall.gym.pk).update(lock="door")
    add_lock(
        actor=Actor.system(body),
        now=bills.now,
        code="door",
        name="x",
        url="https://lock.example.jp/",
        active=False,
    )
    lock_jobs.settle_lock(booking_id=booking.pk, now=bills.now)
    assert LockWindow.objects.filter(booking=booking).count() == 1
    night(body, over(bills))
    assert not LockWindow.objects.filter(booking=booking).exists()
    assert not LockMessage.objects.filter(lock__code="door").exists()
